"""How a family's choices are made, always inside the rows that are fitted on: one learner of several, or a blend.

Rows without a time are divided by chance. Where there is one, the newest are told by fits on all that are older, as
those that are judged will be: rows of one time resemble each other, and folds by chance believe in more than lasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from models.blend import Blend, weigh
from models.columns import Columns
from models.cross_validation import Rows
from models.evaluation import weighted_auc
from models.predictor import Predictor, Recipe
from models.real.learner import Learner, Scored

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Fold = tuple[NDArray[np.int64], NDArray[np.int64]]

INNER_FOLDS = 3
RUNNERS_UP = 2
"""Learners that are tried on every fold, after one fold has told the rest apart."""
LEAST_FOR_ONE_FOLD = 500
"""With fewer rows one fold tells too little to leave a learner out."""
MOST_TO_CHOOSE_BY = 6_000
"""Of more rows a sample does to choose a learner by; the learner chosen is fitted on all."""


@dataclass(frozen=True)
class Found:
    """Something fitted on all rows, and the raw scores that fits which had not seen a row give it; nan of a row that
    every fit has seen."""

    scored: Scored
    unseen: Floats


Memory = dict[tuple[Recipe, Columns], tuple[Predictor, Floats]]
"""What was fitted on the same rows already, and its unseen scores: blends share members."""


def best_of(learners: Sequence[Learner], rows: Rows, seed: int, newest: Flags | None = None) -> Found:
    """The learner with the highest mean AUC of the folds, fitted on all rows. newest: of rows that have a time."""
    some = np.arange(len(rows)) if len(rows) <= MOST_TO_CHOOSE_BY else _some(rows, seed)
    best, unseen = _best(learners, rows.take(some), inner_folds(rows.take(some), seed, _of(newest, some)))
    fitted = best.fit(rows.columns, rows.matrix, rows.target, rows.weight)
    if len(some) < len(rows):
        unseen = out_of_fold(best, rows, inner_folds(rows, seed, newest))
    return Found(fitted, unseen)


def blend_of(recipes: Sequence[Recipe], rows: Rows, seed: int, memory: Memory, newest: Flags | None = None) -> Found:
    """A blend of all recipes, with the weights their unseen scores earn. newest: of rows that have a time."""
    folds = inner_folds(rows, seed, newest)
    for one in recipes:
        if (one, rows.columns) not in memory:
            fitted = one.fit(rows.columns, rows.matrix, rows.target, rows.weight)
            memory[one, rows.columns] = (fitted, out_of_fold(one, rows, folds))
    members = [memory[one, rows.columns] for one in recipes]
    told = np.concatenate([outside for _, outside in folds])
    weights = weigh([unseen[told] for _, unseen in members], rows.target[told], rows.weight[told])
    unseen = sum((w * one for w, (_, one) in zip(weights, members, strict=True)), start=np.zeros(len(rows)))
    return Found(Blend(tuple(predictor for predictor, _ in members), weights), unseen)


def out_of_fold(learner: Learner, rows: Rows, folds: Sequence[Fold]) -> Floats:
    """Raw scores of the rows outside of each fold, by a fit on those inside; nan of the others."""
    unseen = np.full(len(rows), np.nan)
    for fold in folds:
        unseen[fold[1]] = _unseen(learner, rows, fold)
    return unseen


def inner_folds(rows: Rows, seed: int, newest: Flags | None = None) -> list[Fold]:
    """By chance, or of rows that have a time one fold: the newest outside, all older ones inside.

    By chance too where the older or the newest are all of one kind.
    """
    if newest is None or any(np.unique(rows.target[side]).size < 2 for side in (newest, ~newest)):
        return divisions(rows, seed, INNER_FOLDS)
    return [(np.flatnonzero(~newest), np.flatnonzero(newest))]


def divisions(rows: Rows, seed: int, folds: int) -> list[Fold]:
    """Positions inside and outside of each fold, with equal shares of defaulters."""
    return list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(rows.matrix, rows.target))


def _best(learners: Sequence[Learner], rows: Rows, folds: Sequence[Fold]) -> tuple[Learner, Floats]:
    """The best learner, and its unseen scores of these rows."""
    first, *rest = folds
    tried = [_Tried(one, rows) for one in learners]
    for one in tried if len(tried) > 1 else []:
        one.on(first)
    near = tried if len(rows) < LEAST_FOR_ONE_FOLD else sorted(tried, key=lambda one: -one.auc)[:RUNNERS_UP]
    for one in near:
        for fold in rest if one.aucs else (first, *rest):
            one.on(fold)
    best = max(near, key=lambda one: one.auc)
    return best.learner, best.unseen


class _Tried:
    """A learner, and how it did on the folds that it was tried on."""

    def __init__(self, learner: Learner, rows: Rows) -> None:
        self.learner, self.rows = learner, rows
        self.unseen, self.aucs = np.full(len(rows), np.nan), list[float]()

    @property
    def auc(self) -> float:
        return float(np.mean(self.aucs)) if self.aucs else 0.0

    def on(self, fold: Fold) -> None:
        outside = fold[1]
        self.unseen[outside] = _unseen(self.learner, self.rows, fold)
        self.aucs.append(weighted_auc(self.unseen[outside], self.rows.target[outside]))


def _unseen(learner: Learner, rows: Rows, fold: Fold) -> Floats:
    inside, outside = fold
    seen = rows.take(inside)
    return learner.fit(seen.columns, seen.matrix, seen.target, seen.weight).raw(rows.matrix[outside])


def _some(rows: Rows, seed: int) -> NDArray[np.int64]:
    return np.sort(np.random.default_rng(seed).permutation(len(rows))[:MOST_TO_CHOOSE_BY])


def _of(newest: Flags | None, some: NDArray[np.int64]) -> Flags | None:
    return None if newest is None else newest[some]
