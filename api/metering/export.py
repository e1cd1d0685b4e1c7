"""Usage as files: CSV and Parquet with declared types, so that a month without a row reads like any other."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from api.metering.usage import MEASURES

_TYPES = {
    "product": pa.string(),
    "version": pa.int32(),
    "institution": pa.string(),
    "purpose": pa.string(),
    "outcome": pa.string(),
    "day": pa.date32(),
    "hour": pa.int32(),
}
_SAID = {
    "charged_fen": "integer fen",
    "hit_rate_bp": "found and partial of the answered calls, basis points",
    "repeat_rate_bp": "repeats by the contract's price rule of the answered calls, basis points",
    **{
        name: "microseconds from receipt until writing into the ledger begins, the upper edge of its bin"
        for name in MEASURES
        if name.startswith("latency")
    },
}
Row = Mapping[str, Any]


def schema_of(by: Sequence[str]) -> pa.Schema:
    """The columns of a file of usage; every measure is int64, null where there is none."""
    measures = [
        pa.field(name, pa.int64(), metadata={"unit": _SAID[name]} if name in _SAID else None) for name in MEASURES
    ]
    return pa.schema([*(pa.field(name, _TYPES[name], nullable=False) for name in by), *measures])


def as_parquet(rows: Sequence[Row], by: Sequence[str]) -> bytes:
    """Every row, with the types of `schema_of`."""
    schema, sink = schema_of(by), pa.BufferOutputStream()
    columns = {name: pa.array([row[name] for row in rows]) for name in schema.names}
    pyarrow.parquet.write_table(pa.table(columns).cast(schema), sink)
    return bytes(sink.getvalue())


def as_csv(rows: Sequence[Row], by: Sequence[str]) -> str:
    """Every row; amounts in fen, rates in basis points, an empty cell where there is no figure."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    names = (*by, *MEASURES)
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return sheet.getvalue()


def _cell(value: Any) -> Any:
    """A spreadsheet runs a cell that begins like a formula; an institution's name must not."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
