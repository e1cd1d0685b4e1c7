"""Which city a folder holds. Two cities share codes and record ids, so a folder holds one."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from bureau.errors import SourceConflict, UnreadableFile
from features.sources.city.parameters import Parameters

TRUTH = "truth"
"""The folder beside the deliveries that only tests and checks read."""
PARAMETERS = "parameters.json"


@dataclass(frozen=True)
class Manifest:
    """What makes a city: the same manifest, the same content. parameters: SHA-256 of their canonical JSON."""

    enterprises: int
    seed: int
    last_day: str
    parameters: str

    def __str__(self) -> str:
        return f"city of {self.enterprises:,} enterprises, seed {self.seed}, parameters {self.parameters[:8]}"


def claim_folder(folder: Path, *, enterprises: int, seed: int, parameters: Parameters) -> Manifest:
    """Bind a folder to a city; raises `SourceConflict` where it holds another."""
    digest = hashlib.sha256(parameters.model_dump_json().encode()).hexdigest()
    offered = Manifest(enterprises, seed, parameters.calendar.last.isoformat(), digest)
    path = _path(folder)
    if path.exists() and (present := _read(path)) != offered:
        raise SourceConflict(str(present), str(offered))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(offered), indent=2), "utf-8")
    (folder / TRUTH / PARAMETERS).write_text(parameters.model_dump_json(indent=1), "utf-8")
    return offered


def last_day_of(folder: Path) -> date:
    """The last day a written city speaks of; raises `UnreadableFile` where there is none."""
    return date.fromisoformat(_read(_path(folder)).last_day)


def read_manifest(folder: Path) -> Manifest:
    """Which city a folder holds; raises `UnreadableFile` where it holds none."""
    return _read(_path(folder))


def parameters_of(folder: Path) -> Parameters:
    """The parameters a city was written with; raises `UnreadableFile` where they are not kept beside it."""
    path = folder / TRUTH / PARAMETERS
    try:
        return Parameters.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise UnreadableFile(path, "it should hold the parameters of this city; load the same city again.") from problem


def _path(folder: Path) -> Path:
    return folder / TRUTH / "city.json"


def _read(path: Path) -> Manifest:
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as problem:
        raise UnreadableFile(path, "it should say which city this folder holds; load the city again.") from problem
