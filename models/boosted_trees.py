"""Gradient-boosted trees by LightGBM: shallow, regularised for few labels, bound to the features' signs."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from models.columns import Columns
from models.trees.forest import DEEPEST
from models.trees.parts import TreeParts, take_apart

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BoostedTrees:
    """Fitted trees. One thread at all times: more make a single row slower and its time unsteady."""

    text: str
    """LightGBM's own text form: the file a scientist can open with any LightGBM."""
    booster: lightgbm.Booster
    kind: str = "boosted_trees"

    def raw(self, matrix: Floats) -> Floats:
        return np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=1))

    def parts(self, matrix: Floats) -> tuple[Floats, Floats]:
        return self.apart.of(matrix)

    @cached_property
    def apart(self) -> TreeParts:
        """The trees as one's own pass walks them; LightGBM's way to the parts takes more than ten times as long."""
        return take_apart(self.booster)

    def cuts(self, feature: int) -> Floats:
        return self.apart.cuts(feature)

    def parts_at(self, feature: int, row: Floats, values: Floats) -> Floats:
        rows = np.repeat(row[None], len(values), axis=0)
        rows[:, feature] = values
        return np.asarray(self._asking(feature).of(rows)[1][:, feature])

    def _asking(self, feature: int) -> TreeParts:
        """Only the trees that ask a feature: the others add nothing to its part."""
        if feature not in self._by_feature:
            self._by_feature[feature] = self.apart.asking(feature)
        return self._by_feature[feature]

    @cached_property
    def _by_feature(self) -> dict[int, TreeParts]:
        return {}


def read_trees(text: str) -> BoostedTrees:
    """Trees from LightGBM's text form."""
    return BoostedTrees(text, lightgbm.Booster(model_str=text))


@dataclass(frozen=True)
class TreeRecipe:
    """How trees are grown. Leaves hold at least `smallest_leaf` rows, so that no reason rests on a handful.

    trees, depth, leaves, learning_rate, smallest_leaf: LightGBM's words.
    penalty: on squared leaf values. share_of_features: of the columns offered to each tree.
    balanced: defaulters together weigh as much as the others: a rare kind of row is told better, and calibration
    gives the rate back.
    by_chance: of each column one threshold, drawn by chance, is tried (LightGBM's `extra_trees`).
    smoothing: rows of the common kind that a category is thought to have besides its own (LightGBM's `cat_smooth`);
    half as much is the penalty on leaves that categories part (`cat_l2`).
    """

    trees: int = 120
    depth: int = 3
    leaves: int = 6
    learning_rate: float = 0.05
    smallest_leaf: int = 20
    penalty: float = 10.0
    share_of_features: float = 0.6
    seed: int = 20200222
    balanced: bool = False
    by_chance: bool = False
    smoothing: float = 20.0
    kind: str = "boosted_trees"

    def __post_init__(self) -> None:
        if self.depth > DEEPEST:
            raise ValueError(f"trees may be {DEEPEST} deep at most, not {self.depth}")

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> BoostedTrees:
        weight = in_balance(target, weight) if self.balanced else weight
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
            "extra_trees": self.by_chance,
            "cat_smooth": self.smoothing,
            "cat_l2": self.smoothing / 2,
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


def in_balance(target: Floats, weight: Floats) -> Floats:
    """Weights under which defaulters and the others weigh the same together; as they are where there is one kind."""
    bad, good = float(weight @ target), float(weight @ (1 - target))
    return np.asarray(np.where(target == 1, weight * good / bad, weight)) if bad and good else weight
