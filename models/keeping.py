"""Keeping a trained model: its gates, its folder, its record in the registry. Releasing it is two people's act."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bureau.durability import sync_folder
from bureau.errors import ContributionsDisagree
from models.artefact import write_model
from models.card import card_text
from models.card_page import card_page
from models.champion import Against, ReadFeatures, hold_against_champion
from models.gates import Gate, as_facts, judge_gates, refusal_of
from models.monitoring.population import describe
from models.people import Signature, signed_by
from models.pictures import draw_pictures
from models.register import Writer, writing
from models.registry import log_training
from models.release import model_folder, versions
from models.report import Report, build_report, metrics_of
from models.training import Trained

BASELINE = "it is kept as a baseline to hold the model against; train it with --challenger to have it released."

VERDICT = ("said", "gates", "refusal", "role", "held_against", "population")
"""The facts `keep` adds to those of a training: what was found of that version, and of none that is made from it."""

UNFINISHED = ".unfinished"
CARD_FILE, PAGE_FILE, REPORT_FILE = "card.md", "card.html", "report.json"


@dataclass(frozen=True)
class Kept:
    """A version that was written. refusal: why no one may release it; None where two people may."""

    name: str
    version: str
    refusal: str | None


def keep(
    home: Path,
    mlruns: Path,
    trained: Trained,
    at: datetime,
    *,
    by: Signature | None = None,
    baseline: bool = False,
    read: ReadFeatures | None = None,
) -> Kept:
    """Judge the gates, write a new version and log it; what is served stays as it is.

    by: who answers for the training, and may not be the one who approves it. baseline: may not be released, whatever
    the gates say. read: see `hold_against_champion`.
    Nothing is half-written: a version is made in a hidden folder, logged, written into the register, which binds it to
    its hash, and only then appears among the versions. What a killed command left is no version, and its number, once
    it is in the register, is nobody else's.

    Raises `ContributionsDisagree` where its contributions miss its score, so that nothing can be told of it: the
    register then says of its number that it was refused, and why, and there is no such version.
    """
    name, trainer = trained.spec.name, "" if by is None else signed_by(home, by).name
    with writing(home, name) as register:
        taken = {*versions(home, name), *(act.version for act in register.acts)}
        version = str(max(map(int, taken), default=0) + 1)
        numbered = replace(trained, model=replace(trained.model, version=version))
        against = hold_against_champion(home, numbered, read)
        gates = (*judge_gates(numbered, against), *([Gate("purpose", False, BASELINE)] if baseline else []))
        refusal = refusal_of(gates)
        facts = trained.facts | {"said": list(trained.said), "gates": as_facts(gates), "refusal": refusal}
        facts |= {"role": "baseline" if baseline else "challenger", "held_against": against.facts()}
        place = model_folder(home, name, version)
        with _refusing(register, version, trainer, at, refusal), _whole_or_absent(place) as folder:
            came_of = trained.population or trained.judged
            population = describe(numbered.model, came_of.matrix, came_of.weight)
            facts |= {"population": population.model_dump(mode="json")}
            sha256 = write_model(folder, numbered.model, trained.golden, facts)
            report = write_pages(folder, numbered, gates)
            reported = metrics_of(report) | _metrics_of(against)
            log_training(mlruns, numbered, folder, reported, sha256=sha256, refusal=refusal)
            register.add("kept", version, sha256, trainer, at, refusal or f"every gate is open: {gates[0].told}")
    return Kept(name, version, refusal)


def _metrics_of(against: Against) -> dict[str, float]:
    found = against.difference
    return {} if found is None else {"auc_against_champion": found.value, "auc_against_champion_error": found.error}


def write_pages(folder: Path, trained: Trained, gates: Sequence[Gate]) -> Report:
    """The report, the pictures, and the card as Markdown and as one HTML page, beside the model's files."""
    report, pictures = build_report(trained), draw_pictures(trained)
    text = card_text(trained, gates, report)
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
    title = f"{trained.spec.name} {trained.model.version}"
    (folder / REPORT_FILE).write_text(report.text(), "utf-8")
    (folder / CARD_FILE).write_text(text, "utf-8")
    (folder / PAGE_FILE).write_text(card_page(title, text, pictures), "utf-8")
    return report


@contextmanager
def _refusing(register: Writer, version: str, trainer: str, at: datetime, refusal: str | None) -> Iterator[None]:
    """Around all that asks a new version for its reasons: one that cannot give them is refused in the register.

    refusal: what the gates said, which were asked on the judged rows alone.
    """
    try:
        yield
    except ContributionsDisagree as fault:
        told = refusal or f"its contributions miss its score by {fault.gap:.3g} log-odds."
        register.add("refused", version, "", trainer, at, told)
        raise


@contextmanager
def _whole_or_absent(folder: Path) -> Iterator[Path]:
    """A folder of the same name to fill, hidden beside it, which takes its place once everything is done."""
    hidden = folder.with_name(UNFINISHED)
    shutil.rmtree(hidden, ignore_errors=True)
    try:
        yield hidden / folder.name
        (hidden / folder.name).rename(folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
