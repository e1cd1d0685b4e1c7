"""How good invoice_default is: both kinds in repeated cross-validation, now and with six months cut off."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.calibration import fit_platt
from models.cross_validation import Division, Floats, Rows, Validation, cross_validate, one_thread
from models.invoice_default.labels import read_labels
from models.invoice_default.spec import SPEC
from models.predictor import Recipe
from models.scoring import ScoringModel
from models.training import Labelled, read_labelled

CUT_OFF_MONTHS = 6


def evaluate(lake: Lake, day: date, grant: ReadGrant, model: ScoringModel) -> list[dict[str, object]]:
    """One line per day of the features and kind of model; the released kind is marked."""
    labels = read_labels(lake, day, grant)
    lines: list[dict[str, object]] = []
    for offered in (labels, cut_off(labels)):
        as_of = str(offered["as_of"].max())
        for validation in validate(read_labelled(lake, SPEC, offered, grant)):
            released = validation.kind == model.predictor.kind
            lines.append({"features_as_of": as_of, "released": released, **validation.summary()})
    return lines


def cut_off(labels: pl.DataFrame) -> pl.DataFrame:
    """The same verdicts, asked six months earlier: nothing recorded in between can help."""
    return labels.with_columns(pl.col("as_of").dt.offset_by(f"-{CUT_OFF_MONTHS}mo"))


def validate(
    labelled: Labelled, division: Division = SPEC.division, recipes: Sequence[Recipe] = SPEC.recipes
) -> list[Validation]:
    """All recipes, on the same divisions."""
    return cross_validate(recipes, labelled.rows, division)


def unseen_pd(validation: Validation, rows: Rows) -> Floats:
    """Each firm's PD by models that had not seen it, through a line fitted on the other firms; mean of the repeats."""
    pds = np.empty(len(rows))
    with one_thread():
        for firm in range(len(rows)):
            others = np.arange(len(rows)) != firm
            line = fit_platt(*pooled(validation.raw[:, others], rows.take(others)), rising=True)
            pds[firm] = line.pd(validation.raw[:, firm]).mean()
    return pds


def pooled(raw: Floats, rows: Rows) -> tuple[Floats, Floats, Floats]:
    """Raw scores of all repeats in one line, with their targets and weights."""
    repeats = len(raw)
    return raw.ravel(), np.tile(rows.target, repeats), np.tile(rows.weight, repeats)
