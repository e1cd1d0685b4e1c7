"""The one transaction at a time that may append to the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

_LOCK = int.from_bytes(b"ledger", "big")


@contextmanager
def exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer of the ledger overlaps, in this process or another.

    Numbers are then dense, the chain has one head, and what was read for a check still holds at the commit.
    """
    with engine.begin() as connection:
        take_turn(connection)
        yield connection


def take_turn(connection: Connection) -> None:
    """Wait until this transaction is the ledger's only writer; it stays so until it ends."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        if driver is None or not driver.in_transaction:  # one that has written is the only writer already
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
