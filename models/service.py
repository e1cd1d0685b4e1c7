"""What is in service, taken from its folder and checked; imports nothing that only training needs."""

from pathlib import Path

from bureau.errors import DamagedModel, ModelNotReleased
from features.definitions.library import definition_hash
from models.artefact import read_model, read_stored
from models.release import model_folder, read_release, versions
from models.scoring import ScoringModel


def load_released(home: Path, name: str) -> ScoringModel:
    """The version in service, checked: hashes, golden rows, and features defined as on the day of training.

    Raises `ModelNotReleased` with the reason, or `DamagedModel`.
    """
    release = read_release(home, name)
    if release is None:
        raise ModelNotReleased(name, *_why_not(home, name))
    return load_version(home, name, release.version, release.sha256)


def load_version(home: Path, name: str, version: str, sha256: str | None = None) -> ScoringModel:
    """A kept version, in service or not, checked in the same way; raises `DamagedModel`."""
    model = read_model(model_folder(home, name, version), name, sha256=sha256)
    if definition_hash(model.features) != model.definition_hash:
        raise DamagedModel(name, version, "Its features are defined otherwise now than when it was trained.")
    return model


def _why_not(home: Path, name: str) -> tuple[str, ...]:
    """What the newest version kept says about itself."""
    kept = versions(home, name)
    if not kept:
        return ()
    refusal = read_stored(model_folder(home, name, kept[-1]), name).facts["refusal"]
    return (f"Version {kept[-1]} was trained, but {refusal}",)
