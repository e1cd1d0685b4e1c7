"""The models there are, and the one of each that is in service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bureau.errors import DamagedModel, ModelNotReleased, UnknownName
from bureau.grant import ReadGrant
from features.definitions.library import definition_hash
from features.lake.lake import Lake
from models.artefact import read_model, read_stored
from models.invoice_default import evaluate as invoice_evaluate
from models.invoice_default import spec as invoice_spec
from models.invoice_default import train as invoice_train
from models.release import model_folder, read_release, versions
from models.scoring import ScoringModel
from models.sme_default import evaluate as sme_evaluate
from models.sme_default import spec as sme_spec
from models.sme_default import train as sme_train
from models.spec import ModelSpec
from models.training import Trained

Train = Callable[[Lake, date, ReadGrant], Trained]
Evaluate = Callable[[Lake, date, ReadGrant, ScoringModel], list[dict[str, object]]]


@dataclass(frozen=True)
class Shelved:
    """A model's question and how it is answered, trained and judged."""

    spec: ModelSpec
    train: Train
    evaluate: Evaluate


SHELF = {
    shelved.spec.name: shelved
    for shelved in (
        Shelved(sme_spec.SPEC, sme_train.train, sme_evaluate.evaluate),
        Shelved(invoice_spec.SPEC, invoice_train.train, invoice_evaluate.evaluate),
    )
}
SPECS: dict[str, ModelSpec] = {name: shelved.spec for name, shelved in SHELF.items()}


def find_model(name: str) -> Shelved:
    """The model of a name; raises `UnknownName` with near names."""
    if name not in SHELF:
        raise UnknownName("model", name, SHELF)
    return SHELF[name]


def load_released(home: Path, name: str) -> ScoringModel:
    """The version in service, checked: hashes, golden rows, and features defined as on the day of training.

    Raises `UnknownName`, `ModelNotReleased` with the reason, or `DamagedModel`.
    """
    find_model(name)
    release = read_release(home, name)
    if release is None:
        raise ModelNotReleased(name, *_why_not(home, name))
    model = read_model(model_folder(home, name, release.version), name, sha256=release.sha256)
    if definition_hash(model.features) != model.definition_hash:
        raise DamagedModel(name, release.version, "Its features are defined otherwise now than when it was trained.")
    return model


def _why_not(home: Path, name: str) -> tuple[str, ...]:
    """What the newest version kept says about itself."""
    kept = versions(home, name)
    if not kept:
        return ()
    refusal = read_stored(model_folder(home, name, kept[-1]), name).facts["refusal"]
    return (f"Version {kept[-1]} was trained, but {refusal}",)
