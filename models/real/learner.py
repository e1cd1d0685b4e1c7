"""What competes: a way to fit rows, whatever library it is from, and families of them under one name."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.columns import Columns
from models.cross_validation import Rows
from models.predictor import Recipe

Floats = NDArray[np.float64]


class Scored(Protocol):
    """Something fitted that tells raw log-odds of a matrix's rows."""

    def raw(self, matrix: Floats) -> Floats: ...


class Learner(Protocol):
    """One way to fit, with its choices made."""

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> Scored: ...


@dataclass(frozen=True)
class Contender:
    """A named family of learners, of which the best in cross-validation inside the training rows is taken.

    blend: recipes that are all taken instead, each with the weight it earns there. signed: whether the declared signs
    bind it. plain: fitted with the rows' weights and believed as it is; one learner only, as a user would run it
    without any care. only: the columns it reads, all unless said.
    """

    name: str
    learners: tuple[Learner, ...] = ()
    blend: tuple[Recipe, ...] = ()
    signed: bool = False
    plain: bool = False
    only: tuple[str, ...] = ()

    def places(self, columns: Columns) -> NDArray[np.int64]:
        """Where its columns stand in a matrix."""
        return np.array([j for j, name in enumerate(columns.names) if not self.only or name in self.only])


def narrow(rows: Rows, places: NDArray[np.int64]) -> Rows:
    """The rows with some of their columns."""
    columns = Columns(tuple(rows.columns.columns[j] for j in places))
    return replace(rows, columns=columns, matrix=rows.matrix[:, places])


def unsigned(columns: Columns) -> Columns:
    """The same columns without signs."""
    return Columns(tuple(replace(column, sign=0) for column in columns.columns))
