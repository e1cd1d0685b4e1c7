"""Which kind of model few labels prefer, how far to trust the figure, and repeated stratified cross-validation."""

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

    @property
    def told(self) -> str:
        return f"no days to divide by: cross-validated {self.repeats} times in {self.folds} folds"


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

    def followed_by(self, others: "Rows") -> "Rows":
        """These rows and others of the same columns, firms numbered alike."""
        names = ("matrix", "target", "weight", "firm")
        return Rows(self.columns, *(np.concatenate([getattr(self, name), getattr(others, name)]) for name in names))


@dataclass(frozen=True)
class Validation:
    """How one recipe did in repeated cross-validation, or at several cuts in time.

    raw: (repeats, n) raw scores, each row scored by a model that had not seen its firm; in time order nan but of the
    cut that judges the row. fold_auc: (repeats, folds); a cut is a repeat of one fold. Its spread between repeats says
    how much the figure owes to the division; interval: over the firms, the mean of the repeats' intervals, says how
    much it owes to having so few. judged_to_fitted: rows, on average.
    """

    kind: str
    raw: Floats
    fold_auc: Floats
    interval: Interval
    judged_to_fitted: float
    in_time: bool = False

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
            "compared": "in time" if self.in_time else "by folds",
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


def cross_validate(
    recipes: Sequence[Recipe], rows: Rows, division: Division, *, fitted: Rows | None = None
) -> list[Validation]:
    """Every recipe on the same divisions. Whatever a recipe learns, it learns inside the fold.

    fitted: the same rows with the weights of a fit, where these are others than those of a judgement.
    """
    raw = np.full((len(recipes), division.repeats, len(rows)), np.nan)
    aucs = np.full((len(recipes), division.repeats, division.folds), np.nan)
    with one_thread():
        for repeat, fold, inside, outside in _divisions(rows, division):
            seen, unseen = (fitted or rows).take(inside), rows.take(outside)
            for k, recipe in enumerate(recipes):
                predictor = recipe.fit(seen.columns, seen.matrix, seen.target, seen.weight)
                raw[k, repeat, outside] = predictor.raw(unseen.matrix)
                aucs[k, repeat, fold] = weighted_auc(raw[k, repeat, outside], unseen.target, unseen.weight)
    ratio = 1 / (division.folds - 1)
    return [Validation(one.kind, raw[k], aucs[k], _mean_interval(raw[k], rows), ratio) for k, one in enumerate(recipes)]


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
    Cuts in time judge rows apart, and their fits share all earlier rows, which is what the second term is for; as the
    share grows from cut to cut its mean stands for it. That several cuts tell more than one where the market moves:
    Cerqueira, Torgo and Mozetic 2020.
    """
    difference = one.fold_auc - other.fold_auc
    judged = np.count_nonzero(~np.isnan(difference))
    return float(np.sqrt(np.nanvar(difference, ddof=1) * (1 / judged + one.judged_to_fitted)))


def preference_in_words(validations: Sequence[Validation], offered: int) -> str:
    """One sentence for a person: what was compared, what was preferred, and by how much. offered: kinds."""
    if offered < 2:
        return "One kind of model was asked for, so nothing was compared."
    if not validations:
        return "Too few defaults lie before any day to compare kinds in time: the simplest is taken."
    best = preferred(validations)
    other = next(v for v in validations if v is not best)
    won = int((np.nanmean(best.fold_auc, axis=1) > np.nanmean(other.fold_auc, axis=1)).sum())
    repeats, folds = best.fold_auc.shape
    simpler = ", the simpler where the difference may be chance" if best.auc < other.auc else ""
    how = f"{repeats} spans judged in time prefer" if best.in_time else f"{repeats}x{folds} cross-validation prefers"
    what = "spans" if best.in_time else "repeats"
    return f"{how} {_said(best)} to {_said(other)}: better in {won} of {repeats} {what}{simpler}."


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
