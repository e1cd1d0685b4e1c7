"""Many rows into a table as the driver takes them: worked out once, so that a row costs no more than its values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect

from api.tables import LedgerTable


@dataclass(frozen=True)
class _Insertion:
    statement: str
    values_of: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    bound: tuple[tuple[int, Callable[[Any], Any]], ...]
    """The places of values that the database takes in another form, and what gives it."""

    def row(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        values = list(self.values_of(row))
        for place, bind in self.bound:
            values[place] = bind(values[place])
        return tuple(values)


def insert_rows(connection: Connection, table: type[LedgerTable], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name every column of their table."""
    if rows:
        insertion = _insertion(table, connection.dialect)
        connection.exec_driver_sql(insertion.statement, [insertion.row(row) for row in rows])


@cache
def _insertion(table: type[LedgerTable], dialect: Dialect) -> _Insertion:
    columns = list(table.__table__.columns)
    quoted = ", ".join(f'"{column.name}"' for column in columns)
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    marks = ", ".join([mark] * len(columns))
    binds = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    return _Insertion(
        f'INSERT INTO "{table.__tablename__}" ({quoted}) VALUES ({marks})',
        itemgetter(*(column.name for column in columns)),
        tuple((place, bind) for place, bind in enumerate(binds) if bind is not None),
    )
