"""Models of all features, of all but a feed's, and of a feed's only, judged on the same newer loans."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.columns import Column, Columns
from models.cross_validation import Rows
from models.evaluation import weighted_auc
from models.predictor import Recipe
from models.worth.figures import Ablation
from models.worth.resampling import Resamples, figure, resample

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bench:
    """Loans to learn from and newer ones to judge by, and the AUCs there of a model of everything."""

    recipe: Recipe
    train: Rows
    test: Resamples
    everything: Floats

    def without(self, names: Sequence[str]) -> Ablation:
        """What these features are worth: `names` are those of one feed."""
        own = [place for place, name in enumerate(self.train.columns.names) if name in set(names)]
        rest = [place for place in range(len(self.train.columns.names)) if place not in set(own)]
        alone = self.test.aucs(_judged(self.recipe, self.train, self.test.rows, own))
        left = self.test.aucs(_judged(self.recipe, self.train, self.test.rows, rest))
        best, score = best_single(self.train, self.test.rows, own)
        return Ablation(
            train_loans=len(self.train),
            train_defaults=self.train.defaults,
            test_loans=len(self.test.rows),
            test_defaults=self.test.rows.defaults,
            everything=figure(self.everything),
            alone=figure(alone),
            loss=figure(self.everything - left),
            best_feature=best,
            best=figure(self.test.aucs(score)),
        )


def bench(recipe: Recipe, train: Rows, test: Rows) -> Bench:
    """Fit the model of everything."""
    resampled = resample(test)
    every = list(range(len(train.columns.names)))
    return Bench(recipe, train, resampled, resampled.aucs(_judged(recipe, train, test, every)))


def best_single(train: Rows, test: Rows, places: Sequence[int]) -> tuple[str, Floats]:
    """The column that tells the training rows best, and its values on the judged ones, rising with risk.

    Both the column and its direction are chosen on the training rows. No value stands at their median.
    """
    found = []
    for place in places:
        column = train.columns.columns[place]
        learnt, judged = _single(column, train.matrix[:, place], test.matrix[:, place], train)
        auc = weighted_auc(learnt, train.target, train.weight)
        found.append((max(auc, 1 - auc), column.name, judged if auc >= 0.5 else -judged))
    _, name, score = max(found, key=lambda one: one[0])
    return name, score


def _single(column: Column, learnt: Floats, judged: Floats, train: Rows) -> tuple[Floats, Floats]:
    if column.categories is not None:
        base = float(np.average(train.target, weights=train.weight))
        rates = np.array([_rate(train, learnt == code, base) for code in range(len(column.categories))] + [base])
        return tuple(rates[np.where(np.isnan(one), -1, one).astype(int)] for one in (learnt, judged))
    middle = float(np.nanmedian(learnt)) if np.isfinite(learnt).any() else 0.0
    return np.nan_to_num(learnt, nan=middle), np.nan_to_num(judged, nan=middle)


def _rate(train: Rows, chosen: NDArray[np.bool_], base: float) -> float:
    return float(np.average(train.target[chosen], weights=train.weight[chosen])) if chosen.any() else base


def _judged(recipe: Recipe, train: Rows, test: Rows, places: Sequence[int]) -> Floats:
    """Raw scores of the judged rows by a model of some columns."""
    columns = Columns(tuple(train.columns.columns[place] for place in places))
    fitted = recipe.fit(columns, train.matrix[:, places], train.target, train.weight)
    return fitted.raw(test.matrix[:, places])
