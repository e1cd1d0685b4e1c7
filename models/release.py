"""Which version of a model is in service: models/NAME/released.json, changed by one rename."""

import json
import os
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from bureau.durability import replace_file
from bureau.errors import DamagedModel

RELEASED_FILE, SHADOW_FILE = "released.json", "shadow.json"


@dataclass(frozen=True)
class Release:
    """The version in service, the hash that binds its files, its run in the registry, and who answers for it.

    The persons and the instant are empty where it was released before two people had to agree.
    """

    version: str
    sha256: str
    run_id: str
    proposed_by: str = ""
    approved_by: str = ""
    approved_at: str = ""


def model_folder(home: Path, name: str, version: str = "") -> Path:
    """Where the versions of a model are, or one of them."""
    return home / "models" / name / version


def versions(home: Path, name: str) -> list[str]:
    """All versions kept, oldest first."""
    folder = model_folder(home, name)
    found = [path.name for path in folder.iterdir() if path.name.isdigit()] if folder.exists() else []
    return sorted(found, key=int)


def read_release(home: Path, name: str, file: str = RELEASED_FILE) -> Release | None:
    """What is in service; None before the first release. Raises `DamagedModel` where the note cannot be read.

    file: the note of another place, e.g. the shadow's.
    """
    path = _note(home, name, file)
    try:
        written = os.stat(path)  # noqa: PTH116 - every scored answer asks, and on a text it takes a third of the time
    except FileNotFoundError:
        return None
    return _read(path, name, written.st_mtime_ns, written.st_ino)


@lru_cache(maxsize=256)
def _note(home: Path, name: str, file: str) -> str:
    return str(model_folder(home, name) / file)


@lru_cache(maxsize=256)
def _read(path: str, name: str, _written: int, _number: int) -> Release:
    """The note as it was written at an instant; a newer one is another file."""
    try:
        return Release(**json.loads(Path(path).read_text("utf-8")))
    except (ValueError, TypeError) as problem:
        raise DamagedModel(name, "in service", f"{path} cannot be read.") from problem


def put_into_service(home: Path, name: str, release: Release, file: str = RELEASED_FILE) -> None:
    """Change what is served; a reader sees the old version or the new one, never a mixture, after a crash too."""
    path = model_folder(home, name) / file
    replace_file(path, json.dumps(asdict(release), indent=1).encode())
