"""Answers of the catalogue as frames, many values of one column asked for in portions both databases accept."""

from typing import Any

import polars as pl
from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.orm import InstrumentedAttribute

PORTION = 10_000
"""Values in one SQL `IN`; PostgreSQL takes 65,535 at most."""

Schema = dict[str, type[pl.DataType]]
Query = Select[*tuple[Any, ...]]


def read_frame(connection: Connection, query: Query, schema: Schema) -> pl.DataFrame:
    """A query's rows under the names and types of `schema`."""
    # By portions: as Python's own objects a million rows take ten times the room.
    found = connection.execute(query.execution_options(yield_per=PORTION)).partitions()
    portions = [pl.DataFrame(dict(zip(schema, zip(*part, strict=True), strict=True)), schema=schema) for part in found]
    return _joined(portions, schema)


def execute_many(connection: Connection, statement: Insert | Update, rows: pl.DataFrame) -> None:
    """Run a statement once a row, its parameters named as the columns, whose values go to the database as they are.

    Built once and handed over as plain values: building each row's parameters anew costs more than the row itself.
    """
    compiled = statement.compile(dialect=connection.dialect, column_keys=rows.columns)
    if not compiled.positiontup:
        connection.exec_driver_sql(str(compiled), rows.to_dicts())
        return
    columns = {name: rows[name].to_list() for name in rows.columns}
    values = zip(*(columns[name] for name in compiled.positiontup), strict=True)
    connection.exec_driver_sql(str(compiled), list(values))


def read_where_in(
    connection: Connection, query: Query, column: InstrumentedAttribute[Any], values: pl.Series, schema: Schema
) -> pl.DataFrame:
    """A query's rows whose `column` is one of `values`."""
    portions = values.unique().to_frame("value").iter_slices(PORTION)
    found = [read_frame(connection, query.where(column.in_(part["value"].to_list())), schema) for part in portions]
    return _joined(found, schema)


def _joined(portions: list[pl.DataFrame], schema: Schema) -> pl.DataFrame:
    # Nearly always one or none, which need no joining.
    return pl.concat(portions) if len(portions) > 1 else portions[0] if portions else pl.DataFrame(schema=schema)
