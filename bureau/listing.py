"""How a command prints a list: a table for people, or JSON, CSV or Parquet on standard output for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import typer
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from bureau.errors import InvalidInput

Row = Mapping[str, Any]
_ENDLESS = 100_000
"""Characters no table is as wide as."""


class Format(StrEnum):
    """The four ways."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


FormatOption = Annotated[Format, typer.Option("--format", help="How to print the list.")]


def print_rows(rows: Sequence[Row], columns: Sequence[str], form: Format, schema: pa.Schema | None = None) -> None:
    """Print rows with these columns, in this order. No rows: the columns alone.

    schema: the types of the columns in Parquet; without one they are those that the values show.
    """
    if form is Format.TABLE:
        _print_table(rows, columns)
    elif form is Format.JSON:
        listed = [{column: row[column] for column in columns} for row in rows]
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=1, default=str))
    else:
        table = pa.table({column: pa.array([row[column] for row in rows]) for column in columns})
        _write_columns(table if schema is None else table.cast(schema), form)


def _print_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    # Piped output is not cut to the 80 columns of a terminal that is not there.
    console = Console(width=None if sys.stdout.isatty() else 1000)
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        numbers = all(isinstance(row[column], int | float) for row in rows)
        table.add_column(column, justify="right" if numbers and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    if Measurement.get(console, console.options.update(max_width=_ENDLESS), table).maximum > console.width:
        _keep_numbers_whole(table)
    console.print(table)


def _keep_numbers_whole(table: Table) -> None:
    """Where a terminal is too narrow, words and headers fold and numbers do not: 1,000,00 is another one."""
    for column in table.columns:
        if column.justify == "right":
            column.width = max(len(str(cell)) for cell in column.cells)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _write_columns(table: pa.Table, form: Format) -> None:
    if form is Format.CSV:
        pyarrow.csv.write_csv(table, sys.stdout.buffer)
        return
    if sys.stdout.isatty():
        raise InvalidInput("Parquet is not for a terminal: send it into a file with > FILE.")
    buffer = pa.BufferOutputStream()
    pyarrow.parquet.write_table(table, buffer)
    sys.stdout.buffer.write(buffer.getvalue())
