"""Many rows into a table as the driver takes them: worked out once, so that a row costs no more than its values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any

import orjson
from psycopg import Binary
from sqlalchemy import JSON, Connection, Dialect
from sqlalchemy.types import TypeEngine

from api.tables import LedgerTable

_TOGETHER = (64, 16, 4, 1)
"""Rows of one statement. In few sizes, so that each is prepared once; in one statement, because after each the driver
gives the turn to another thread."""
_Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Insertion:
    columns: tuple[str, ...]
    beginning: str
    marks: str
    values_of: Callable[[_Row], tuple[Any, ...]]
    bound: tuple[tuple[int, Callable[[Any], Any]], ...]
    """The places of values that the database takes in another form, and what gives it."""

    def statement(self, rows: int) -> str:
        return self.beginning + ", ".join([self.marks] * rows)

    def row(self, row: _Row) -> list[Any]:
        values = list(self.values_of(row))
        for place, bind in self.bound:
            values[place] = bind(values[place])
        return values


def insert_rows(connection: Connection, table: type[LedgerTable], rows: Sequence[_Row]) -> None:
    """Insert rows that name every column of their table."""
    if not rows:
        return
    insertion = _insertion(table, connection.dialect)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(*_as_one_value(insertion, table.__tablename__, rows))
        return
    for portion in _portions(rows):
        values = tuple(chain.from_iterable(map(insertion.row, portion)))
        connection.exec_driver_sql(insertion.statement(len(portion)), values)


def _as_one_value(insertion: _Insertion, table: str, rows: Sequence[_Row]) -> tuple[str, tuple[str]]:
    """The statement and its one parameter, all rows as JSON, which PostgreSQL reads into the types of the table.

    Thousands of parameters would each be dumped by itself, and a statement so long parsed anew by the driver each time.
    """
    listed = ", ".join(f'"{name}"' for name in insertion.columns)
    told = [dict(zip(insertion.columns, insertion.row(row), strict=True)) for row in rows]
    statement = f"{insertion.beginning.removesuffix(' VALUES ')} SELECT {listed} FROM"
    statement += f' json_populate_recordset(NULL::"{table}", %s::json)'
    return statement, (orjson.dumps(told, default=_in_json).decode(),)


def _in_json(value: object) -> str:
    """What JSON has no form for, as PostgreSQL reads it from text."""
    if isinstance(value, Binary):
        return f"\\x{value.obj.hex()}"
    raise TypeError(f"{type(value).__name__} has no text that PostgreSQL would read back.")


def _portions(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    place = 0
    for size in _TOGETHER:
        while len(rows) - place >= size:
            yield rows[place : place + size]
            place += size


@cache
def _insertion(table: type[LedgerTable], dialect: Dialect) -> _Insertion:
    columns = list(table.__table__.columns)
    quoted = ", ".join(f'"{column.name}"' for column in columns)
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    binds = [None if _is_json(column.type, dialect) else _bind_of(column.type, dialect) for column in columns]
    return _Insertion(
        tuple(column.name for column in columns),
        f'INSERT INTO "{table.__tablename__}" ({quoted}) VALUES ',
        f"({', '.join([mark] * len(columns))})",
        itemgetter(*(column.name for column in columns)),
        tuple((place, bind) for place, bind in enumerate(binds) if bind is not None),
    )


def _is_json(kind: TypeEngine[Any], dialect: Dialect) -> bool:
    """Whether a value goes as it is into the JSON that carries all rows."""
    return dialect.name == "postgresql" and isinstance(kind, JSON)


def _bind_of(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)
