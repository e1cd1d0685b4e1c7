"""Questions every live answer asks of the catalogue, put to the driver itself: a third of a `Connection`'s time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Dialect, Engine, Select
from sqlalchemy.exc import OperationalError

Row = Sequence[Any]


@dataclass(frozen=True, eq=False)
class Question:
    """A query whose text is written once for each database. Its parameters are texts and numbers."""

    query: Select[*tuple[Any, ...]]

    def rows(self, engine: Engine, **given: str | int) -> list[Row]:
        """Every row. Raises `OperationalError` where the database does not answer."""
        text, places = _written(self, engine.dialect)
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(text, given if places is None else [given[name] for name in places])
            return cast("list[Row]", cursor.fetchall())
        except engine.dialect.loaded_dbapi.Error as problem:
            connection.invalidate()
            raise OperationalError(text, None, problem) from problem
        finally:
            connection.close()


@lru_cache(maxsize=64)
def _written(question: Question, dialect: Dialect) -> tuple[str, list[str] | None]:
    """The query's text, and its parameters in order where the driver takes them so, None where it takes names."""
    compiled = question.query.compile(dialect=dialect)
    return str(compiled), compiled.positiontup
