"""A plain logistic model with declared signs: each feature's part of the log-odds is one product."""

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.additive import Additive, Course, Levels, Line
from models.columns import Column, Columns
from models.sign_constrained import fit_logistic

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Term:
    """One feature of the model: how a value becomes a number near zero, and what that number weighs.

    A number is laid on the ranks of training: `knots` are its quantiles, and a value between two of them
    lies between their ranks, so that one firm a hundred times the others' size stays one firm. A category
    is its level's own weight.
    centre, spread: of the ranks in training. A missing value stands at the centre and adds nothing.
    weights: one for a number, one per category otherwise.
    """

    knots: tuple[float, ...]
    ranks: tuple[float, ...]
    centre: float
    spread: float
    weights: tuple[float, ...]

    def part(self, values: Floats) -> Floats:
        """Log-odds that encoded values (n,) add."""
        missing = np.isnan(values)
        if not self.knots:
            levels, seen = np.append(np.array(self.weights), 0.0), (values >= 0) & (values < len(self.weights))
            return np.asarray(levels[np.where(seen, values, len(self.weights)).astype(int)])
        part = (np.interp(values, self.knots, self.ranks) - self.centre) / self.spread * self.weights[0]
        return np.where(missing, 0.0, part)

    @property
    def course(self) -> Course:
        """The same, laid out for the pass over all terms."""
        if not self.knots:
            return Levels((*self.weights, 0.0))
        return Line(self.knots, self.ranks, self.centre, self.spread, self.weights[0])

    @property
    def cuts(self) -> Floats:
        """The knots, and between them the value that adds nothing; none for a category."""
        if len(self.knots) < 2:
            return np.array(self.knots)
        return np.union1d(self.knots, np.interp(self.centre, self.ranks, self.knots))


@dataclass(frozen=True)
class Logistic:
    """raw = intercept + the sum of the terms' parts."""

    intercept: float
    terms: tuple[Term, ...]
    kind: str = "logistic"

    def raw(self, matrix: Floats) -> Floats:
        """By the terms one by one, as they were fitted: the compiled pass is held against it."""
        total = np.full(len(matrix), self.intercept)
        for j, term in enumerate(self.terms):
            total += term.part(matrix[:, j])
        return total

    def parts(self, matrix: Floats) -> tuple[Floats, Floats]:
        return self._additive.parts(matrix)

    @cached_property
    def _additive(self) -> Additive:
        return Additive(self.intercept, [term.course for term in self.terms])

    def cuts(self, feature: int) -> Floats:
        return self.terms[feature].cuts

    def parts_at(self, feature: int, row: Floats, values: Floats) -> Floats:  # noqa: ARG002  # a term looks at no other
        return self.own_parts(feature, values)

    def own_parts(self, feature: int, values: Floats) -> Floats:
        return self.terms[feature].part(values)


@dataclass(frozen=True)
class LogisticRecipe:
    """How the logistic model is fitted: penalty on squared weights (of unit-spread columns), quantile knots."""

    penalty: float = 5.0
    knots: int = 11
    kind: str = "logistic"

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> Logistic:
        layouts = [_lay_out(column, matrix[:, j], weight, self.knots) for j, column in enumerate(columns.columns)]
        design = np.column_stack([layout.design for layout in layouts])
        widths = [layout.design.shape[1] for layout in layouts]
        signs = np.repeat(columns.signs.astype(float), widths)
        intercept, weights = fit_logistic(design, target, weight, penalty=self.penalty, signs=signs)
        parts = np.split(weights, np.cumsum(widths)[:-1])
        return Logistic(intercept, tuple(layout.weighed(part) for layout, part in zip(layouts, parts, strict=True)))

    def figures(self) -> dict[str, Any]:
        """What a registry shows of the recipe."""
        return asdict(self)


@dataclass(frozen=True)
class _Layout:
    """A term before its weights are known: its columns of the design, centred, with zeros where it is missing."""

    term: Term
    design: Floats
    shares: Floats

    def weighed(self, weights: Floats) -> Term:
        """The finished term. The parts of categories are told against the average of training."""
        return replace(self.term, weights=tuple(map(float, weights - self.shares @ weights)))


def _lay_out(column: Column, values: Floats, weight: Floats, knots: int) -> _Layout:
    known = ~np.isnan(values)
    if column.categories is not None:
        return _lay_out_levels(len(column.categories), values, np.where(known, weight, 0.0))
    if not known.any():
        return _Layout(Term((0.0,), (0.0,), 0.0, 1.0, ()), np.zeros((len(values), 1)), np.zeros(1))
    steps = np.linspace(0, 1, knots)
    at = np.quantile(values[known], steps)
    places = np.unique(at)
    ranks = np.array([steps[at == place].mean() for place in places])
    laid = np.interp(values[known], places, ranks)
    centre = float(np.average(laid, weights=weight[known]))
    spread = float(np.sqrt(np.average((laid - centre) ** 2, weights=weight[known])))
    term = Term(tuple(map(float, places)), tuple(map(float, ranks)), centre, spread or 1.0, (1.0,))
    return _Layout(term, term.part(values)[:, None], np.zeros(1))


def _lay_out_levels(levels: int, values: Floats, weight: Floats) -> _Layout:
    one_hot = (values[:, None] == np.arange(levels)).astype(np.float64)
    shares = one_hot.T @ weight / max(weight.sum(), 1e-12)
    design = np.where(np.isnan(values)[:, None], 0.0, one_hot - shares)
    return _Layout(Term((), (), 0.0, 1.0, ()), design, shares)
