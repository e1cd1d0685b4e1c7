"""A mark travels with the rows its record entered, from the day it is known, and with no other row."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.grant import operator_grant
from features.contracts.penalty import PENALTY
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake
from features.lake.marks import mark_record
from features.store.marked import marks_of_rows
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
    found = marks_of_rows(lake, names, frame, operator_grant(), lake.snapshot())
    return [[mark.record_id for mark in marks] for marks in found]


BEFORE, SINCE, LONG_AFTER = date(2025, 3, 3), date(2025, 3, 4), date(2029, 1, 1)


def test_each_row_bears_the_marks_of_its_own_records_and_day(lake: Lake) -> None:
    rows = [(1, SINCE), (2, SINCE), (None, SINCE), (1, BEFORE), (1, SINCE), (1, LONG_AFTER)]
    assert marked(lake, ["penalties_36m"], *rows) == [[RECORD], [], [], [], [RECORD], []]


def test_a_mark_counts_only_for_what_its_record_enters(lake: Lake) -> None:
    assert marked(lake, ["tax_arrears_count_24m"], (1, SINCE)) == [[]]
    assert marked(lake, ["tax_arrears_count_24m", "penalties_36m"], (1, SINCE)) == [[RECORD]]


def test_no_rows_have_no_marks(lake: Lake) -> None:
    assert marked(lake, ["penalties_36m"]) == []
