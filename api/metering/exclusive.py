"""The one transaction at a time that may append to the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

WRITING = int.from_bytes(b"ledger", "big")
"""The turn of whoever appends calls, charges and leaves."""
SEALING = int.from_bytes(b"seals", "big")
"""The turn of whoever appends to the stored tree: on PostgreSQL beside the writer, as no committed leaf changes."""

ACTING = int.from_bytes(b"acts", "big")
"""The turn of whoever enters an act; taken after the writer's where both are needed."""


@contextmanager
def exclusive(engine: Engine, turn: int = WRITING) -> Iterator[Connection]:
    """A transaction that no other of the same turn overlaps, in this process or another. SQLite has one turn in all.

    Numbers are then dense, the chain has one head, and what was read for a check still holds at the commit.
    """
    with engine.begin() as connection:
        take_turn(connection, turn)
        yield connection


def take_turn(connection: Connection, turn: int = WRITING) -> None:
    """Wait until this transaction is the only one of its turn; it stays so until it ends."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        if driver is None or not driver.in_transaction:  # one that has written is the only writer already
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": turn})
