"""Models of all features, of all but a feed's, and of a feed's only, judged on the same newer loans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.boosted_trees import TreeRecipe
from models.columns import Column, Columns
from models.cross_validation import Rows
from models.evaluation import weighted_auc
from models.worth.figures import Ablation
from models.worth.resampling import Judged, Resamples, resample

Floats = NDArray[np.float64]


FITS, FITS_OF_EVERYTHING = 5, 20
"""Models averaged: each tree is offered a random share of the columns, which alone moves an AUC by 0.004. What all
feeds are held against is averaged over more."""


@dataclass(frozen=True)
class Bench:
    """Loans to learn from and newer ones to judge by, and how models of everything do there."""

    recipe: TreeRecipe
    train: Rows
    test: Resamples
    everything: Judged

    def without(self, names: Sequence[str]) -> Ablation:
        """What these features are worth: `names` are those of one feed."""
        own = [place for place, name in enumerate(self.train.columns.names) if name in set(names)]
        rest = [place for place in range(len(self.train.columns.names)) if place not in set(own)]
        best, score = best_single(self.train, self.test.rows, own)
        left = _judged(self.recipe, self.train, self.test, rest, FITS)
        return Ablation(
            train_loans=len(self.train),
            train_defaults=self.train.defaults,
            test_loans=len(self.test.rows),
            test_defaults=self.test.rows.defaults,
            everything=self.everything.figure,
            alone=_judged(self.recipe, self.train, self.test, own, FITS).figure,
            loss=(self.everything - left).figure,
            best_feature=best,
            best=self.test.judge([score]).figure,
        )


def bench(recipe: TreeRecipe, train: Rows, test: Rows) -> Bench:
    """Fit the models of everything."""
    resampled, every = resample(test), list(range(len(train.columns.names)))
    return Bench(recipe, train, resampled, _judged(recipe, train, resampled, every, FITS_OF_EVERYTHING))


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
        base = train.rate
        rates = np.array([_rate(train, learnt == code, base) for code in range(len(column.categories))] + [base])
        return tuple(rates[np.where(np.isnan(one), -1, one).astype(int)] for one in (learnt, judged))
    middle = float(np.nanmedian(learnt)) if np.isfinite(learnt).any() else 0.0
    return np.nan_to_num(learnt, nan=middle), np.nan_to_num(judged, nan=middle)


def _rate(train: Rows, chosen: NDArray[np.bool_], base: float) -> float:
    return train.take(chosen).rate if chosen.any() else base


def _judged(recipe: TreeRecipe, train: Rows, test: Resamples, places: Sequence[int], fits: int) -> Judged:
    """How models of some columns do on the judged rows."""
    columns = Columns(tuple(train.columns.columns[place] for place in places))
    learnt, judged = train.matrix[:, places], test.rows.matrix[:, places]
    recipes = [replace(recipe, seed=recipe.seed + fit) for fit in range(fits)]
    fitted = [one.fit(columns, learnt, train.target, train.weight) for one in recipes]
    return test.judge([one.raw(judged) for one in fitted])
