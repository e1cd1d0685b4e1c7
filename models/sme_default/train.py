"""Training of sme_default: strictly by time, so that the figures are those of a bank that released it then."""

from datetime import date

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.calibration import fit_platt
from models.cross_validation import Division, cross_validate, preference_in_words, preferred
from models.evaluation import evaluate_pd
from models.sme_default.labels import read_labels
from models.sme_default.periods import part
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
    return fit(read_labelled(lake, SPEC, read_labels(lake, day, grant), grant), day)


def fit(labelled: Labelled, day: date, division: Division = SPEC.division) -> Trained:
    """Compare kinds on the oldest loans, fit the preferred one, calibrate it on the next, judge it on the newest."""
    oldest, middle, newest = part(labelled, "train"), part(labelled, "calibrate"), part(labelled, "test")
    require_labels(SPEC, f"defaults on loans granted before {SPLIT.calibrate_from}", oldest.defaults, LEAST_TO_TRAIN)
    require_labels(SPEC, f"defaults on loans granted from {SPLIT.test_from}", newest.defaults, LEAST_TO_JUDGE)
    validations = cross_validate(SPEC.recipes, oldest, division)
    recipe = recipe_of(SPEC, preferred(validations).kind)
    predictor = recipe.fit(oldest.columns, oldest.matrix, oldest.target, oldest.weight)
    calibration = fit_platt(predictor.raw(middle.matrix), middle.target, middle.weight, rising=True)
    pd = calibration.pd(predictor.raw(newest.matrix))
    figures = evaluate_pd(pd, newest.target, newest.weight, newest.firm)
    return Trained(
        spec=SPEC,
        model=assemble(SPEC, labelled, predictor, calibration),
        recipe=recipe,
        validations=validations,
        figures=figures,
        judged=newest,
        pd=pd,
        said=(preference_in_words(validations), f"On loans granted from {SPLIT.test_from}: AUC {figures.auc}."),
        facts=training_facts(day, labelled, recipe, validations, figures) | SPLIT.facts(),
        golden=golden_values(oldest.columns, labelled.frame),
        population=labelled.rows,
    )
