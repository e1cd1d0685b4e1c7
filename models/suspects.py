"""Columns that seem to know the outcome: a model trained on one shines in training and fails in use.

Five questions are asked of every column. Does its source say that it is written later? Is it a day after the day of
the question? Does it alone separate better than an honest column can, or, where nobody vouches for it, clearly better
than every column that the feature store has dated? Is it filled in for one outcome only? Is it other than zero for
one outcome only?
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.errors import InvalidInput
from features.sources.sba.reading import LATER as LATER_OF_LOANS
from models.evaluation import Interval, auc_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """From where on a column is suspected.

    auc: of the column alone, with its 95% interval above `auc_low`, so that a few lucky rows accuse nobody.
    gap: between the shares filled in for defaulters and for others.
    purity: share of one outcome among the rows where it is filled in, or is other than zero.
    """

    auc: float
    auc_low: float
    gap: float
    purity: float


STRANGER = Limits(auc=0.95, auc_low=0.85, gap=0.5, purity=0.9)
"""For a column nobody vouches for. Measured on honest ones: at most 0.70 in the synthetic city, by construction, and
0.89 (sales volume) on real invoices with 22 defaults."""
DATED = Limits(auc=0.95, auc_low=0.95, gap=0.8, purity=float("inf"))
"""For a column that the feature store has read as of the day. It takes more to accuse: a firm that is failing has
honestly no sales to take a ratio of."""
STRANGER_MARGIN = 0.02
"""By how much a stranger's interval must lie above the best column that is vouched for."""
DECLARED_LATER = frozenset(LATER_OF_LOANS)
"""Columns that a source says are written, or written anew, after the day of the question. Some of them separate no
better than an honest column: no measurement would find them."""
FEWEST = 8
"""Rows of a kind below which nothing is said about it."""


@dataclass(frozen=True)
class Suspect:
    """A column and why it is suspected, as part of a sentence; the figures behind it."""

    column: str
    why: str
    figures: dict[str, float]


@dataclass(frozen=True)
class _Question:
    column: str
    values: pl.Series
    target: Floats
    limits: Limits
    trusted_best: float | None


def suspect_columns(
    frame: pl.DataFrame,
    label: str,
    *,
    trusted: Collection[str] = (),
    as_of: str | date = "as_of",
    ignore: Collection[str] = (),
    later: Collection[str] = DECLARED_LATER,
) -> list[Suspect]:
    """The columns of a training set that must not be trained on, in the frame's order.

    label: the column with the outcome, 1 or 0; rows without one are not looked at.
    trusted: columns read point in time by the feature store, for which `DATED` limits hold.
    as_of: the column with each row's day, or one day for all rows.
    ignore: columns that are not offered as features, such as the subject.
    later: columns that are known to be written after the day, however their names are written.
    """
    known = frame.filter(pl.col(label).is_not_null())
    days = _days_of(known, as_of)
    target = known[label].cast(pl.Float64).to_numpy()
    skipped = {label, *ignore} | ({as_of} if isinstance(as_of, str) else set())
    columns = [name for name in known.columns if name not in skipped]
    best = max((_separation(known[name], target).value for name in columns if name in trusted), default=None)
    found, declared = [], set(map(_bare, later))
    for name in columns:
        stranger = name not in trusted
        question = _Question(name, known[name], target, STRANGER if stranger else DATED, best if stranger else None)
        if _bare(name) in declared:
            found.append(Suspect(name, f"{name!r} is written after the day asked about, says its source", {}))
        elif suspect := next(_suspicions(question, days), None):
            found.append(suspect)
    return found


def _bare(name: str) -> str:
    """A column's name without its case and its strokes: Term, TERM; DisbursementGross, disbursement_gross."""
    return "".join(filter(str.isalnum, name)).lower()


def _days_of(frame: pl.DataFrame, as_of: str | date) -> pl.Series:
    if isinstance(as_of, date):
        return pl.repeat(as_of, len(frame), dtype=pl.Date, eager=True)
    days = _as_days(frame[as_of])
    if days is None:
        raise InvalidInput(f"The column {as_of!r} does not hold days. Write them as YYYY-MM-DD.")
    return days


def _suspicions(question: _Question, days: pl.Series) -> Iterator[Suspect]:
    yield from _dated_later(question, days)
    yield from _separates_too_well(question)
    yield from _filled_in_for_one_outcome(question)
    yield from _speaks_of_one_outcome(question)


def _dated_later(question: _Question, days: pl.Series) -> Iterator[Suspect]:
    written = _as_days(question.values)
    later = 0 if written is None else int((written > days).sum())
    if later:
        why = f"{question.column!r} holds days after the day asked about in {later} of {len(days)} rows"
        yield Suspect(question.column, why, {"rows_later": float(later)})


def _separates_too_well(question: _Question) -> Iterator[Suspect]:
    auc = _separation(question.values, question.target)
    figures, limits = {"auc": auc.value, "auc_low": auc.low}, question.limits
    if auc.value >= limits.auc and auc.low >= limits.auc_low:
        why = f"{question.column!r} alone separates implausibly well (AUC {auc.value:.3f})"
        yield Suspect(question.column, why, figures)
    elif question.trusted_best is not None and auc.low > question.trusted_best + STRANGER_MARGIN:
        why = (
            f"{question.column!r} alone separates better (AUC {auc.value:.3f}) than every column read as of the "
            f"day (at best {question.trusted_best:.3f})"
        )
        yield Suspect(question.column, why, figures | {"trusted_best": question.trusted_best})


def _filled_in_for_one_outcome(question: _Question) -> Iterator[Suspect]:
    filled = ~np.isnan(_as_numbers(question.values, question.target)) | _is_text(question.values)
    bad, good = question.target == 1, question.target == 0
    if min(bad.sum(), good.sum()) < FEWEST:
        return
    gap = float(filled[bad].mean() - filled[good].mean())
    purity = max(_purity(question.target, rows) for rows in (filled, ~filled))
    if abs(gap) >= question.limits.gap or purity >= question.limits.purity:
        shares = f"{filled[bad].mean():.0%} of defaulters and {filled[good].mean():.0%} of others"
        why = f"{question.column!r} is filled in for {shares}, so its absence tells the outcome"
        yield Suspect(question.column, why, {"gap": gap, "purity": purity})


def _speaks_of_one_outcome(question: _Question) -> Iterator[Suspect]:
    """A column that is zero for most and anything else almost only for defaulters was written after them."""
    numbers = np.nan_to_num(_as_numbers(question.values, question.target))
    purity = _purity(question.target, numbers != 0) if (numbers != 0).mean() < 0.5 else 0.0
    if purity >= question.limits.purity:
        why = f"{question.column!r} is other than zero almost only for defaulters ({purity:.0%} of its rows)"
        yield Suspect(question.column, why, {"purity": purity})


def _purity(target: Floats, rows: NDArray[np.bool_]) -> float:
    """Share of defaulters among rows, where there are enough of them and fewer defaulters elsewhere."""
    elsewhere = target[~rows]
    enough = rows.sum() >= FEWEST and len(elsewhere) >= FEWEST and elsewhere.mean() < 0.5
    return float(target[rows].mean()) if enough else 0.0


def _separation(values: pl.Series, target: Floats) -> Interval:
    """AUC of a column alone, whichever way round, over the rows where it is known; 0.5 for a few rows."""
    numbers = _as_numbers(values, target)
    known = ~np.isnan(numbers)
    kinds = (int(target[known].sum()), int((1 - target[known]).sum()))
    if min(kinds) < FEWEST:
        return Interval(0.5, 0.0, 1.0)
    auc = auc_interval(numbers[known], target[known])
    return auc if auc.value >= 0.5 else Interval(1 - auc.value, 1 - auc.high, 1 - auc.low)


def _as_numbers(values: pl.Series, target: Floats) -> Floats:
    """A column as numbers: days as day counts, categories as their default rate elsewhere."""
    if (days := _as_days(values)) is not None:
        values = days.to_physical()
    if values.dtype in (pl.String, pl.Categorical, pl.Enum):
        return _rates_elsewhere(values.cast(pl.String), target)
    if not (values.dtype.is_numeric() or values.dtype == pl.Boolean):
        return np.full(len(values), np.nan)
    return np.asarray(values.cast(pl.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _rates_elsewhere(values: pl.Series, target: Floats) -> Floats:
    """Default rate of the same text in the other half of the rows, so that no row tells its own outcome.

    The halves hold equally many defaulters; a text the other half has not is at the average.
    """
    rows = pl.DataFrame({"text": values, "target": target}).with_columns(half=pl.int_range(pl.len()).over("target") % 2)
    elsewhere = rows.group_by("text", half=1 - pl.col("half")).agg(rate=pl.col("target").mean())
    rated = rows.join(elsewhere, on=["text", "half"], how="left", maintain_order="left", nulls_equal=True)
    rate = pl.when(pl.col("text").is_not_null()).then(pl.col("rate").fill_null(float(target.mean())))
    return np.asarray(rated.select(rate.fill_null(float("nan")))["rate"].to_numpy(), dtype=np.float64)


def _as_days(values: pl.Series) -> pl.Series | None:
    """A column of days or instants, or of texts that are days, as days; None for any other."""
    if values.dtype == pl.Date:
        return values
    if values.dtype == pl.Datetime:
        return values.dt.date()
    if values.dtype == pl.String and len(values.drop_nulls()):
        days = values.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        return days if days.null_count() == values.null_count() else None
    return None


def _is_text(values: pl.Series) -> NDArray[np.bool_]:
    texts = values.dtype in (pl.String, pl.Categorical, pl.Enum)
    return values.is_not_null().to_numpy() if texts else np.zeros(len(values), dtype=bool)
