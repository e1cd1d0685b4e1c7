"""Keeping a trained model: its folder, its record in the registry, and its release where the figures allow."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from models.artefact import write_model
from models.card import card_text
from models.monitoring.population import describe
from models.registry import log_training
from models.release import Release, model_folder, put_into_service, versions
from models.training import Trained

CARD_FILE = "card.md"


@dataclass(frozen=True)
class Kept:
    """A version that was written. refusal: why it is not served; None where it is."""

    name: str
    version: str
    refusal: str | None


def keep(home: Path, mlruns: Path, trained: Trained) -> Kept:
    """Write a new version and log it; release it unless its figures forbid.

    Nothing is half-written: the folder appears whole, goes again where logging fails, and only the last step, one
    rename, changes what is served.
    """
    name = trained.spec.name
    version = str(max(map(int, versions(home, name)), default=0) + 1)
    numbered = replace(trained, model=replace(trained.model, version=version))
    population = describe(numbered.model, (trained.population or trained.judged).matrix)
    facts = trained.facts | {"said": list(trained.said), "refusal": trained.refusal}
    facts |= {"population": population.model_dump(mode="json")}
    with _whole_or_gone(model_folder(home, name, version)) as folder:
        sha256 = write_model(folder, numbered.model, trained.golden, facts)
        (folder / CARD_FILE).write_text(card_text(numbered), "utf-8")
        run_id = log_training(mlruns, numbered, folder, sha256=sha256)
    if trained.refusal is None:
        put_into_service(home, name, Release(version, sha256, run_id))
    return Kept(name, version, trained.refusal)


@contextmanager
def _whole_or_gone(folder: Path) -> Iterator[Path]:
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
