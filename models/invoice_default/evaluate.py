"""How good a version of invoice_default is: as it was found in training, its recipe anew, and on firms judged since.

A version is fitted on every firm with a verdict, so that its own answers to them would flatter it. What those firms
can judge is its recipe, each firm by fits that have not seen it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from features.store.training_set import training_set
from models.artefact import StoredModel
from models.baselines import recipe_from
from models.calibration import fit_platt
from models.cross_validation import Division, Floats, Rows, Validation, cross_validate, one_thread
from models.evaluation import Figures, evaluate_pd
from models.invoice_default.spec import DIVISION, SPEC
from models.labels import read_labels
from models.predictor import Recipe
from models.scoring import ScoringModel
from models.spec import ModelSpec
from models.training import Labelled, OneRate, read_labelled, rows_of

CUT_OFF_MONTHS = 6
FEWEST = 5
"""Defaults, and firms without, below which firms judged since have no line."""
Line = dict[str, object]


def evaluate(lake: Lake, day: date, grant: ReadGrant, model: ScoringModel, stored: StoredModel) -> list[Line]:
    """What the version's files say of it, its recipe out of fold now and with six months cut off, and the version
    itself on firms whose verdict came after its training, where there are enough."""
    spec = replace(SPEC, features=model.features, recipes=(recipe_from(stored.kind, stored.facts["recipe"]),))
    snapshot = lake.snapshot()
    labels = read_labels(lake, SPEC, day, grant, snapshot)
    lines = [_kept(stored)]
    for judged, offered in (("recipe, out of fold", labels), ("recipe, six months cut off", cut_off(labels))):
        read = read_labelled(lake, spec, offered, grant, snapshot=snapshot)
        lines.append(_of_recipe(judged, read.frame, rows_of(model.columns, read.frame), spec.recipes, stored))
    trained_as_of = date.fromisoformat(stored.facts["trained_as_of"])
    since = firms_since(labels, read_labels(lake, SPEC, trained_as_of, grant, snapshot))
    if FEWEST <= since["target"].sum() <= len(since) - FEWEST:
        frame = training_set(lake, since, model.features, grant, snapshot).frame
        lines.append(_of_version(frame, rows_of(model.columns, frame), model, stored))
    return lines


def firms_since(labels: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """The labels of firms that were not among those seen."""
    return labels.join(seen.select("subject"), on="subject", how="anti", maintain_order="left")


def _kept(stored: StoredModel) -> Line:
    figures, validations = stored.facts["figures"], stored.facts["validations"]
    spread = next(one["auc_spread"] for one in validations if one["kind"] == stored.kind)
    return _line("as trained, out of fold", stored.facts["last_day"], stored, figures, spread)


def _of_recipe(judged: str, frame: pl.DataFrame, rows: Rows, recipes: Sequence[Recipe], stored: StoredModel) -> Line:
    (validation,) = cross_validate(recipes, rows, DIVISION, fitted=SPEC.weights.to_fit(rows))
    found = figures_unseen(unseen_pd(validation, rows), rows)
    return _line(judged, str(frame["as_of"].max()), stored, asdict(found), validation.spread)


def _of_version(frame: pl.DataFrame, rows: Rows, model: ScoringModel, stored: StoredModel) -> Line:
    pd, constant = model.calibration.pd(model.predictor.raw(rows.matrix)), stored.facts["figures"]["base_rate"]
    found = evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=constant)
    return _line("version itself, firms judged since", str(frame["as_of"].max()), stored, asdict(found), None)


def _line(judged: str, day: str, stored: StoredModel, figures: Mapping[str, Any], spread: float | None) -> Line:
    """auc_spread: of the repeats, which is what the figure owes to how the folds were drawn."""
    found, auc = dict(figures), figures["auc"]
    del found["auc"]
    told = {"version": stored.version, "kind": stored.kind, "judged": judged, "features_as_of": day}
    return told | {"auc": auc["value"], "auc_low": auc["low"], "auc_high": auc["high"], "auc_spread": spread} | found


def cut_off(labels: pl.DataFrame) -> pl.DataFrame:
    """The same verdicts, asked six months earlier: nothing recorded in between can help."""
    return labels.with_columns(pl.col("as_of").dt.offset_by(f"-{CUT_OFF_MONTHS}mo"))


def validate(labelled: Labelled, spec: ModelSpec = SPEC, division: Division = DIVISION) -> list[Validation]:
    """All recipes, on the same divisions."""
    rows = labelled.rows
    return cross_validate(spec.recipes, rows, division, fitted=spec.weights.to_fit(rows))


def unseen_pd(validation: Validation, rows: Rows) -> Floats:
    """Each firm's PD by models that had not seen it, through a line fitted on the other firms; mean of the repeats."""
    pds = np.empty(len(rows))
    with one_thread():
        for firm in range(len(rows)):
            others = np.arange(len(rows)) != firm
            line = fit_platt(*pooled(validation.raw[:, others], rows.take(others)), rising=True)
            pds[firm] = line.pd(validation.raw[:, firm]).mean()
    return pds


def figures_unseen(pd: Floats, rows: Rows) -> Figures:
    """Every figure of what was said of firms unseen, beside the rate of the others."""
    return evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=rate_of_others(rows).pd)


def rate_of_others(rows: Rows) -> OneRate:
    """What one rate for all says of each firm: that of the other firms, because its own outcome is asked for."""
    own = rows.weight * rows.target
    return OneRate(np.asarray((own.sum() - own) / (rows.weight.sum() - rows.weight)), "the rate of the other firms")


def pooled(raw: Floats, rows: Rows) -> tuple[Floats, Floats, Floats]:
    """Raw scores of all repeats in one line, with their targets and weights."""
    repeats = len(raw)
    return raw.ravel(), np.tile(rows.target, repeats), np.tile(rows.weight, repeats)
