"""The files a model is served from: models/NAME/VERSION/ with model.json and, for trees, booster.txt.

model.json names the hash of booster.txt, and released.json the hash of model.json, so one hash binds all. Reading
checks the hashes and a few golden rows, and needs no experiment tracker.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bureau.durability import sync_folder, write_synced
from bureau.errors import DamagedModel
from models.binned import BinnedModel
from models.boosted_trees import BoostedTrees, read_trees
from models.calibration import Platt
from models.columns import Column, Columns, Value
from models.logistic import Logistic
from models.peers import NO_PEERS, Peers
from models.predictor import Predictor
from models.scorecard import Scale
from models.scoring import ScoringModel
from models.wording import Words

MODEL_FILE, BOOSTER_FILE = "model.json", "booster.txt"
GOLDEN_TOLERANCE = 1e-9


class GoldenRow(BaseModel):
    """Made-up values and what the model says of them; no enterprise's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    values: dict[str, Value]
    raw: float
    score: int


class StoredModel(BaseModel):
    """model.json: everything between feature values and an answer, and where it came from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    name: str
    version: str
    kind: Literal["boosted_trees", "logistic", "scorecard", "ebm"]
    columns: tuple[Column, ...]
    logistic: Logistic | None
    binned: BinnedModel | None = None
    booster_sha256: str | None
    calibration: Platt
    scale: Scale
    words: tuple[Words, ...]
    definition_hash: str
    snapshot: int
    peers: Peers = NO_PEERS
    facts: dict[str, Any]
    golden: tuple[GoldenRow, ...]


def write_model(folder: Path, model: ScoringModel, golden: list[Mapping[str, Value]], facts: dict[str, Any]) -> str:
    """Write a model's files into a new folder; its sha256. The folder appears whole or not at all."""
    trees = model.predictor if isinstance(model.predictor, BoostedTrees) else None
    stored = StoredModel(
        name=model.name,
        version=model.version,
        kind=model.predictor.kind,
        columns=model.columns.columns,
        logistic=model.predictor if isinstance(model.predictor, Logistic) else None,
        binned=model.predictor if isinstance(model.predictor, BinnedModel) else None,
        booster_sha256=_sha256(trees.text.encode()) if trees else None,
        calibration=model.calibration,
        scale=model.scale,
        words=model.words,
        definition_hash=model.definition_hash,
        snapshot=model.snapshot,
        peers=model.peers,
        facts=facts,
        golden=tuple(_golden_row(model, values) for values in golden),
    )
    text = json.dumps(stored.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    write_synced(unfinished / MODEL_FILE, text)
    if trees:
        write_synced(unfinished / BOOSTER_FILE, trees.text.encode())
    sync_folder(unfinished)
    unfinished.rename(folder)
    return _sha256(text)


def read_model(folder: Path, name: str, *, sha256: str | None = None) -> ScoringModel:
    """The model of a folder. Raises `DamagedModel` where a hash or a golden row does not agree."""
    stored = read_stored(folder, name, sha256=sha256)
    model = ScoringModel(
        name=stored.name,
        version=stored.version,
        columns=Columns(stored.columns),
        predictor=_predictor(folder, stored),
        calibration=stored.calibration,
        scale=stored.scale,
        words=stored.words,
        definition_hash=stored.definition_hash,
        snapshot=stored.snapshot,
        peers=stored.peers,
    )
    for row in stored.golden:
        answer = model.score(row.values)
        if abs(answer.raw - row.raw) > GOLDEN_TOLERANCE or answer.score != row.score:
            raise DamagedModel(name, stored.version, "A golden row scores otherwise than on the day of training.")
    return model


def read_stored(folder: Path, name: str, *, sha256: str | None = None) -> StoredModel:
    """What model.json says."""
    try:
        text = (folder / MODEL_FILE).read_bytes()
    except OSError as problem:
        raise DamagedModel(name, folder.name, f"{folder / MODEL_FILE} cannot be read.") from problem
    if sha256 is not None:
        _require_hash(name, folder.name, folder / MODEL_FILE, text, sha256)
    try:
        return StoredModel.model_validate_json(text)
    except ValidationError as problem:
        raise DamagedModel(name, folder.name, f"{folder / MODEL_FILE} is not a model of this version.") from problem


def _predictor(folder: Path, stored: StoredModel) -> Predictor:
    if stored.logistic is not None:
        return stored.logistic
    if stored.binned is not None:
        return stored.binned
    try:
        text = (folder / BOOSTER_FILE).read_bytes()
    except OSError as problem:
        raise DamagedModel(stored.name, stored.version, f"{folder / BOOSTER_FILE} cannot be read.") from problem
    _require_hash(stored.name, stored.version, folder / BOOSTER_FILE, text, str(stored.booster_sha256))
    return read_trees(text.decode())


def _require_hash(name: str, version: str, path: Path, content: bytes, sha256: str) -> None:
    found = _sha256(content)
    if found != sha256:
        why = f"{path} is not the file that was released: its SHA-256 is {found} and was {sha256}."
        raise DamagedModel(name, version, why)


def _golden_row(model: ScoringModel, values: Mapping[str, Value]) -> GoldenRow:
    """Raw is what says the model that was fitted, LightGBM or its terms one by one, so that reading holds our own pass
    against it."""
    raw = float(model.predictor.raw(model.columns.row(values))[0])
    return GoldenRow(values=dict(values), raw=raw, score=model.score(values).score)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
