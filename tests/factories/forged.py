"""What somebody who has every key got round the checks to change: a stored answer, or a model in service."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.database import open_ledger_database
from api.vault import home_vault
from bureau.settings import Settings
from models.register import REGISTER_FILE, Act


def forged_ledger(settings: Settings, folder: Path, told: str, changed: str) -> Engine:
    """The home's ledger with one text of every stored answer replaced by another."""
    if settings.database_url is not None:
        pytest.skip("what is forged is a copy of an SQLite file")
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
    register = folder / REGISTER_FILE
    before = {path: path.read_bytes() for path in (booster, model, note, register)}

    def larger(line: re.Match[str]) -> str:
        return "leaf_value=" + " ".join(repr(float(value) * leaves_times) for value in line[1].split())

    sized = re.sub(r"^tree_sizes=.*\n", "", before[booster].decode(), flags=re.MULTILINE)
    booster.write_text(re.sub(r"^leaf_value=(.*)$", larger, sized, flags=re.MULTILINE), "utf-8")
    _sign(model, "booster_sha256", booster)
    _sign(note, "sha256", model)
    _chain_anew(register, _sha256(before[model]), _sha256(model.read_bytes()))
    try:
        yield
    finally:
        for path, content in before.items():
            path.write_bytes(content)


def _chain_anew(register: Path, told: str, changed: str) -> None:
    """The register with one hash for another, and every line bound to the one before as if it had been written so."""
    lines, before = list[str](), ""
    for line in register.read_text("utf-8").splitlines():
        act = Act.model_validate_json(line.replace(told, changed)).model_copy(update={"before": before})
        lines.append(act.model_dump_json())
        before = _sha256(lines[-1].encode())
    register.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sign(path: Path, field: str, signed: Path) -> None:
    sha256 = _sha256(signed.read_bytes())
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {field: sha256}, ensure_ascii=False), "utf-8")
