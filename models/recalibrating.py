"""A kept version calibrated anew on outcomes that came since: a version of its own, judged on the newest loans.

It passes the same gates and the same two people as any. What orders firms and gives reasons stays as it was trained.
"""

from dataclasses import asdict, replace
from datetime import date

import numpy as np
import polars as pl

from bureau.errors import StateConflict
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import StoredModel
from models.calibration import Platt
from models.cross_validation import Rows
from models.evaluation import Figures, evaluate_pd
from models.keeping import VERDICT
from models.question import Question, chosen, rate_before_test, rate_of, read_for
from models.recalibration import LEAST_DEFAULTS, Recalibrated, recalibrate
from models.scoring import ScoringModel
from models.segments import segments_of
from models.time_split import TimeSplit
from models.training import Labelled, Trained, require_labels

RECENT_MONTHS = 24
"""Loans granted longer before the newest that has matured say little of the risk of today."""


def recalibrate_version(
    question: Question, model: ScoringModel, stored: StoredModel, lake: Lake, day: date, grant: ReadGrant
) -> Trained:
    """Calibrate on the loans that matured by `day`. Raises `TooFewLabels`, and `StateConflict` without a drift."""
    labelled = read_for(question, model, lake, day, grant)
    judged_from = recent_halves(labelled, TimeSplit.of_facts(stored.facts).test_from).test_from
    known = question.known_before(lake, judged_from, grant, labelled.snapshot)
    return recalibrate_on(question, model, stored, labelled, day, rate_of(known))


def recalibrate_on(
    question: Question,
    model: ScoringModel,
    stored: StoredModel,
    labelled: Labelled,
    day: date,
    known_rate: float | None = None,
) -> Trained:
    """Move or turn the line from raw score to probability by the older half of the recent loans that no part of the
    version has seen; the newer half judges the line of before and the new one.

    known_rate: of default, as it was known when that newer half began."""
    split = recent_halves(labelled, TimeSplit.of_facts(stored.facts).test_from)
    middle, newest = (labelled.rows.take(chosen(labelled, period, split)) for period in ("calibrate", "test"))
    what = f"defaults on loans granted from {split.test_from}"
    require_labels(question.spec, what, newest.defaults, question.spec.least_to_judge)
    raw = model.predictor.raw(middle.matrix)
    found = recalibrate(model.calibration, raw, middle.target, middle.weight, middle.firm)
    if found.deed == "kept":
        raise StateConflict(_not_done(model, found, split, middle))
    one_rate = rate_before_test(labelled, split, known_rate)
    constant = float(one_rate.pd)
    before, figures = (_judge(model, line, newest, constant) for line in (model.calibration, found.calibration))
    judged = labelled.frame.filter(chosen(labelled, "test", split))
    return Trained(
        spec=question.split_by(split).spec,
        model=replace(model, version="unreleased", calibration=found.calibration),
        validations=(),
        figures=figures,
        judged=newest,
        pd=found.calibration.pd(model.predictor.raw(newest.matrix)),
        said=_said(model, found, split, before, figures),
        facts={name: fact for name, fact in stored.facts.items() if name not in VERDICT}
        | split.facts()
        | {
            "declared": _declared(model, stored, split),
            "figures": asdict(figures),
            "one_rate": constant,
            "recalibrated": {
                "version": model.version,
                "as_of": day.isoformat(),
                "snapshot": labelled.snapshot,
                "deed": found.deed,
                "rows": len(middle),
                "defaults": middle.defaults,
                "observed_to_said": asdict(found.ratio),
                "figures_before": asdict(before),
            },
        },
        golden=[row.values for row in stored.golden],
        asked=judged,
        one_rate=one_rate,
        population=labelled.rows,
        earlier=middle,
        groups=segments_of(judged),
        months=np.asarray(judged["granted_on"].dt.strftime("%Y-%m").to_list(), dtype=str),
    )


def _declared(model: ScoringModel, stored: StoredModel, split: TimeSplit) -> dict[str, str]:
    """What was asked: what the version was, but for the days that calibrate and judge."""
    declared: dict[str, str] = stored.facts["declared"]
    anew = f"calibrated anew on loans granted from {split.calibrate_from} to {split.test_from}"
    judged = f"judged on those from {split.test_from} on"
    return declared | {"split": f"{anew}, {judged}; made of version {model.version}, which was {declared['split']}"}


def recent_halves(labelled: Labelled, unseen_from: date) -> TimeSplit:
    """The recent loans granted since a day, in two halves of time: the older calibrates, the newer judges."""
    granted = labelled.frame["granted_on"].sort()
    oldest = pl.select(pl.lit(granted[-1]).dt.offset_by(f"-{RECENT_MONTHS}mo")).item()
    since = max(unseen_from, oldest)
    unseen = granted.filter(granted >= since)
    return TimeSplit(since, unseen[len(unseen) // 2] if len(unseen) else since)


def _judge(model: ScoringModel, line: Platt, rows: Rows, constant: float) -> Figures:
    pd = line.pd(model.predictor.raw(rows.matrix))
    return evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=constant)


def _not_done(model: ScoringModel, found: Recalibrated, split: TimeSplit, rows: Rows) -> str:
    return (
        f"Version {model.version} of model {model.name!r} stays as it is: on {len(rows):,} loans granted from "
        f"{split.calibrate_from} to {split.test_from}, {rows.defaults} of them in default, the defaults observed for "
        f"each one said are {found.ratio}. Recalibrate when that interval leaves 1 and {LEAST_DEFAULTS} have defaulted."
    )


def _said(
    model: ScoringModel, found: Recalibrated, split: TimeSplit, before: Figures, after: Figures
) -> tuple[str, ...]:
    return (
        f"The line of version {model.version} was {found.deed}: on loans granted from {split.calibrate_from} to "
        f"{split.test_from} the defaults observed for each one said were {found.ratio}.",
        f"On loans granted from {split.test_from} the mean PD is {after.mean_pd:.4f} (before: {before.mean_pd:.4f}) "
        f"where {after.base_rate:.4f} defaulted; Brier score {after.brier:.5f} (before: {before.brier:.5f}).",
        f"Slope {after.calibration_slope:.2f} and intercept {after.calibration_intercept:.2f} of its calibration "
        f"(before: {before.calibration_slope:.2f} and {before.calibration_intercept:.2f}); its order stays: "
        f"AUC {after.auc}.",
    )
