"""A small database on SQLite with one table, for what is about its writing and not about what is written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from bureau.db import open_engine


@contextmanager
def note_book(folder: Path, prepare: Callable[[Engine], None]) -> Iterator[Engine]:
    """Its engine, prepared before it is first used; rows are `id` and `said` (bytes)."""
    opened = open_engine(f"sqlite:///{folder / 'notes.db'}")
    prepare(opened)
    with opened.begin() as connection:
        connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, said BLOB)"))
    yield opened
    opened.dispose()
