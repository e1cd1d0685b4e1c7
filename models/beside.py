"""The champion beside baselines and challengers: the newest version of each kind, on the same unseen loans."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from bureau.errors import ModelNotReleased
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import read_stored
from models.evaluation import evaluate_pd
from models.loan_judging import judged_period, require_both
from models.question import Question, rate_before_test, rate_of
from models.question import chosen as chosen_rows
from models.release import model_folder, read_release, versions
from models.service import load_version
from models.time_split import TimeSplit
from models.training import read_labelled
from models.worth.resampling import Judged, resample

_TOLD = ("version", "kind", "role", "granted", "auc", "auc_low", "auc_high", "auc_against", "error")
COLUMNS = (*_TOLD, "ks", "brier", "brier_constant", "calibration_slope", "rows", "defaults")


def judge_beside(lake: Lake, question: Question, day: date, grant: ReadGrant, home: Path) -> list[dict[str, Any]]:
    """One line a version, the first the one in service, or else the newest that is no baseline.

    granted: the days of the loans that judge, which none of the versions was trained or calibrated on.
    auc_against: AUC less that of the first line, with the standard error of the difference over the firms.
    Raises `ModelNotReleased` where no version is kept, and `InvalidInput` where nothing is new to all of them.
    """
    name = question.spec.name
    chosen = newest_of_kinds(home, name)
    if not chosen:
        raise ModelNotReleased(name)
    models = {version: load_version(home, name, version) for version in chosen}
    question = question.split_by(unseen_by_all(home, name, chosen))
    features = tuple(dict.fromkeys(feature for model in models.values() for feature in model.features))
    spec = replace(question.spec, features=features)
    snapshot = lake.snapshot()
    labelled = read_labelled(lake, spec, question.read_labels(lake, day, grant, snapshot), grant, snapshot=snapshot)
    rows, newest = question.part(labelled, "test"), labelled.frame.filter(chosen_rows(labelled, "test", question.split))
    require_both(question, rows, question.split)
    known = rate_of(question.known_before(lake, question.split.test_from, grant, snapshot))
    constant = float(rate_before_test(labelled, question.split, known).pd)
    granted, resampled, first, lines = judged_period(newest, question.split), resample(rows), None, []
    for version, role in chosen.items():
        model = models[version]
        pd = model.calibration.pd(model.predictor.raw(model.columns.matrix(newest)))
        judged = resampled.judge([pd])
        first = first or judged
        figures = evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=constant)
        told = {"version": version, "kind": model.predictor.kind, "role": role, "granted": granted}
        lines.append(_line(told, asdict(figures), judged, first))
    return lines


def unseen_by_all(home: Path, name: str, kept: Iterable[str]) -> TimeSplit:
    """The split of the version whose test began last: no other was trained or calibrated on what it judges by."""
    splits = (TimeSplit.of_facts(read_stored(model_folder(home, name, one), name).facts) for one in kept)
    return max(splits, key=lambda split: split.test_from)


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


def _line(told: dict[str, str], figures: dict[str, Any], judged: Judged, first: Judged) -> dict[str, Any]:
    auc, against = figures.pop("auc"), (judged - first).figure
    interval = {"auc": auc["value"], "auc_low": auc["low"], "auc_high": auc["high"]}
    found = {**told, **interval, "auc_against": against.value, "error": against.error, **figures}
    return {column: found[column] for column in COLUMNS}
