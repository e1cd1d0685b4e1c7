"""Gradient-boosted trees by LightGBM: shallow, regularised for few labels, bound to the features' signs."""

from dataclasses import asdict, dataclass
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from models.columns import Columns

Floats = NDArray[np.float64]

DEEPEST = 6
"""The depth limit is part of the serving contract: exact contributions cost leaves x depth squared."""


@dataclass(frozen=True)
class BoostedTrees:
    """Fitted trees. One thread at all times: more make a single row slower and its time unsteady."""

    text: str
    """LightGBM's own text form: the file a scientist can open with any LightGBM."""
    booster: lightgbm.Booster
    kind: str = "boosted_trees"

    def raw(self, matrix: Floats) -> Floats:
        return np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=1))

    def contributions(self, matrix: Floats) -> Floats:
        return np.asarray(self.booster.predict(matrix, pred_contrib=True, num_threads=1))


def read_trees(text: str) -> BoostedTrees:
    """Trees from LightGBM's text form."""
    return BoostedTrees(text, lightgbm.Booster(model_str=text))


@dataclass(frozen=True)
class TreeRecipe:
    """How trees are grown. Leaves hold at least `smallest_leaf` rows, so that no reason rests on a handful.

    trees, depth, leaves, learning_rate, smallest_leaf: LightGBM's words.
    penalty: on squared leaf values. share_of_features: of the columns offered to each tree.
    """

    trees: int = 120
    depth: int = 3
    leaves: int = 6
    learning_rate: float = 0.05
    smallest_leaf: int = 20
    penalty: float = 10.0
    share_of_features: float = 0.6
    seed: int = 20200222
    kind: str = "boosted_trees"

    def __post_init__(self) -> None:
        if self.depth > DEEPEST:
            raise ValueError(f"trees may be {DEEPEST} deep at most, not {self.depth}")

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> BoostedTrees:
        data = lightgbm.Dataset(
            matrix,
            target,
            weight=weight / weight.mean(),
            feature_name=list(columns.names),
            categorical_feature=list(columns.categorical),
            free_raw_data=True,
        )
        booster = lightgbm.train(self.parameters(columns), data, num_boost_round=self.trees)
        return read_trees(booster.model_to_string())

    def parameters(self, columns: Columns) -> dict[str, Any]:
        """LightGBM's parameters; everything that could differ between two runs is fixed.

        Monotone constraints use the `basic` method: the finer ones have open errors on finished models.
        """
        return {
            "objective": "binary",
            "max_depth": self.depth,
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.smallest_leaf,
            "lambda_l2": self.penalty,
            "feature_fraction": self.share_of_features,
            "monotone_constraints": [int(sign) for sign in columns.signs],
            "monotone_constraints_method": "basic",
            "cat_smooth": 20,
            "min_data_per_group": self.smallest_leaf,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }

    def figures(self) -> dict[str, Any]:
        """What a registry shows of the recipe."""
        return asdict(self)
