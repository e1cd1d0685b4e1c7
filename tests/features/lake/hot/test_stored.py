"""Rows of the lake's files in memory: in the one order, whatever order and files they lie in."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from features.lake.hot.segment import UNKNOWN
from features.lake.hot.stored import read_rows
from features.lake.hot.wanted import Wanted

WANTED = Wanted("F18", ("arrears_fen",), ())
DAY = date(2025, 3, 1)
Row = tuple[int, int, int, int, str]
"""Enterprise, day of March, second and microsecond known, and what the record says of itself."""

ORDERED: list[Row] = [(1, 1, 5, 0, "I"), (1, 2, 4, 0, "I"), (1, 2, 9, 7, "U"), (3, 1, 1, 0, "I")]
ONE_SECOND: list[Row] = [(1, 1, 5, 1, "I"), (1, 1, 5, 2, "I"), (1, 1, 5, 2, "U"), (2, 1, 5, 0, "I")]


def written(path: Path, rows: Sequence[Row], first: int = 0) -> Path:
    """A file as the lake writes it; a row's amount is its number, counted from `first`."""
    columns = {
        "enterprise_id": pl.Series([row[0] for row in rows], dtype=pl.Int32),
        "event_date": pl.Series([date(2025, 3, row[1]) for row in rows], dtype=pl.Date),
        "known_lag": pl.repeat(0, len(rows), dtype=pl.Int32, eager=True),
        "known_second": pl.Series([row[2] for row in rows], dtype=pl.Int32),
        "known_micro": pl.Series([row[3] for row in rows], dtype=pl.Int32),
        "closed_at": pl.repeat(None, len(rows), dtype=pl.Int64, eager=True),
        "op": pl.Series([row[4] for row in rows], dtype=pl.String),
        "record_no": pl.int_range(first, first + len(rows), dtype=pl.Int64, eager=True),
        "arrears_fen": pl.int_range(first, first + len(rows), dtype=pl.Int64, eager=True),
        "bucket": pl.Series([row[0] % 2 for row in rows], dtype=pl.Int16),
    }
    return stored(path, pl.DataFrame(columns))


def stored(path: Path, rows: pl.DataFrame, row_group: int = 1_000) -> Path:
    """The file says of its columns no more than those of the lake do."""
    pq.write_table(rows.to_arrow(), path, store_schema=False, row_group_size=row_group)
    return path


def amounts(paths: Sequence[Path], buckets: int = 1, bucket: int = 0) -> list[list[int]]:
    """The amounts of each enterprise of a bucket, in their order."""
    segment = read_rows(paths, WANTED, buckets, bucket, None)
    told, offsets = segment.values("arrears_fen").tolist(), segment.offsets.tolist()
    return [told[start:end] for start, end in pairwise(offsets)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(ORDERED, [[], [0, 1, 2], [], [3]], id="as they should stand"),
        pytest.param(ONE_SECOND, [[], [0, 1, 2], [3]], id="known in one second"),
        pytest.param([ONE_SECOND[n] for n in (1, 0, 2, 3)], [[], [1, 0, 2], [3]], id="microseconds turned round"),
        pytest.param([ORDERED[n] for n in (3, 2, 0, 1)], [[], [2, 3, 1], [], [0]], id="in no order"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_rows_of_one_file(tmp_path: Path, rows: list[Row], expected: list[list[int]]) -> None:
    assert amounts([written(tmp_path / "rows.parquet", rows)]) == expected


def test_rows_of_several_files_stand_by_when_they_were_known_then_by_record(tmp_path: Path) -> None:
    files = [
        written(tmp_path / "later.parquet", ONE_SECOND, 10),
        written(tmp_path / "none.parquet", []),
        written(tmp_path / "earlier.parquet", ONE_SECOND),
    ]
    assert amounts(files) == [[], [0, 10, 1, 2, 11, 12], [3, 13]]
    assert amounts([]) == []


def test_a_bucket_takes_its_own_rows_out_of_a_file_of_all(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", [ONE_SECOND[n] for n in (1, 0, 2, 3)])
    assert amounts([path], 2, 1) == [[1, 0, 2]]
    assert amounts([path], 2, 0) == [[], [3]]


@pytest.mark.parametrize(
    ("withdrawn", "left"),
    [pytest.param(2, 32, id="few are passed over by who reads"), pytest.param(8, 24, id="many are left out")],
)
def test_rows_no_day_can_see(tmp_path: Path, withdrawn: int, left: int) -> None:
    rows: list[Row] = [(1 + n // 16, 1 + n % 16, 0, 0, "D" if n % 16 < withdrawn // 2 else "I") for n in range(32)]
    first, second = amounts([written(tmp_path / "rows.parquet", rows)])[1:]
    assert len(first) + len(second) == left
    assert first[-1] == 15
    assert second[-1] == 31


def test_unknown_is_the_smallest_number_across_row_groups(tmp_path: Path) -> None:
    amounts = pl.Series([None, 7, None, -(2**40), 0] * 3, dtype=pl.Int64)
    days = pl.Series([date(2025, 1, 31), None, date(1970, 1, 1), None, date(1900, 1, 2)] * 3, dtype=pl.Date)
    table = pl.read_parquet(written(tmp_path / "rows.parquet", [(1, 1 + n, 0, 0, "I") for n in range(15)]))
    table = table.with_columns(arrears_fen=amounts, cleared_on=days)
    path = stored(tmp_path / "groups.parquet", table, 4)
    segment = read_rows([path], Wanted("F18", ("arrears_fen", "cleared_on"), ()), 1, 0, None)
    assert segment.values("arrears_fen").tolist() == amounts.fill_null(UNKNOWN).to_list()
    counted = [None if day is None else (day - date(1900, 1, 1)).days for day in days]
    assert segment.values("cleared_on").tolist() == [UNKNOWN if day is None else day for day in counted]


LONG = "长" * 30
TEXTS = ["", "a", "b", "a", None, LONG, LONG + "x", "12345678", "12345678" + "9", LONG, "12345678", "", None, "b"]


def test_texts_are_counted_by_their_letters(tmp_path: Path) -> None:
    table = pl.read_parquet(written(tmp_path / "rows.parquet", [(1, 1 + n, 0, 0, "I") for n in range(len(TEXTS))]))
    path = stored(tmp_path / "texts.parquet", table.with_columns(tax_kind=pl.Series(TEXTS)), 5)
    codes = read_rows([path], Wanted("F18", ("tax_kind",), ()), 1, 0, None).values("tax_kind")
    found = dict(zip(TEXTS, codes.tolist(), strict=True))
    assert [found[text] for text in TEXTS] == codes.tolist()
    assert len(set(found.values())) == len(set(TEXTS))
    assert found[None] == UNKNOWN
