"""A copy of a ledger in which somebody who has every key got round the triggers and changed the stored answers."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from api.database import open_ledger_database
from api.sealing import home_vault
from bureau.settings import Settings


def forged_ledger(settings: Settings, folder: Path, told: str, changed: str) -> Engine:
    """The home's ledger with one text of every stored answer replaced by another."""
    forged, vault = folder / "forged.db", home_vault(settings)
    with closing(sqlite3.connect(settings.home / "ledger.db")) as held, closing(sqlite3.connect(forged)) as connection:
        held.backup(connection)
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for call_id, sealed in connection.execute("SELECT call_id, sealed FROM answer").fetchall():
            content = vault.open(sealed, call_id).replace(told.encode(), changed.encode())
            connection.execute(
                "UPDATE answer SET sealed = ? WHERE call_id = ?", (vault.seal(content, call_id), call_id)
            )
        connection.commit()
    return open_ledger_database(f"sqlite:///{forged}")
