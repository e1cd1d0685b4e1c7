"""LightGBM as others run it: as it comes, and with choices drawn by chance."""

from dataclasses import asdict, dataclass
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from models.boosted_trees import BoostedTrees, TreeRecipe, in_balance, read_trees
from models.columns import Columns

Floats = NDArray[np.float64]

_FIXED = {"objective": "binary", "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1}
DEFAULT_TREES = 100


@dataclass(frozen=True)
class LightGBMLearner:
    """LightGBM's own parameters; those left out are its defaults."""

    trees: int = DEFAULT_TREES
    parameters: tuple[tuple[str, Any], ...] = ()

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> BoostedTrees:
        categories = list(columns.categorical)
        data = lightgbm.Dataset(matrix, target, weight=weight / weight.mean(), categorical_feature=categories)
        signs = {"monotone_constraints": columns.signs.tolist()} if columns.signs.any() else {}
        booster = lightgbm.train({**_FIXED, **signs, **dict(self.parameters)}, data, num_boost_round=self.trees)
        return read_trees(booster.model_to_string())


@dataclass(frozen=True)
class WithoutDepth:
    """One of our recipes with no limit on the depth and twice the leaves: what the limit costs."""

    recipe: TreeRecipe
    kind: str = "boosted_trees"

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> BoostedTrees:
        unbound = {"max_depth": -1, "num_leaves": 2 * self.recipe.leaves}
        weight = in_balance(target, weight) if self.recipe.balanced else weight
        categories = list(columns.categorical)
        data = lightgbm.Dataset(matrix, target, weight=weight / weight.mean(), categorical_feature=categories)
        parameters = self.recipe.parameters(columns) | unbound
        return read_trees(lightgbm.train(parameters, data, num_boost_round=self.recipe.trees).model_to_string())

    def figures(self) -> dict[str, Any]:
        """What a registry would show."""
        return asdict(self)


def drawn_choices(budget: int, seed: int) -> tuple[LightGBMLearner, ...]:
    """As many settings as the budget allows, over the ranges a careful user searches; depth has no limit."""
    chance = np.random.default_rng(seed)
    return tuple(_drawn(chance, seed) for _ in range(budget))


def _drawn(chance: np.random.Generator, seed: int) -> LightGBMLearner:
    return LightGBMLearner(
        trees=int(chance.choice([50, 100, 200, 400])),
        parameters=(
            ("learning_rate", float(chance.choice([0.02, 0.05, 0.1]))),
            ("num_leaves", int(chance.choice([4, 8, 16, 31, 63]))),
            ("min_data_in_leaf", int(chance.choice([5, 20, 50, 100]))),
            ("lambda_l2", float(chance.choice([0.0, 1.0, 10.0, 30.0]))),
            ("feature_fraction", float(chance.choice([0.3, 0.6, 1.0]))),
            ("seed", seed),
        ),
    )
