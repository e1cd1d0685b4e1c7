"""Many rows into a table as the driver takes them: worked out once, so that a row costs no more than its values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect

from api.tables import LedgerTable

_TOGETHER = (32, 8, 1)
"""Rows of one statement. In few sizes, so that each is prepared once; in one statement, because after each the driver
gives the turn to another thread."""
_Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Insertion:
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
    insertion = _insertion(table, connection.dialect)
    for portion in _portions(rows):
        values = tuple(chain.from_iterable(map(insertion.row, portion)))
        connection.exec_driver_sql(insertion.statement(len(portion)), values)


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
    binds = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    return _Insertion(
        f'INSERT INTO "{table.__tablename__}" ({quoted}) VALUES ',
        f"({', '.join([mark] * len(columns))})",
        itemgetter(*(column.name for column in columns)),
        tuple((place, bind) for place, bind in enumerate(binds) if bind is not None),
    )
