"""Training of invoice_default: a few dozen verdicts without a day, so cross-validation is the only honest judge."""

from datetime import date

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.calibration import fit_platt
from models.cross_validation import Division, preference_in_words, preferred
from models.invoice_default.evaluate import cut_off, figures_unseen, pooled, rate_of_others, unseen_pd, validate
from models.invoice_default.spec import DIVISION, SPEC
from models.labels import read_labels
from models.segments import segments_of
from models.spec import ModelSpec
from models.training import Labelled, Trained, assemble, golden_values, read_labelled, recipe_of, training_facts


def train(lake: Lake, day: date, grant: ReadGrant, spec: ModelSpec = SPEC) -> Trained:
    """Train on the verdicts known by `day`, all read from one snapshot, whatever lands meanwhile.

    Raises `TooFewLabels` and `SuspectColumns`.
    """
    snapshot = lake.snapshot()
    labels = read_labels(lake, spec, day, grant, snapshot)
    labelled, earlier = (
        read_labelled(lake, spec, offered, grant, snapshot=snapshot) for offered in (labels, cut_off(labels))
    )
    return fit(labelled, earlier, day, spec=spec)


def fit(
    labelled: Labelled, earlier: Labelled, day: date, division: Division = DIVISION, spec: ModelSpec = SPEC
) -> Trained:
    """Compare kinds by repeated cross-validation, fit the preferred one on every firm, calibrate it out of fold.

    The figures are those of rows scored by models that had not seen them. The comparison is made once more on
    `earlier`, the same verdicts with the last six months cut off.
    """
    validations, validations_earlier = (validate(one, spec, division) for one in (labelled, earlier))
    best, rows = preferred(validations), labelled.rows
    recipe = recipe_of(spec, best.kind)
    fitted = spec.weights.to_fit(rows)
    predictor = recipe.fit(fitted.columns, fitted.matrix, fitted.target, fitted.weight)
    calibration = fit_platt(*pooled(best.raw, rows), rising=True)
    pd = unseen_pd(best, rows)
    figures = figures_unseen(pd, rows)
    facts = training_facts(spec, day, labelled, recipe, validations, figures)
    return Trained(
        spec=spec,
        model=assemble(spec, labelled, predictor, calibration),
        validations=validations,
        figures=figures,
        judged=rows,
        pd=pd,
        said=(
            preference_in_words(validations, len(spec.recipes)),
            f"With the last six months cut off: {preference_in_words(validations_earlier, len(spec.recipes))}",
            f"Firms scored by models that had not seen them: AUC {figures.auc}.",
        ),
        facts=facts | {"validations_cut_off": [validation.summary() for validation in validations_earlier]},
        golden=golden_values(rows.columns, labelled.frame),
        asked=labelled.frame,
        one_rate=rate_of_others(rows),
        division=division,
        groups=segments_of(labelled.frame),
    )
