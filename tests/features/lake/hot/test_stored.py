"""Rows of the lake's files in memory: in the one order, whatever order and files they lie in."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

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
    pl.DataFrame(columns).write_parquet(path)
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
