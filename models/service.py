"""What is in service, taken from its folder and checked; imports nothing that only training needs."""

from pathlib import Path

from bureau.errors import DamagedModel, ModelNotReleased, UnknownName
from features.definitions.library import definition_hash
from models.artefact import read_model, read_stored
from models.register import may_serve, read_register
from models.release import model_folder, read_release, versions
from models.scoring import ScoringModel


def load_released(home: Path, name: str) -> ScoringModel:
    """The version in service, checked: approved in the register, hashes, golden rows, features defined as in training.

    Raises `ModelNotReleased` with the reason, or `DamagedModel`.
    """
    release = read_release(home, name)
    if release is None:
        raise ModelNotReleased(name, *_why_not(home, name))
    approved = {(act.version, act.sha256) for act in may_serve(read_register(home, name))}
    if (release.version, release.sha256) not in approved:
        raise DamagedModel(name, release.version, "The register holds no approval of these files by two people.")
    return load_version(home, name, release.version, release.sha256)


def load_version(home: Path, name: str, version: str, sha256: str | None = None) -> ScoringModel:
    """A kept version, in service or not, checked in the same way; raises `DamagedModel`."""
    model = read_model(model_folder(home, name, version), name, sha256=sha256)
    now = definition_hash(model.features)
    if now != model.definition_hash:
        told = f"now as {now}, and were defined as {model.definition_hash} when it was trained (SHA-256)."
        raise DamagedModel(name, version, f"Its features are defined otherwise: {told}")
    return model


def load_kept(home: Path, name: str, version: str) -> ScoringModel:
    """A version as it was kept, for answers that are given again: its hash is the register's, which nobody can rewrite
    unseen, and what was put into service before there were registers has the hash it is served by.

    Its features may be defined otherwise by now: whether the same answer comes out is for its bytes to say. Raises
    `DamagedModel`.
    """
    kept = [act.sha256 for act in read_register(home, name) if act.deed == "kept" and act.version == version]
    release = read_release(home, name)
    served = release.sha256 if release is not None and release.version == version else None
    return read_model(model_folder(home, name, version), name, sha256=kept[-1] if kept else served)


def load_chosen(home: Path, name: str, version: str | None = None) -> ScoringModel:
    """For a scientist's own work: the version named, else the one in service, else the newest that may be released.

    Raises `UnknownName` for a version there is not, `ModelNotReleased` where none may be, and `DamagedModel`.
    """
    kept = versions(home, name)
    if version is None:
        if read_release(home, name) is not None:
            return load_released(home, name)
        version = next((one for one in reversed(kept) if _refusal(home, name, one) is None), None)
        if version is None:
            raise ModelNotReleased(name, *_why_not(home, name))
    if version not in kept:
        raise UnknownName(f"version of {name}", version, kept)
    return load_version(home, name, version)


def _why_not(home: Path, name: str) -> tuple[str, ...]:
    """What the newest version kept says about itself, and its number where it waits for two people."""
    kept = versions(home, name)
    if not kept:
        return ()
    refusal = _refusal(home, name, kept[-1])
    if refusal is None:
        return (f"Version {kept[-1]} was trained and waits for two people.", kept[-1])
    return (f"Version {kept[-1]} was trained, but {refusal}",)


def _refusal(home: Path, name: str, version: str) -> str | None:
    found: str | None = read_stored(model_folder(home, name, version), name).facts["refusal"]
    return found
