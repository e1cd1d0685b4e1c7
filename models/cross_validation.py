"""Repeated stratified cross-validation: which kind of model few labels prefer, and how far to trust the figure."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from models.columns import Columns
from models.evaluation import Interval, auc_interval, weighted_auc
from models.predictor import Recipe

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Division:
    """How the labels are divided: as often as `repeats`, each time into `folds`."""

    repeats: int
    folds: int
    seed: int


@dataclass(frozen=True)
class Rows:
    """What a model is fitted on: one row per label.

    matrix: float64 (n, features). target: 0 or 1. weight: restores the population.
    firm: the enterprise of each row; rows of one firm never stand on both sides of a fold.
    """

    columns: Columns
    matrix: Floats
    target: Floats
    weight: Floats
    firm: Ints

    def __len__(self) -> int:
        return len(self.target)

    @property
    def defaults(self) -> int:
        return int(self.target.sum())

    @property
    def rate(self) -> float:
        """The weighted share of defaults."""
        return float(np.average(self.target, weights=self.weight))

    def take(self, chosen: NDArray[np.bool_] | Ints) -> "Rows":
        """The rows of a mask or of positions."""
        picked = (self.matrix[chosen], self.target[chosen], self.weight[chosen], self.firm[chosen])
        return Rows(self.columns, *picked)


@dataclass(frozen=True)
class Validation:
    """How one recipe did in repeated cross-validation.

    raw: (repeats, n) raw scores, each row scored by a model that had not seen its firm.
    fold_auc: (repeats, folds). Its spread between repeats says how much the figure owes to the division;
    interval: over the firms, the mean of the repeats' intervals, says how much it owes to having so few.
    """

    kind: str
    raw: Floats
    fold_auc: Floats
    interval: Interval

    @property
    def auc(self) -> float:
        """Mean over all folds."""
        return float(np.nanmean(self.fold_auc))

    @property
    def spread(self) -> float:
        """Standard deviation of the repeats' means."""
        return float(np.std(np.nanmean(self.fold_auc, axis=1), ddof=1))

    @property
    def fold_spread(self) -> float:
        """Standard deviation over all folds."""
        return float(np.nanstd(self.fold_auc, ddof=1))

    def summary(self) -> dict[str, float | int | str]:
        """The figures by name, for a table, a registry and a model's files."""
        repeats, folds = self.fold_auc.shape
        return {
            "kind": self.kind,
            "repeats": repeats,
            "folds": folds,
            "auc": self.auc,
            "auc_spread": self.spread,
            "auc_fold_spread": self.fold_spread,
            "auc_low": self.interval.low,
            "auc_high": self.interval.high,
        }


@contextmanager
def one_thread() -> Iterator[None]:
    """For loops of many small fits: linear algebra on several threads makes each of them about eight times slower."""
    with threadpool_limits(limits=1):
        yield


def cross_validate(recipes: Sequence[Recipe], rows: Rows, division: Division) -> list[Validation]:
    """Every recipe on the same divisions. Whatever a recipe learns, it learns inside the fold."""
    raw = np.full((len(recipes), division.repeats, len(rows)), np.nan)
    aucs = np.full((len(recipes), division.repeats, division.folds), np.nan)
    with one_thread():
        for repeat, fold, inside, outside in _divisions(rows, division):
            seen, unseen = rows.take(inside), rows.take(outside)
            for k, recipe in enumerate(recipes):
                fitted = recipe.fit(seen.columns, seen.matrix, seen.target, seen.weight)
                raw[k, repeat, outside] = fitted.raw(unseen.matrix)
                aucs[k, repeat, fold] = weighted_auc(raw[k, repeat, outside], unseen.target, unseen.weight)
    return [Validation(recipe.kind, raw[k], aucs[k], _mean_interval(raw[k], rows)) for k, recipe in enumerate(recipes)]


def compare(recipes: Sequence[Recipe], rows: Rows, division: Division) -> list[Validation]:
    """`cross_validate`, where there is a choice; nothing for one recipe alone."""
    return cross_validate(recipes, rows, division) if len(recipes) > 1 else []


def preferred(validations: Sequence[Validation]) -> Validation:
    """The one with the highest mean AUC of those that beat the simplest by more than chance, else the simplest.

    List the simplest last. Where labels are few two kinds differ by the draw of the folds alone, and the simpler tells
    steadier reasons: that a kind is better must show by one standard error (the rule of Breiman et al. 1984).
    """
    simplest = validations[-1]
    clear = [one for one in validations[:-1] if one.auc - simplest.auc > difference_error(one, simplest)]
    return max(clear, key=lambda validation: validation.auc, default=simplest)


def difference_error(one: Validation, other: Validation) -> float:
    """The standard error of the difference of two mean AUCs on the same folds, each fit sharing rows with the others.

    Nadeau and Bengio 2003: the variance of a fold's difference times (1 / folds in all + judged rows / fitted rows).
    """
    difference = one.fold_auc - other.fold_auc
    folds = difference.shape[1]
    return float(np.sqrt(np.nanvar(difference, ddof=1) * (1 / difference.size + 1 / (folds - 1))))


def preference_in_words(validations: Sequence[Validation]) -> str:
    """One sentence for a person: what was compared, what was preferred, and by how much."""
    if len(validations) < 2:
        return "One kind of model was asked for, so nothing was compared."
    best = preferred(validations)
    other = next(v for v in validations if v is not best)
    won = int((np.nanmean(best.fold_auc, axis=1) > np.nanmean(other.fold_auc, axis=1)).sum())
    repeats, folds = best.fold_auc.shape
    simpler = ", the simpler where the difference may be chance" if best.auc < other.auc else ""
    return (
        f"{repeats}x{folds} cross-validation prefers {_said(best)} to {_said(other)}: "
        f"better in {won} of {repeats} repeats{simpler}."
    )


def _mean_interval(raw: Floats, rows: Rows) -> Interval:
    intervals = [auc_interval(one, rows.target, rows.weight, rows.firm) for one in raw]
    means = np.mean([(one.value, one.low, one.high) for one in intervals], axis=0)
    return Interval(*map(float, means))


def _said(validation: Validation) -> str:
    name = {"boosted_trees": "LightGBM", "logistic": "the logistic model"}[validation.kind]
    return f"{name} (AUC {validation.auc:.3f}, spread {validation.spread:.3f})"


def _divisions(rows: Rows, division: Division) -> Iterator[tuple[int, int, Ints, Ints]]:
    """Repeat, fold, positions inside and outside: equal shares of defaulters; by firm where a firm has several rows."""
    alone = len(np.unique(rows.firm)) == len(rows)
    kind = StratifiedKFold if alone else StratifiedGroupKFold
    for repeat in range(division.repeats):
        folds = kind(division.folds, shuffle=True, random_state=division.seed + repeat)
        for fold, (inside, outside) in enumerate(folds.split(rows.matrix, rows.target, None if alone else rows.firm)):
            yield repeat, fold, inside, outside
