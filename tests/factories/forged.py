"""A copy of a ledger in which somebody got round the triggers and changed a stored answer."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from bureau.db import open_engine


def forged_ledger(home: Path, folder: Path, told: str, changed: str) -> Engine:
    """The home's ledger with one text of every stored answer replaced by another."""
    forged = folder / "forged.db"
    with closing(sqlite3.connect(home / "ledger.db")) as held, closing(sqlite3.connect(forged)) as connection:
        held.backup(connection)
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        replaced = "UPDATE answer SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB)"
        connection.execute(replaced, (told, changed))
        connection.commit()
    return open_engine(f"sqlite:///{forged}")
