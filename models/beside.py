"""The champion beside baselines and challengers: the newest version of each kind, on the same unseen loans."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from bureau.errors import ModelNotReleased
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import read_stored
from models.evaluation import evaluate_pd
from models.question import Question, rate_before
from models.release import model_folder, read_release, versions
from models.scoring import ScoringModel
from models.service import load_version
from models.training import read_labelled
from models.worth.resampling import Judged, resample

_TOLD = ("version", "kind", "role", "auc", "auc_low", "auc_high", "auc_against", "error")
COLUMNS = (*_TOLD, "ks", "brier", "brier_constant", "calibration_slope", "rows", "defaults")


def judge_beside(lake: Lake, question: Question, day: date, grant: ReadGrant, home: Path) -> list[dict[str, Any]]:
    """One line a version, the first the one in service, or else the newest that is no baseline.

    auc_against: AUC less that of the first line, with the standard error of the difference over the firms.
    Raises `ModelNotReleased` where no version is kept.
    """
    name = question.spec.name
    chosen = newest_of_kinds(home, name)
    if not chosen:
        raise ModelNotReleased(name)
    labelled = read_labelled(lake, question.spec, question.read_labels(lake, day, grant), grant)
    question = question.on(day, labelled)
    rows, constant = question.part(labelled, "test"), rate_before(labelled, question.split)
    resampled, first, lines = resample(rows), None, []
    for version, role in chosen.items():
        model = load_version(home, name, version)
        pd = model.calibration.pd(model.predictor.raw(rows.matrix))
        judged = resampled.judge([pd])
        first = first or judged
        figures = evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=constant)
        lines.append(_line(model, role, asdict(figures), judged, first))
    return lines


def newest_of_kinds(home: Path, name: str) -> dict[str, str]:
    """Versions and their roles: the champion, then the newest of every other kind, those that may be released first."""
    release, found, seen = read_release(home, name), {}, set()
    if release is not None:
        found[release.version] = "champion"
        seen.add(read_stored(model_folder(home, name, release.version), name).kind)
    for version in reversed(versions(home, name)):
        stored = read_stored(model_folder(home, name, version), name)
        if stored.kind not in seen:
            seen.add(stored.kind)
            found[version] = str(stored.facts.get("role", "challenger"))
    return dict(sorted(found.items(), key=lambda one: one[1] == "baseline"))


def _line(model: ScoringModel, role: str, figures: dict[str, Any], judged: Judged, first: Judged) -> dict[str, Any]:
    auc, against = figures.pop("auc"), (judged - first).figure
    told = {"version": model.version, "kind": model.predictor.kind, "role": role}
    interval = {"auc": auc["value"], "auc_low": auc["low"], "auc_high": auc["high"]}
    found = {**told, **interval, "auc_against": against.value, "error": against.error, **figures}
    return {column: found[column] for column in COLUMNS}
