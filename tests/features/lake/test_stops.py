"""What ends the stop of a feed whose file was not as agreed, and what does not."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bureau.errors import FeedStopped, SchemaDrift, UnknownName, WrongFeed
from features.contracts.penalty import PENALTY
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.delivery import read_delivery, write_delivery
from features.lake.file_names import MASKED
from features.lake.lake import Lake
from features.lake.sidecar import Sidecar, sidecar_path
from features.lake.stops import acknowledge, standing_stops, take
from tests.factories.lakes import ACME, BETA, deliver, frame_of, instant, make_lake
from tests.factories.penalties import penalty
from tests.factories.tax import tax_arrears

MADE_AT = instant("2025-07-01")


def stop(lake: Lake, folder: Path, made_at: str, publisher: str) -> None:
    """A file with a column too many arrives with the sidecar of its publisher."""
    drifted = folder / f"{publisher}.parquet"
    frame_of(TAX_ARREARS, [tax_arrears(ACME)]).with_columns(surprise=1).write_parquet(drifted)
    sidecar = Sidecar(
        feed="F18",
        batch_id="drifted",
        publisher=publisher,
        produced_at=instant(made_at),
        rows=1,
        sha256=hashlib.sha256(drifted.read_bytes()).hexdigest(),
        history=False,
    )
    sidecar_path(drifted).write_text(sidecar.model_dump_json(), "utf-8")
    with pytest.raises(SchemaDrift):
        take(lake, drifted, at=instant("2025-07-02"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def lake(tmp_path: Path, request: pytest.FixtureRequest) -> Lake:
    """F18 has stopped: a file made on 1 July has a column too many."""
    lake = make_lake(tmp_path, None if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    drifted = tmp_path / "drifted.parquet"
    frame_of(TAX_ARREARS, [tax_arrears(ACME)]).with_columns(surprise=1).write_parquet(drifted)
    os.utime(drifted, (MADE_AT.timestamp(), MADE_AT.timestamp()))
    with pytest.raises(SchemaDrift):
        take(lake, drifted, at=instant("2025-07-02"), feed="F18")
    return lake


def arrives(lake: Lake, made_at: str, publisher: str = TAX_ARREARS.department, **changes: Any) -> None:
    path = write_delivery(
        frame_of(TAX_ARREARS, [tax_arrears(BETA, **changes)]),
        feed="F18",
        batch_id="next",
        publisher=publisher,
        produced_at=instant(made_at),
        folder=lake.root.parent / "deliveries",
        history=False,
    )
    take(lake, read_delivery(path).path, at=instant(made_at) + timedelta(days=3))


def test_rows_made_no_earlier_by_the_same_publisher_end_it(lake: Lake) -> None:
    arrives(lake, "2025-07-01")
    assert standing_stops(lake) == {}


@pytest.mark.parametrize(
    "delivery",
    [
        pytest.param({"made_at": "2025-06-30"}, id="an older file in the old shape"),
        pytest.param({"made_at": "2025-07-02", "publisher": "another office"}, id="somebody else's"),
    ],
)
def test_another_delivery_is_refused_and_says_what_ends_it(lake: Lake, delivery: dict[str, Any]) -> None:
    said = rf"F18 has stopped for drifted.parquet.*Ask {TAX_ARREARS.department} for rows made 2025-07-01 00:00:00 UTC"
    with pytest.raises(FeedStopped, match=f"{said}.*bureau feeds resume F18"):
        arrives(lake, **delivery)
    assert list(standing_stops(lake)) == ["F18"]
    assert lake.snapshot() == 0, "nothing of it landed"


def test_one_of_which_no_row_lands_ends_nothing(lake: Lake) -> None:
    arrives(lake, "2025-07-02", arrears_fen=-1)
    assert list(standing_stops(lake)) == ["F18"]


def test_what_no_contract_stopped_goes_on(lake: Lake) -> None:
    path = deliver(PENALTY, [penalty(ACME)], lake.root.parent / "deliveries").path
    assert take(lake, path, at=instant("2025-07-03")).landed == 1


def test_each_office_ends_the_stop_it_caused(lake: Lake, tmp_path: Path) -> None:
    stop(lake, tmp_path, "2025-07-03", "another office")
    arrives(lake, "2025-07-02")
    assert list(standing_stops(lake)) == ["F18"]
    arrives(lake, "2025-07-03", "another office", record_id="F18-of-another-office")
    assert standing_stops(lake) == {}


def test_a_file_between_two_that_drifted_ends_neither(lake: Lake, tmp_path: Path) -> None:
    stop(lake, tmp_path, "2025-07-05", TAX_ARREARS.department)
    with pytest.raises(FeedStopped, match="2025-07-05"):
        arrives(lake, "2025-07-03")


def test_an_operator_s_word_ends_it(lake: Lake) -> None:
    acknowledge(lake, "F18", at=instant("2025-07-03"))
    assert standing_stops(lake) == {}
    arrives(lake, "2025-06-30")
    with pytest.raises(UnknownName, match="no stopped feed 'F18'"):
        acknowledge(lake, "F18", at=instant("2025-07-04"))


def test_a_file_that_shares_no_column_is_not_the_feed_s(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    foreign = tmp_path / "foreign.csv"
    foreign.write_text("a,b\n1,2\n")
    with pytest.raises(WrongFeed, match="no column of it is one of F18") as refused:
        take(lake, foreign, at=datetime(2025, 7, 2, tzinfo=UTC), feed="F18")
    assert not isinstance(refused.value, SchemaDrift)
    assert standing_stops(lake) == {}


def test_a_file_that_shares_one_column_is(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    drifted = tmp_path / "drifted.parquet"
    pl.DataFrame({"uscc": [ACME]}).write_parquet(drifted)
    with pytest.raises(SchemaDrift):
        take(lake, drifted, at=instant("2025-07-02"), feed="F18")
    assert list(standing_stops(lake)) == ["F18"]


def test_a_file_called_after_a_person_is_told_by_its_sum_and_keeps_its_own_name(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    drifted = tmp_path / "张三_11010519491231002X.csv"
    drifted.write_text(f"uscc\n{ACME}\n")
    with pytest.raises(SchemaDrift):
        take(lake, drifted, at=instant("2025-07-02"), feed="F18")
    told = hashlib.sha256(drifted.read_bytes()).hexdigest()[:8]
    assert standing_stops(lake)["F18"].startswith(f"张三{MASKED}~{told}.csv: ")
    with pytest.raises(FeedStopped, match=f"has stopped for 张三.*~{told}"):
        arrives(lake, "2025-06-30")
