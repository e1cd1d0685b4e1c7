"""Training of sme_default: strictly by time, so that the figures are those of a bank that released it then."""

from dataclasses import asdict
from datetime import date, timedelta

import numpy as np

from bureau.errors import TooFewLabels
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.calibration import fit_platt
from models.cross_validation import Division, Rows, cross_validate, preference_in_words, preferred
from models.evaluation import Figures, evaluate_pd
from models.predictor import Recipe
from models.segments import segments_of
from models.sme_default.labels import read_labels
from models.sme_default.periods import KNOWN_SPLIT, chosen, part, rate_before
from models.sme_default.spec import LEAST_TO_JUDGE, LEAST_TO_TRAIN, SPEC, SPLIT
from models.training import (
    Labelled,
    Trained,
    assemble,
    golden_values,
    read_labelled,
    recipe_of,
    require_labels,
    training_facts,
)


def train(lake: Lake, day: date, grant: ReadGrant) -> Trained:
    """Train on the loans that matured by `day`. Raises `TooFewLabels` and `SuspectColumns`."""
    labelled = read_labelled(lake, SPEC, read_labels(lake, day, grant), grant)
    return fit(labelled, day, then=_read_then(lake, grant))


def fit(labelled: Labelled, day: date, division: Division = SPEC.division, then: Labelled | None = None) -> Trained:
    """Compare kinds on the oldest loans, fit the preferred one, calibrate it on the next, judge it on the newest.

    then: the loans whose outcome was known when the test began; the same recipe fitted on them alone is judged beside.
    """
    oldest, middle, newest = part(labelled, "train"), part(labelled, "calibrate"), part(labelled, "test")
    require_labels(SPEC, f"defaults on loans granted before {SPLIT.calibrate_from}", oldest.defaults, LEAST_TO_TRAIN)
    require_labels(SPEC, f"defaults on loans granted from {SPLIT.test_from}", newest.defaults, LEAST_TO_JUDGE)
    validations = cross_validate(SPEC.recipes, oldest, division)
    recipe = recipe_of(SPEC, preferred(validations).kind)
    predictor = recipe.fit(oldest.columns, oldest.matrix, oldest.target, oldest.weight)
    calibration = fit_platt(predictor.raw(middle.matrix), middle.target, middle.weight, rising=True)
    pd = calibration.pd(predictor.raw(newest.matrix))
    figures = evaluate_pd(pd, newest.target, newest.weight, newest.firm, constant=rate_before(labelled))
    known = _judged_then(then, recipe, newest)
    judged = labelled.frame.filter(chosen(labelled, "test"))
    return Trained(
        spec=SPEC,
        model=assemble(SPEC, labelled, predictor, calibration),
        recipe=recipe,
        validations=validations,
        figures=figures,
        judged=newest,
        pd=pd,
        said=(
            preference_in_words(validations),
            f"On loans granted from {SPLIT.test_from}: AUC {figures.auc}.",
            _said_then(known),
        ),
        facts=training_facts(day, labelled, recipe, validations, figures)
        | SPLIT.facts()
        | {"figures_of_labels_known_then": asdict(known) if known else None},
        golden=golden_values(oldest.columns, labelled.frame),
        population=labelled.rows,
        earlier=middle,
        groups=segments_of(judged),
        months=np.asarray(judged["granted_on"].dt.strftime("%Y-%m").to_list(), dtype=str),
    )


def _read_then(lake: Lake, grant: ReadGrant) -> Labelled | None:
    """What was known when the test began; None where that was too little to train on."""
    labels = read_labels(lake, SPLIT.test_from - timedelta(days=1), grant)
    try:
        return read_labelled(lake, SPEC, labels, grant)
    except TooFewLabels:
        return None


def _judged_then(then: Labelled | None, recipe: Recipe, newest: Rows) -> Figures | None:
    """The same recipe with the labels known then, one year older, on the same newest loans."""
    if then is None:
        return None
    oldest, middle = part(then, "train", KNOWN_SPLIT), part(then, "calibrate", KNOWN_SPLIT)
    if min(oldest.defaults, middle.defaults) < LEAST_TO_JUDGE:
        return None
    predictor = recipe.fit(oldest.columns, oldest.matrix, oldest.target, oldest.weight)
    line = fit_platt(predictor.raw(middle.matrix), middle.target, middle.weight, rising=True)
    pd, constant = line.pd(predictor.raw(newest.matrix)), rate_before(then, KNOWN_SPLIT)
    return evaluate_pd(pd, newest.target, newest.weight, newest.firm, constant=constant)


def _said_then(known: Figures | None) -> str:
    start = f"With the labels known on {SPLIT.test_from} alone, none of them in hindsight:"
    if known is None:
        return f"{start} too few to train on."
    return f"{start} AUC {known.auc}, Brier {known.brier:.4f} against {known.brier_constant:.4f} for that day's rate."
