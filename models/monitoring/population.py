"""The population a model was trained on, stored with it: where inputs and score are cut, and how many lie there."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from models.columns import Column
from models.reasons import ADVERSE_TOLD
from models.scoring import ScoringModel
from models.stability import counts_in, edges_of

Floats = NDArray[np.float64]


class Cut(BaseModel):
    """Where something is cut and how many of the training population lie where.

    edges: upper ends, each included; above the last is one more bin. Of a category its codes are the bins.
    counts: by bin in that order, then those without a value; weighted rows count as many as they are worth
    (`stability.counts_in`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    edges: tuple[float, ...]
    counts: tuple[float, ...]


class Population(BaseModel):
    """rows: loans, or firms without days. mean_score, reasons: weighted; of each code its share among the principal
    adverse reasons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    features: dict[str, Cut]
    score: Cut
    mean_score: float
    reasons: dict[str, float]


def describe(model: ScoringModel, matrix: Floats, weight: Floats | None = None) -> Population:
    """What is kept of the rows a model was trained on, (n, features); no row itself. weight: (n,), 1 each unless said.

    A source may draw loans by their outcome: unweighted its rows are another population than the one that comes.
    """
    weight = np.ones(len(matrix)) if weight is None else weight
    points, columns = shown_points(model, matrix), model.columns.columns
    return Population(
        rows=len(matrix),
        features={column.name: _cut(column, matrix[:, place], weight) for place, column in enumerate(columns)},
        score=_cut(Column("score"), points, weight),
        mean_score=mean_of(points, weight),
        reasons=reason_shares(model, matrix, weight),
    )


def read_population(facts: Mapping[str, Any]) -> Population | None:
    """What a model's stored facts say of its training population; None for one trained before it was kept."""
    kept = facts.get("population")
    return None if kept is None else Population.model_validate(kept)


def shown_points(model: ScoringModel, matrix: Floats) -> Floats:
    """The scores as they are shown, (n,)."""
    log_odds = model.calibration.log_odds(model.predictor.raw(matrix))
    return model.scale.scores(log_odds).astype(np.float64)


def mean_of(values: Floats, weight: Floats) -> float:
    """The weighted mean; 0 of nobody."""
    return float(np.average(values, weights=weight)) if len(values) else 0.0


def reason_shares(model: ScoringModel, matrix: Floats, weight: Floats) -> dict[str, float]:
    """Of all principal adverse reasons of these rows, the share each code has; 0 for a code nobody was told."""
    told = model.codes.principal(model.points(matrix)[1]).codes[:, :ADVERSE_TOLD]
    row, slot = np.nonzero(told >= 0)
    counted = np.bincount(told[row, slot], weight[row], minlength=len(model.codes.codes))
    return dict(zip(model.codes.codes, (counted / (counted.sum() or 1)).tolist(), strict=True))


def _cut(column: Column, values: Floats, weight: Floats) -> Cut:
    edges = _edges(column, values, weight)
    return Cut(edges=edges, counts=tuple(counts_in(edges, values, weight).tolist()))


def _edges(column: Column, values: Floats, weight: Floats) -> tuple[float, ...]:
    if column.categories is not None:
        return tuple(float(code) for code in range(len(column.categories) - 1))
    return edges_of(values, weight)
