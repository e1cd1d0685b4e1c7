"""Whether a finished model keeps the signs it was bound to, asked of the model itself and not of its recipe."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.binned import BinnedModel
from models.boosted_trees import BoostedTrees
from models.columns import Columns
from models.predictor import Predictor

Floats = NDArray[np.float64]

ROWS, OCCURRING = 24, 15
"""Rows a feature is moved in, and values of those that occur it is moved over, at most."""
_NOISE = 1e-12


def sign_violations(predictor: Predictor, columns: Columns, matrix: Floats) -> list[str]:
    """Names of the features against whose sign some row's raw score moves; empty where all hold.

    Each signed feature is moved over a grid in rows spread through `matrix`, everything else kept: over every
    threshold of the trees that ask it, and over the values that occur. A missing value has no place in the order.
    """
    rows = matrix[np.unique(np.linspace(0, len(matrix) - 1, ROWS).astype(int))]
    asked = _thresholds(predictor, len(columns.names))
    return [
        name
        for j, (name, sign) in enumerate(zip(columns.names, columns.signs, strict=True))
        if sign and _is_violated(predictor, rows, j, int(sign), _grid(matrix[:, j], asked[j]))
    ]


def _is_violated(predictor: Predictor, rows: Floats, j: int, sign: int, grid: Floats) -> bool:
    if len(grid) < 2:
        return False
    moved = np.repeat(rows, len(grid), axis=0)
    moved[:, j] = np.tile(grid, len(rows))
    raw = predictor.raw(moved).reshape(len(rows), len(grid))
    return bool(np.any(sign * np.diff(raw, axis=1) < -_NOISE))


def _grid(values: Floats, asked: Sequence[float]) -> Floats:
    """Rising values: some of what occurs, and a point below, on and above every threshold, of which a feature has no
    more than a fit has bins: a step down may lie at any one of them."""
    known = values[~np.isnan(values)]
    occurring = np.quantile(known, np.linspace(0, 1, OCCURRING)) if len(known) else np.empty(0)
    at = np.unique(asked)
    return np.unique(np.concatenate([occurring, at, np.nextafter(at, np.inf), at[:1] - 1]))


def _thresholds(predictor: Predictor, features: int) -> list[list[float]]:
    """Per feature, the numbers a model's trees or table hold it against; none for another kind of model."""
    asked: list[list[float]] = [[] for _ in range(features)]
    if isinstance(predictor, BinnedModel):
        return [predictor.cuts(feature).tolist() for feature in range(features)]
    if isinstance(predictor, BoostedTrees):
        waiting = [tree["tree_structure"] for tree in predictor.booster.dump_model()["tree_info"]]
        while waiting:
            node = waiting.pop()
            if "split_feature" not in node:
                continue
            if node["decision_type"] == "<=":
                asked[node["split_feature"]].append(float(node["threshold"]))
            waiting += [node["left_child"], node["right_child"]]
    return asked
