"""What becomes of a delivery's rows."""

from datetime import date, datetime
from pathlib import Path

import pytest

from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake
from features.lake.landing import Landed
from features.lake.status import feed_statuses
from tests.factories.lakes import ACME, BETA, GAMMA, frame_of, instant, land_rows, make_lake
from tests.factories.tax import tax_arrears


def test_good_rows_land_and_bad_ones_wait(tmp_path: Path) -> None:
    landed = land_rows(make_lake(tmp_path), TAX_ARREARS, [tax_arrears(ACME), tax_arrears(BETA, arrears_fen=-1)])
    assert (landed.rows, landed.landed, landed.quarantined, landed.snapshot) == (2, 1, 1, 1)


def test_the_same_batch_twice_changes_nothing(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    rows = [tax_arrears(ACME), tax_arrears(BETA, arrears_fen=-1)]
    land_rows(lake, TAX_ARREARS, rows)
    again = land_rows(lake, TAX_ARREARS, rows, "2025-08-01")
    assert (again.landed, again.quarantined, again.unchanged, lake.snapshot()) == (0, 0, 2, 1)


def test_the_same_rows_in_another_batch_are_unchanged(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(BETA, arrears_fen=-1)])
    again = land_rows(lake, TAX_ARREARS, [tax_arrears(BETA, arrears_fen=-1), tax_arrears(ACME)], "2025-08-01")
    assert (again.landed, again.quarantined, again.unchanged) == (0, 0, 2)
    assert len(lake.files("F18")) == 1


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(ACME, arrears_fen=-1)])
    doubtful = tax_arrears(BETA, publish_date=date(2025, 3, 30))
    again = [tax_arrears(ACME), tax_arrears(ACME, arrears_fen=-1), doubtful, tax_arrears(GAMMA, tax_kind="x")]
    landed = land_rows(lake, TAX_ARREARS, again)
    assert landed == Landed("F18", landed.batch_id, 4, landed=1, quarantined=1, unchanged=2, doubtful=1, snapshot=2)


def test_a_delivery_without_rows_lands(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    landed = land_rows(lake, TAX_ARREARS, [])
    assert (landed.rows, landed.snapshot, lake.files("F18")) == (0, 1, [])


@pytest.mark.parametrize(
    ("rows", "heard"),
    [
        pytest.param([tax_arrears(ACME)], "2025-07-01", id="stamped when it lands"),
        pytest.param(
            [tax_arrears(ACME, received_at=instant("2025-04-05"))], "2025-04-05", id="history: its newest row"
        ),
    ],
)
def test_when_a_feed_was_last_heard_of(tmp_path: Path, rows: list[dict[str, object]], heard: str) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, rows, "2025-07-01")
    assert heard_of(lake) == instant(heard)


def test_a_history_without_a_row_tells_of_no_day(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    empty = frame_of(TAX_ARREARS, [tax_arrears(ACME, received_at=instant("2025-04-05"))]).clear()
    land_rows(lake, TAX_ARREARS, empty, "2025-07-01")
    assert heard_of(lake) is None
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, received_at=instant("2025-04-05"))])
    assert heard_of(lake) == instant("2025-04-05")


def test_a_day_without_a_row_is_heard_of(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, frame_of(TAX_ARREARS, [tax_arrears(ACME)]).clear(), "2025-07-01")
    assert heard_of(lake) == instant("2025-07-01")


def heard_of(lake: Lake) -> datetime | None:
    (status,) = [one for one in feed_statuses(lake, date(2025, 7, 1)) if one.feed == "F18"]
    return status.received_at
