"""Kinds compared in time order: at several days fitted on what came before, judged on what was granted next.

Outcomes that are known after so many months are those that were known by the day. A loan whose end may come any year
is taught with its end in hindsight, as the model itself is: what of it was known on the day would teach another model.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.cross_validation import Floats, Rows, Validation, one_thread
from models.evaluation import auc_interval, weighted_auc
from models.labels import due_on
from models.lessons import Lessons
from models.predictor import Recipe
from models.terms import AfterMonths, Weights
from models.time_split import Cuts

Flags = NDArray[np.bool_]


def compare_in_time(
    recipes: Sequence[Recipe],
    rows: Rows,
    granted_on: pl.Series,
    cuts: Cuts,
    *,
    weights: Weights,
    maturity: AfterMonths | None,
    others: Lessons | None = None,
) -> list[Validation]:
    """Every recipe at the same cuts, as if trained on each of these days.

    maturity: until then an outcome waits for its feedback, and a loan whose feedback was not due before a cut is not
    fitted on; None where each loan has its own, and every loan granted before a cut is, its end known in hindsight.
    others: loans that teach a fit besides, of them those known on the same day.
    A cut is a repeat of one fold. Nothing for one recipe alone, or where fewer than two cuts can be judged.
    """
    spans = list(_spans(rows, granted_on, cuts, maturity)) if len(recipes) > 1 else []
    if len(spans) < 2:
        return []
    raw = np.full((len(recipes), len(spans), len(rows)), np.nan)
    aucs = np.empty((len(recipes), len(spans), 1))
    with one_thread():
        for cut, (begins, seen, judged) in enumerate(spans):
            taught, days = rows.take(seen), granted_on.filter(pl.Series(seen))
            if others is not None:
                taught, days = others.join(taught, days, _seen(others.granted_on, maturity, begins))
            known, unseen = weights.to_fit(taught, days), rows.take(judged)
            for k, recipe in enumerate(recipes):
                predictor = recipe.fit(known.columns, known.matrix, known.target, known.weight)
                raw[k, cut, judged] = predictor.raw(unseen.matrix)
                aucs[k, cut] = weighted_auc(raw[k, cut, judged], unseen.target, unseen.weight)
    ratio = float(np.mean([judged.sum() / seen.sum() for _, seen, judged in spans]))
    return [_validation(recipe, raw[k], aucs[k], rows, ratio) for k, recipe in enumerate(recipes)]


def _validation(recipe: Recipe, raw: Floats, aucs: Floats, rows: Rows, ratio: float) -> Validation:
    """The interval is that of all rows judged, each by the one fit that came before it."""
    judged = np.asarray(~np.isnan(raw).all(axis=0), dtype=np.bool_)
    once, some = np.nansum(raw, axis=0)[judged], rows.take(judged)
    interval = auc_interval(once, some.target, some.weight, some.firm)
    return Validation(recipe.kind, raw, aucs, interval, judged_to_fitted=ratio, in_time=True)


def _spans(
    rows: Rows, granted_on: pl.Series, cuts: Cuts, maturity: AfterMonths | None
) -> Iterator[tuple[date, Flags, Flags]]:
    """Of each cut its day, which rows are fitted on and which are judged, only where either has both outcomes."""
    days = cut_days(rows, granted_on, cuts)
    for begins, ends in zip(days, [*days, date.max][1:], strict=True):
        seen = _seen(granted_on, maturity, begins)
        judged = _flags(granted_on.is_between(begins, ends, closed="left"))
        if all(0 < rows.target[some].sum() < some.sum() for some in (seen, judged)):
            yield begins, seen, judged


def _seen(granted_on: pl.Series, maturity: AfterMonths | None, begins: date) -> Flags:
    """Which loans a fit sees on the day a cut begins: what was due on that day itself is not known yet."""
    known_on = granted_on if maturity is None else pl.select(due_on(pl.lit(granted_on), maturity.months)).to_series()
    return _flags(known_on < begins)


def cut_days(rows: Rows, granted_on: pl.Series, cuts: Cuts) -> list[date]:
    """The first day of each span; none without defaults."""
    bad = granted_on.filter(pl.Series(rows.target == 1)).sort().to_list()
    shares = cuts.fitted + (1 - cuts.fitted) * np.arange(cuts.number) / cuts.number
    return [bad[int(share * len(bad))] for share in shares] if bad else []


def _flags(series: pl.Series) -> Flags:
    return np.asarray(series.to_numpy(), dtype=np.bool_)
