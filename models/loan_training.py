"""Training of a model of loans: strictly by time, so that the figures are those of a bank that released it then."""

from dataclasses import asdict
from datetime import date, timedelta

import numpy as np
import polars as pl

from bureau.errors import TooFewLabels
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.calibration import fit_platt
from models.cross_validation import Rows, preference_in_words, preferred
from models.evaluation import Figures, evaluate_pd
from models.predictor import Recipe
from models.question import Question, chosen, compare_kinds, rate_before_test, rate_of
from models.segments import segments_of
from models.time_split import Cuts
from models.training import (
    Labelled,
    Trained,
    assemble,
    golden_values,
    recipe_of,
    require_labels,
    training_facts,
)


def train_on_loans(question: Question, lake: Lake, day: date, grant: ReadGrant) -> Trained:
    """Train on the loans that matured by `day`, all read from one snapshot, whatever lands meanwhile.

    Raises `TooFewLabels` and `SuspectColumns`.
    """
    labelled = question.read(lake, day, grant)
    question = question.on(day, labelled)
    known = question.known_before(lake, question.split.test_from, grant, labelled.snapshot)
    then = _read_then(question, lake, known, grant, labelled.snapshot)
    return fit_on_loans(question, labelled, day, then=then, known_rate=rate_of(known))


def fit_on_loans(
    question: Question,
    labelled: Labelled,
    day: date,
    cuts: Cuts | None = None,
    then: Labelled | None = None,
    known_rate: float | None = None,
) -> Trained:
    """Compare kinds on the oldest loans, fit the preferred one, calibrate it on the next, judge it on the newest.

    cuts: of the comparison, those of the spec unless said. then: the loans whose outcome was known when the test
    began; the same recipe fitted on them alone is judged beside. known_rate: of default among them, where they are
    known at all; `then` has its own.
    """
    spec, split = question.spec, question.split
    oldest, middle, newest = (question.part(labelled, period) for period in ("train", "calibrate", "test"))
    require_labels(
        spec, f"defaults on loans granted before {split.calibrate_from}", oldest.defaults, spec.least_to_train
    )
    require_labels(spec, f"defaults on loans granted from {split.test_from}", newest.defaults, spec.least_to_judge)
    fitted = question.to_fit(labelled, "train")
    validations = compare_kinds(question, labelled, "train", cuts=cuts)
    recipe = recipe_of(spec, preferred(validations).kind) if validations else spec.recipes[-1]
    predictor = recipe.fit(fitted.columns, fitted.matrix, fitted.target, fitted.weight)
    calibration = fit_platt(predictor.raw(middle.matrix), middle.target, middle.weight, rising=True)
    pd = calibration.pd(predictor.raw(newest.matrix))
    one_rate = rate_before_test(labelled, split, then.rows.rate if then else known_rate)
    rate = float(one_rate.pd)
    figures = evaluate_pd(pd, newest.target, newest.weight, newest.firm, constant=rate)
    known = _judged_then(question, then, recipe, newest, rate)
    judged = labelled.frame.filter(chosen(labelled, "test", split))
    return Trained(
        spec=spec,
        model=assemble(spec, labelled, predictor, calibration),
        validations=validations,
        figures=figures,
        judged=newest,
        pd=pd,
        said=(
            preference_in_words(validations, len(spec.recipes)),
            f"On loans granted from {split.test_from}: AUC {figures.auc}.",
            f"One rate for all is {rate:.2%}, {one_rate.told}.",
            _said_then(question, known),
        ),
        facts=training_facts(spec, day, labelled, recipe, validations, figures)
        | split.facts()
        | {"figures_of_labels_known_then": asdict(known) if known else None, "one_rate": rate},
        golden=golden_values(oldest.columns, labelled.frame),
        asked=judged,
        one_rate=one_rate,
        population=labelled.rows,
        earlier=middle,
        groups=segments_of(judged),
        months=np.asarray(judged["granted_on"].dt.strftime("%Y-%m").to_list(), dtype=str),
    )


def _read_then(question: Question, lake: Lake, known: pl.DataFrame, grant: ReadGrant, snapshot: int) -> Labelled | None:
    """What was known when the test began; None where that was too little to train on."""
    try:
        return question.read(lake, question.split.test_from - timedelta(days=1), grant, known, snapshot)
    except TooFewLabels:
        return None


def _judged_then(
    question: Question, then: Labelled | None, recipe: Recipe, newest: Rows, rate: float
) -> Figures | None:
    """The same recipe with the labels known then, older by their maturity, on the same newest loans."""
    if then is None:
        return None
    earlier = question.split_by(question.split.earlier(question.maturity_months))
    oldest, middle = earlier.to_fit(then, "train"), earlier.part(then, "calibrate")
    if min(oldest.defaults, middle.defaults) < question.spec.least_to_judge:
        return None
    predictor = recipe.fit(oldest.columns, oldest.matrix, oldest.target, oldest.weight)
    line = fit_platt(predictor.raw(middle.matrix), middle.target, middle.weight, rising=True)
    pd = line.pd(predictor.raw(newest.matrix))
    return evaluate_pd(pd, newest.target, newest.weight, newest.firm, constant=rate)


def _said_then(question: Question, known: Figures | None) -> str:
    start = f"With the labels known on {question.split.test_from} alone, none of them in hindsight:"
    if known is None:
        return f"{start} too few to train on."
    return f"{start} AUC {known.auc}, Brier {known.brier:.4f} against {known.brier_constant:.4f} for that day's rate."
