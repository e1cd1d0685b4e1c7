"""What competes: a way to fit rows, whatever library it is from, and how its best choice is found and calibrated."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from models.calibration import Platt, fit_platt
from models.columns import Columns
from models.cross_validation import Rows
from models.evaluation import weighted_auc

Floats = NDArray[np.float64]

INNER_FOLDS = 3
AS_IT_SAYS = Platt(0.0, 1.0)


class Scored(Protocol):
    """Something fitted that tells raw log-odds of a matrix's rows."""

    def raw(self, matrix: Floats) -> Floats: ...


class Learner(Protocol):
    """One way to fit, with its choices made."""

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> Scored: ...


@dataclass(frozen=True)
class Contender:
    """A named family of learners, of which the best in cross-validation inside the training rows is taken.

    signed: whether the declared signs bind it. plain: fitted with the rows' weights and believed as it is; one
    learner only, as a user would run it without any care. only: the columns it reads, all unless said.
    """

    name: str
    learners: tuple[Learner, ...]
    signed: bool = False
    plain: bool = False
    only: tuple[str, ...] = ()

    def places(self, columns: Columns) -> NDArray[np.int64]:
        """Where its columns stand in a matrix."""
        return np.array([j for j, name in enumerate(columns.names) if not self.only or name in self.only])


@dataclass(frozen=True)
class Fitted:
    """A fitted contender: PD of rows. places: of the columns it reads."""

    scored: Scored
    calibration: Platt
    places: NDArray[np.int64]

    def pd(self, matrix: Floats) -> Floats:
        return self.calibration.pd(self.scored.raw(matrix[:, self.places]))


def fit_best(contender: Contender, rows: Rows, seed: int, calibrate: Rows | None = None) -> Fitted:
    """Fit a contender's best learner on rows, and calibrate it on later rows, or else on scores out of fold.

    Learners are chosen and fitted on the rows as they were drawn; weights return when scores are calibrated.
    """
    places = contender.places(rows.columns)
    rows, calibrate = narrow(rows, places), None if calibrate is None else narrow(calibrate, places)
    columns = rows.columns if contender.signed else unsigned(rows.columns)
    if contender.plain:
        scored = contender.learners[0].fit(columns, rows.matrix, rows.target, rows.weight)
        return Fitted(scored, AS_IT_SAYS, places)
    drawn = replace(rows, columns=columns, weight=np.ones(len(rows)))
    unseen = [out_of_fold(learner, drawn, seed) for learner in contender.learners]
    best = int(np.argmax([weighted_auc(raw, drawn.target) for raw in unseen]))
    scored = contender.learners[best].fit(columns, drawn.matrix, drawn.target, drawn.weight)
    raw, told = (unseen[best], rows) if calibrate is None else (scored.raw(calibrate.matrix), calibrate)
    return Fitted(scored, fit_platt(raw, told.target, told.weight, rising=True), places)


def narrow(rows: Rows, places: NDArray[np.int64]) -> Rows:
    """The rows with some of their columns."""
    columns = Columns(tuple(rows.columns.columns[j] for j in places))
    return replace(rows, columns=columns, matrix=rows.matrix[:, places])


def out_of_fold(learner: Learner, rows: Rows, seed: int, folds: int = INNER_FOLDS) -> Floats:
    """Raw scores of all rows, each by a fit that had not seen it."""
    raw = np.empty(len(rows))
    for inside, outside in divisions(rows, seed, folds):
        seen = rows.take(inside)
        raw[outside] = learner.fit(seen.columns, seen.matrix, seen.target, seen.weight).raw(rows.matrix[outside])
    return raw


def divisions(rows: Rows, seed: int, folds: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Positions inside and outside of each fold, with equal shares of defaulters."""
    return list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(rows.matrix, rows.target))


def unsigned(columns: Columns) -> Columns:
    """The same columns without signs."""
    return Columns(tuple(replace(column, sign=0) for column in columns.columns))


def contest(
    contenders: Sequence[Contender], seen: Rows, unseen: Rows, seed: int, later: Rows | None
) -> dict[str, Floats]:
    """The PD of unseen rows by every contender, by name."""
    return {one.name: fit_best(one, seen, seed, later).pd(unseen.matrix) for one in contenders}
