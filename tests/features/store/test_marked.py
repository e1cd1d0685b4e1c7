"""A mark travels with the values its record entered, from the day it is known, and with no others, into every file."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.grant import operator_grant
from features.contracts.feeds import find_feed
from features.contracts.penalty import PENALTY
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.entry import Entry
from features.definitions.population import POPULATION_FEATURES
from features.engine.algebra import leaves
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.lake.marks import mark_record
from features.store import city_build
from features.store.city_build import CityBuild, write_city, write_parts
from features.store.marked import MarkedReading, read_marks
from features.store.population import population_of
from features.store.training_set import write_training_set
from tests.factories.feeds import VALID_ROWS
from tests.factories.lakes import ACME, BETA, instant, land_rows, make_lake
from tests.factories.penalties import penalty
from tests.factories.tax import tax_arrears

RECORD = f"F34-{ACME}-2025-01-15"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A penalty and arrears of ACME (1) and a penalty of BETA (2); ACME's penalty under objection since 3 March."""
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(ACME), penalty(BETA)], "2025-02-01")
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, date(2025, 1, 31))], "2025-02-01")
    at = instant("2025-03-04T09:00")
    mark_record(lake, ("F34", RECORD), "objection", from_day=date(2025, 3, 3), known_at=at, made_at=at)
    return lake


def marked(lake: Lake, names: list[str], *rows: tuple[int | None, date]) -> list[list[str]]:
    frame = pl.DataFrame(rows, schema={"enterprise_id": pl.Int32, "as_of": pl.Date}, orient="row")
    found = MarkedReading(lake, tuple(names), operator_grant(), lake.snapshot()).of_rows(frame)
    return [[one.mark.record_id for one in found.get(place, ())] for place in range(frame.height)]


BEFORE, SINCE, LONG_AFTER = date(2025, 3, 3), date(2025, 3, 4), date(2029, 1, 1)


def test_each_row_bears_the_marks_of_its_own_records_and_day(lake: Lake) -> None:
    rows = [(1, SINCE), (2, SINCE), (None, SINCE), (1, BEFORE), (1, SINCE), (1, LONG_AFTER)]
    assert marked(lake, ["penalties_36m"], *rows) == [[RECORD], [], [], [], [RECORD], []]


def test_a_mark_counts_only_for_what_its_record_enters(lake: Lake) -> None:
    assert marked(lake, ["tax_arrears_count_24m"], (1, SINCE)) == [[]]
    assert marked(lake, ["tax_arrears_count_24m", "penalties_36m"], (1, SINCE)) == [[RECORD]]


@pytest.mark.parametrize(
    "entry", [entry for entry in POPULATION_FEATURES if entry.name.startswith("above_")], ids=lambda entry: entry.name
)
def test_a_mark_on_an_own_record_counts_for_how_far_its_firm_is_above_its_peers(lake: Lake, entry: Entry) -> None:
    [feed] = {leaf.feed.code for leaf in leaves(population_of(entry).of)}
    record = VALID_ROWS[feed](ACME) | ({"late_days": 9} if feed == "F15" else {})
    land_rows(lake, find_feed(feed), [record], "2025-06-20")
    at, on = instant("2025-07-01T09:00"), date(2025, 7, 31)
    mark_record(lake, (feed, record["record_id"]), "objection", from_day=date(2025, 7, 1), known_at=at, made_at=at)
    assert marked(lake, [entry.name], (1, on)) == [[record["record_id"]]]
    assert marked(lake, ["peer_penalties_36m_section"], (1, on)) == [[]]


def test_no_rows_have_no_marks(lake: Lake) -> None:
    assert marked(lake, ["penalties_36m"]) == []


READ = ("penalties_36m", "tax_arrears_count_24m")
TOLD = {
    "enterprise_id": 1,
    "as_of": "2025-03-04",
    "feed": "F34",
    "record_id": RECORD,
    "kind": "objection",
    "from_day": "2025-03-03",
    "features": ["penalties_36m"],
}


@pytest.mark.parametrize(
    ("as_of", "told"), [pytest.param(SINCE, [TOLD], id="known"), pytest.param(BEFORE, [], id="a day too early")]
)
@pytest.mark.parametrize("engine", [Engine.KERNEL, Engine.DUCKDB])
def test_a_build_names_marked_records_and_the_features_they_entered(
    lake: Lake, tmp_path: Path, as_of: date, told: object, engine: Engine
) -> None:
    wanted = CityBuild(READ, as_of, lake.snapshot(), engine=engine)
    write_city(lake, wanted, operator_grant(), tmp_path / "city.parquet")
    assert read_marks(tmp_path / "city.parquet") == told


def test_each_part_of_a_built_day_names_the_marks_of_its_own_enterprises(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city_build, "PORTION", 1)
    wanted = CityBuild(READ, SINCE, lake.snapshot())
    first, second = write_parts(lake, wanted, operator_grant(), tmp_path / "parts")
    assert (read_marks(first), read_marks(second)) == ([TOLD], [])


def test_a_training_set_names_the_rows_too(lake: Lake, tmp_path: Path) -> None:
    labels = pl.DataFrame({"subject": [BETA, ACME, ACME], "as_of": [SINCE, BEFORE, SINCE]})
    write_training_set(lake, labels, READ, operator_grant("training"), tmp_path / "set.parquet")
    assert read_marks(tmp_path / "set.parquet") == [{"row": 2} | TOLD]
