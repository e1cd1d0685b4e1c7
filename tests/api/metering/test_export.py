"""Files of usage: declared types, whatever stands in them."""

import csv
import io
from itertools import combinations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.metering.export import as_csv, as_parquet, schema_of
from api.metering.usage import DIMENSIONS, MEASURES

ROW = {
    "product": "P07",
    "version": 2,
    "institution": "=1+1",
    "purpose": "pre_loan",
    "outcome": "refused",
    "day": "2026-11-23",
    "hour": 23,
} | dict.fromkeys(MEASURES)
FULL = ROW | {name: number for number, name in enumerate(MEASURES)} | {"charged_fen": 2**53 + 1}


@pytest.mark.parametrize("rows", [[], [ROW], [FULL, ROW]], ids=["no row", "no figure", "figures"])
def test_a_file_has_its_declared_types_whatever_its_rows(rows: list[dict[str, object]]) -> None:
    for by in combinations(DIMENSIONS, 2):
        table = pq.read_table(io.BytesIO(as_parquet(rows, by)))
        assert table.schema.equals(schema_of(by), check_metadata=True)
        assert table.num_rows == len(rows)


def test_fen_are_int64_and_exact() -> None:
    table = pq.read_table(io.BytesIO(as_parquet([FULL], ["day"])))
    assert table.schema.field("charged_fen").type == pa.int64()
    assert table.schema.field("day").type == pa.date32()
    assert table["charged_fen"].to_pylist() == [2**53 + 1]


def test_a_spreadsheet_runs_no_name() -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv([ROW], list(DIMENSIONS))))
    assert row["institution"] == "'=1+1"
    assert row["charged_fen"] == ""
    assert row["hour"] == "23"
