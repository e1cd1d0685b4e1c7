"""Training of sba_default: strictly by time, on outcomes seen afterwards, and once more on what was known by then."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

import numpy as np

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.calibration import Platt, fit_platt
from models.cross_validation import Floats, Rows, cross_validate, preference_in_words, preferred
from models.evaluation import Figures, evaluate_pd
from models.labels import read_known
from models.predictor import Predictor, Recipe
from models.question import Question, chosen, compare_kinds
from models.sba_default.spec import CALIBRATED_BY, SPEC
from models.segments import segments_of
from models.spec import ModelSpec
from models.time_split import Cuts
from models.training import (
    Labelled,
    OneRate,
    Trained,
    assemble,
    golden_values,
    read_labelled,
    recipe_of,
    require_labels,
    training_facts,
)


def train(lake: Lake, day: date, grant: ReadGrant, spec: ModelSpec = SPEC) -> Trained:
    """Train on the loans whose end was known by `day`, all read from one snapshot, whatever lands meanwhile.

    Raises `TooFewLabels` and `SuspectColumns`.
    """
    question, snapshot = Question(spec), lake.snapshot()
    labels = question.read_labels(lake, day, grant, snapshot)
    labelled = read_labelled(lake, spec, labels, grant, snapshot=snapshot)
    before = min(day, question.split.test_from - timedelta(days=1))
    known = read_known(lake, spec, before, grant, snapshot)
    return fit(labelled, read_labelled(lake, spec, known, grant, snapshot=snapshot), day, spec=spec)


def fit(labelled: Labelled, known: Labelled, day: date, cuts: Cuts | None = None, spec: ModelSpec = SPEC) -> Trained:
    """Compare kinds on the loans before the test, fit the preferred one on all of them, and judge it on the newest.

    It is calibrated on the last year before the test, by scores of fits that had not seen the loan.
    cuts: of the comparison, those of the spec unless said.
    known: the labels of the day before the test began. The same recipe fitted on them is judged beside.
    """
    question = Question(spec)
    split, newest = question.split, question.part(labelled, "test")
    before = question.part(labelled, "train", "calibrate")
    require_labels(spec, f"charge-offs approved before {split.test_from}", before.defaults, spec.least_to_train)
    require_labels(spec, f"charge-offs approved from {split.test_from}", newest.defaults, spec.least_to_judge)
    validations = compare_kinds(question, labelled, "train", "calibrate", cuts=cuts)
    recipe = recipe_of(spec, preferred(validations).kind) if validations else spec.recipes[-1]
    fitted = _fit_before_test(question, recipe, labelled)
    predictor, calibration, year = fitted.predictor, fitted.calibration, fitted.year
    pd = calibration.pd(predictor.raw(newest.matrix))
    figures = evaluate_pd(pd, newest.target, newest.weight, newest.firm, constant=known.rows.rate)
    judged = labelled.frame.filter(chosen(labelled, "test", split))
    then = judged_by_then(question, recipe, known, newest)
    known_late = question.part(known, "calibrate").defaults
    return Trained(
        spec=spec,
        model=assemble(spec, labelled, predictor, calibration),
        validations=validations,
        figures=figures,
        judged=newest,
        population=labelled.rows,
        pd=pd,
        said=(
            f"{preference_in_words(validations, len(spec.recipes))} Fits saw outcomes in hindsight, as the model does.",
            f"On loans approved from {split.test_from}, outcomes seen afterwards: AUC {figures.auc}.",
            f"Fitted on what was known the day before instead, {known_late} charge-offs of the year that calibrates: "
            f"AUC {then.auc}, mean PD {then.mean_pd:.3f} where {then.base_rate:.3f} came to be charged off.",
            f"Brier score {figures.brier:.4f}; of the rate known that day for all {figures.brier_constant:.4f}.",
        ),
        facts=training_facts(spec, day, labelled, recipe, validations, figures)
        | split.facts()
        | {"figures_labels_known": asdict(then), "training_day_rate": known.rows.rate},
        golden=golden_values(before.columns, labelled.frame),
        asked=judged,
        one_rate=OneRate(known.rows.rate, f"the rate known on {split.test_from}"),
        earlier=year,
        earlier_pd=calibration.pd(fitted.year_raw),
        groups=segments_of(judged),
        months=np.asarray(judged["granted_on"].dt.strftime("%Y-%m").to_list(), dtype=str),
    )


def judged_by_then(question: Question, recipe: Recipe, known: Labelled, newest: Rows) -> Figures:
    """What a model of the outcomes known at the training day earns on the newest loans: made as `fit` makes its own,
    so that the two differ by their labels alone."""
    fitted = _fit_before_test(question, recipe, known)
    pd = fitted.calibration.pd(fitted.predictor.raw(newest.matrix))
    return evaluate_pd(pd, newest.target, newest.weight, newest.firm, constant=known.rows.rate)


@dataclass(frozen=True)
class _Fitted:
    """year: the loans that calibrated; year_raw: (n,) their scores by fits that had not seen them."""

    predictor: Predictor
    calibration: Platt
    year: Rows
    year_raw: Floats


def _fit_before_test(question: Question, recipe: Recipe, labelled: Labelled) -> _Fitted:
    """Fit all loans granted before the test, and calibrate on the last year of them by fits without the loan."""
    before, drawn = (of(labelled, "train", "calibrate") for of in (question.part, question.to_fit))
    (crossed,) = cross_validate([recipe], before, CALIBRATED_BY, fitted=drawn)
    predictor = recipe.fit(drawn.columns, drawn.matrix, drawn.target, drawn.weight)
    last = chosen(labelled, "calibrate", question.split)[~chosen(labelled, "test", question.split)]
    year, raw = before.take(last), crossed.raw.mean(axis=0)[last]
    return _Fitted(predictor, fit_platt(raw, year.target, year.weight, rising=True), year, raw)
