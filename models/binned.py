"""A model that is a table: every column cut into bins, every bin with its log-odds. Scorecards and EBMs end as one."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.additive import Additive, Course, Levels, Steps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Bins:
    """One column. cuts: rising, each the last value of its bin; None of a category, whose bins are its numbers.

    parts: log-odds that each bin adds; the last is of missing values, and of categories never seen.
    """

    cuts: tuple[float, ...] | None
    parts: tuple[float, ...]

    def part(self, values: Floats) -> Floats:
        """Log-odds that encoded values (n,) add."""
        return np.asarray(np.array(self.parts)[bin_numbers(values, self.cuts, len(self.parts) - 1)])

    @property
    def course(self) -> Course:
        """The same, laid out for the pass over all columns."""
        return Levels(self.parts) if self.cuts is None else Steps(self.cuts, self.parts)


@dataclass(frozen=True)
class BinnedModel:
    """raw = intercept + the sum of the columns' parts. kind: of the recipe that filled the table."""

    intercept: float
    columns: tuple[Bins, ...]
    kind: str

    def raw(self, matrix: Floats) -> Floats:
        """By the columns one by one, as they were fitted: the compiled pass is held against it."""
        total = np.full(len(matrix), self.intercept)
        for j, column in enumerate(self.columns):
            total += column.part(matrix[:, j])
        return total

    def parts(self, matrix: Floats) -> tuple[Floats, Floats]:
        return self._additive.parts(matrix)

    @cached_property
    def _additive(self) -> Additive:
        return Additive(self.intercept, [column.course for column in self.columns])

    def cuts(self, feature: int) -> Floats:
        return np.array(self.columns[feature].cuts or ())

    def parts_at(self, feature: int, row: Floats, values: Floats) -> Floats:  # noqa: ARG002  # a bin looks at no other
        return self.own_parts(feature, values)

    def own_parts(self, feature: int, values: Floats) -> Floats:
        return self.columns[feature].part(values)


def bin_numbers(values: Floats, cuts: tuple[float, ...] | None, bins: int) -> Ints:
    """The bin of each value; `bins` itself where there is none."""
    missing = np.isnan(values)
    numbers = np.nan_to_num(values).astype(np.int64) if cuts is None else np.searchsorted(cuts, values, side="left")
    return np.where(missing | (numbers >= bins), bins, numbers)


def centred(columns: tuple[Bins, ...], intercept: float, matrix: Floats, weight: Floats, kind: str) -> BinnedModel:
    """The same model with each column's parts told against their average on some rows: a reason costs or gains."""
    means = [
        float(np.average(column.part(matrix[:, j]), weights=weight)) if len(matrix) else 0.0
        for j, column in enumerate(columns)
    ]
    told = tuple(
        Bins(column.cuts, tuple(part - mean for part in column.parts))
        for column, mean in zip(columns, means, strict=True)
    )
    return BinnedModel(intercept + sum(means), told, kind)
