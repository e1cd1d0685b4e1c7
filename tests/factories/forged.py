"""What somebody who has every key got round the checks to change: a stored answer, or a model in service."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
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


@contextmanager
def forged_trees(home: Path, name: str, version: str, *, leaves_times: float) -> Iterator[None]:
    """A version in service whose leaves say so many times what they said, with all hashes made good; then undone."""
    folder = home / "models" / name
    booster, model, note = folder / version / "booster.txt", folder / version / "model.json", folder / "released.json"
    before = {path: path.read_bytes() for path in (booster, model, note)}

    def larger(line: re.Match[str]) -> str:
        return "leaf_value=" + " ".join(repr(float(value) * leaves_times) for value in line[1].split())

    sized = re.sub(r"^tree_sizes=.*\n", "", before[booster].decode(), flags=re.MULTILINE)
    booster.write_text(re.sub(r"^leaf_value=(.*)$", larger, sized, flags=re.MULTILINE), "utf-8")
    _sign(model, "booster_sha256", booster)
    _sign(note, "sha256", model)
    try:
        yield
    finally:
        for path, content in before.items():
            path.write_bytes(content)


def _sign(path: Path, field: str, signed: Path) -> None:
    sha256 = hashlib.sha256(signed.read_bytes()).hexdigest()
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {field: sha256}, ensure_ascii=False), "utf-8")
