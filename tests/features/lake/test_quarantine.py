"""Rows that wait: once each, with their reason, until a retry lets them in."""

from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl
import pytest

from features.contracts.contract import Contract
from features.contracts.court_case import COURT_CASE
from features.contracts.deregistration import DEREGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake import relinking
from features.lake import replay as replay_module
from features.lake.delivery import read_delivery
from features.lake.lake import Lake
from features.lake.landing import land
from features.lake.quarantine import list_waiting
from features.lake.replay import Replayed, replay
from features.lake.tables import Quarantined
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, deliver, frame_of, instant, known, land_rows, make_lake, uscc
from tests.factories.market import deregistration
from tests.factories.tax import tax_arrears

BAD = tax_arrears(BETA, arrears_fen=-1)


@pytest.fixture(params=[pytest.param(None, id="at once"), pytest.param(1, id="one at a time")])
def lake(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake whose waiting rows and linked records are gone through at once, or in portions of one."""
    if request.param is not None:
        monkeypatch.setattr(relinking, "RECORDS", request.param)
        monkeypatch.setattr(replay_module, "PORTION", request.param)
    return make_lake(tmp_path)


def test_a_waiting_row_says_where_it_came_from_and_why(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), BAD], "2025-07-01")
    (row,) = list_waiting(lake)
    assert (row.feed, row.record_id, row.code, row.received_at) == (
        "F18",
        BAD["record_id"],
        "rule",
        instant("2025-07-01"),
    )
    assert row.reason == "arrears_fen is '-1': it must be at least 0"


@pytest.mark.parametrize("stated", [None, "决议解散"])
def test_a_feed_s_own_reason_is_not_why_a_row_waits(lake: Lake, stated: str | None) -> None:
    land_rows(lake, DEREGISTRATION, [deregistration(ACME[:17] + "?", reason=stated), deregistration(BETA)])
    (row,) = list_waiting(lake)
    assert row.reason.startswith("uscc")


def test_the_same_bad_row_waits_once(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [BAD, BAD])
    again = land_rows(lake, TAX_ARREARS, [BAD, tax_arrears(ACME)])
    assert (again.quarantined, again.unchanged, len(list_waiting(lake))) == (0, 1, 1)


def test_one_feed_s_rows_are_listed_alone(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [BAD, tax_arrears(ACME, arrears_fen=-1)])
    assert len(list_waiting(lake, "F18")) == 2
    assert len(list_waiting(lake, "F18", limit=1)) == 1
    assert list_waiting(lake, "F16") == []


def test_trying_again_under_the_same_contract_changes_nothing(lake: Lake) -> None:
    snapshot = land_rows(lake, TAX_ARREARS, [BAD]).snapshot
    assert replay(lake, at=instant("2025-09-01")) == Replayed(landed=0, unchanged=0, waiting=1)
    assert (lake.snapshot(), len(list_waiting(lake))) == (snapshot, 1)


def test_an_empty_quarantine_can_be_tried(lake: Lake) -> None:
    assert replay(lake, at=instant("2025-09-01")) == Replayed()


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> Contract:
    """A later edition of the contract that lets credits in."""
    column = TAX_ARREARS.schema.to_schema().columns["arrears_fen"]
    monkeypatch.setattr(column, "checks", [])
    return TAX_ARREARS


def test_a_later_contract_lets_a_row_in_from_then_on(lake: Lake, request: pytest.FixtureRequest) -> None:
    land_rows(lake, TAX_ARREARS, [BAD], "2025-07-01")
    lenient = request.getfixturevalue("lenient")
    assert replay(lake, at=instant("2025-09-01"), feed="F18") == Replayed(landed=1, unchanged=0, waiting=0)
    assert list_waiting(lake) == []
    assert known(lake, lenient, "2025-08-31").is_empty()
    assert known(lake, lenient, "2025-09-01")["arrears_fen"].to_list() == [-1]
    assert land_rows(lake, lenient, [BAD, tax_arrears(ACME)], "2025-10-01").unchanged == 1


def test_rows_of_one_record_are_tried_together_and_others_in_portions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    lake, again = make_lake(tmp_path), BAD | {"version": 2, "op": "U"}
    others = [tax_arrears(uscc(number), arrears_fen=-1) for number in range(5, 10)]
    land_rows(lake, TAX_ARREARS, [BAD, *others[:3], again, *others[3:]], "2025-07-01")
    lenient = request.getfixturevalue("lenient")
    monkeypatch.setattr(replay_module, "PORTION", 2)
    assert replay(lake, at=instant("2025-09-01")) == Replayed(landed=7, unchanged=0, waiting=0)
    stored = [pl.read_parquet(path)["record_no"] for path in lake.files(lenient.code)]
    assert sum(records.len() for records in stored) == 7
    assert max(records.len() for records in stored) <= 3
    assert pl.Series([number for records in stored for number in records.unique()]).is_unique().all()


def test_a_row_that_came_in_meanwhile_is_settled(lake: Lake, request: pytest.FixtureRequest) -> None:
    land_rows(lake, TAX_ARREARS, [BAD], "2025-07-01")
    lenient = request.getfixturevalue("lenient")
    land_rows(lake, lenient, [BAD, tax_arrears(ACME)], "2025-08-01")
    assert replay(lake, at=instant("2025-09-01")) == Replayed(landed=0, unchanged=1, waiting=0)


def test_a_row_of_text_is_tried_again_as_it_was_written(lake: Lake, tmp_path: Path) -> None:
    frame = pl.DataFrame([tax_arrears(ACME)], schema=TAX_ARREARS.dtypes).select(pl.all().cast(pl.String))
    path = tmp_path / "x.csv"
    frame.with_columns(arrears_fen=pl.lit("一万")).write_csv(path)
    land(lake, read_delivery(path, "F18"), received_at=instant("2025-07-01"))
    with lake.catalogue.connect() as connection:
        cells = connection.execute(Quarantined.__table__.select()).one().cells
    assert '"arrears_fen":"一万"' in cells
    assert replay(lake, at=instant("2025-09-01")).waiting == 1
    assert list_waiting(lake)[0].reason == "arrears_fen holds '一万', which is not a whole number"


@pytest.mark.parametrize("column", ["event_date", "cleared_on"])
def test_a_day_outside_the_calendar_waits_by_its_number(lake: Lake, column: str) -> None:
    for_ever = pl.lit(2**31 - 1).cast(pl.Date).alias(column)  # 'infinity', as PostgreSQL and DuckDB write it
    sent = frame_of(TAX_ARREARS, [tax_arrears(BETA)]).with_columns(for_ever)
    rows = pl.concat([sent, frame_of(TAX_ARREARS, [tax_arrears(ACME)])])
    land(lake, deliver(TAX_ARREARS, rows, lake.root.parent, batch_id="1"), received_at=instant("2025-07-01"))
    with lake.catalogue.connect() as connection:
        cells = connection.execute(Quarantined.__table__.select()).one().cells
    assert f'"{column}":"2147483647"' in cells
    assert replay(lake, at=instant("2025-09-01")) == Replayed(waiting=1)
    assert known(lake, TAX_ARREARS, "2025-09-01")["uscc"].to_list() == [ACME]


@pytest.mark.parametrize("unit", ["ms", "us"])
@pytest.mark.parametrize("number", [2**63 - 1, -(2**62), 1_736_579_088 * 10**9])
def test_a_row_of_a_year_that_is_none_was_received_when_it_landed(
    lake: Lake, number: int, unit: Literal["ms", "us"]
) -> None:
    rows = frame_of(TAX_ARREARS, [tax_arrears(ACME, received_at=instant("2025-06-01"))])
    rows = rows.with_columns(received_at=pl.lit(number).cast(pl.Datetime(unit, "UTC")))
    land(lake, deliver(TAX_ARREARS, rows, lake.root.parent, batch_id="1"), received_at=instant("2025-07-01"))
    assert [(row.code, row.received_at) for row in list_waiting(lake)] == [("cell", instant("2025-07-01"))]


def test_a_written_instant_of_a_year_that_is_none_was_received_when_it_landed(lake: Lake, tmp_path: Path) -> None:
    rows = frame_of(TAX_ARREARS, [tax_arrears(ACME)]).with_columns(received_at=pl.lit("+57000-01-01T00:00:00Z"))
    rows.write_csv(tmp_path / "x.csv")
    land(lake, read_delivery(tmp_path / "x.csv", "F18", history=True), received_at=instant("2025-07-01"))
    assert [(row.code, row.received_at) for row in list_waiting(lake)] == [("cell", instant("2025-07-01"))]


def test_what_contradicted_waits_and_still_does(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=1)])
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=2)])
    assert [row.code for row in list_waiting(lake)] == ["conflict"]
    assert replay(lake, at=instant("2025-09-01")).waiting == 1


def test_a_row_delivered_again_says_why_it_waits_now(lake: Lake) -> None:
    early = tax_arrears(ACME, date(2025, 7, 20), arrears_fen=2, period=date(2025, 6, 30))
    land_rows(lake, TAX_ARREARS, [early], "2025-07-01")
    assert [row.code for row in list_waiting(lake)] == ["date"]
    land_rows(lake, TAX_ARREARS, [early | {"arrears_fen": 1}], "2025-07-21")
    again = land_rows(lake, TAX_ARREARS, [early, tax_arrears(BETA)], "2025-08-01")
    assert (again.quarantined, again.unchanged) == (0, 1)
    (row,) = list_waiting(lake)
    assert (row.code, row.received_at) == ("conflict", instant("2025-08-01"))
    assert row.reason == "the same version of this record arrived before with other content"


def test_trying_again_writes_down_why_a_row_waits_now_though_none_lands(lake: Lake) -> None:
    land_rows(lake, COURT_CASE, [court_case(None, filed_on=date(2025, 4, 20))], "2025-04-10")
    snapshot = lake.snapshot()
    assert replay(lake, at=instant("2025-05-01")) == Replayed(waiting=1)
    assert lake.snapshot() == snapshot
    (row,) = list_waiting(lake)
    assert (row.code, row.received_at) == ("unlinked", instant("2025-05-01"))
    assert row.reason == "it has no code, and no enterprise alone bears its name"
