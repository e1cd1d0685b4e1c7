"""Libraries that take part where they are installed, and are no part of the platform: interpret and CatBoost."""

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.columns import Columns

Floats = NDArray[np.float64]

PACKAGES = {"EBM": ("interpret", "interpret-core"), "CatBoost": ("catboost", "catboost")}
"""By contender: the module it needs, and the package that brings it."""


def absent(name: str) -> str | None:
    """Why a contender cannot take part, and what to do about it; None where it can."""
    module, package = PACKAGES[name]
    if importlib.util.find_spec(module) is not None:
        return None
    return f"{name} is left out: run `make contenders` (or `pip install {package}`) to have it compete."


@dataclass(frozen=True)
class FittedEBM:
    model: Any

    def raw(self, matrix: Floats) -> Floats:
        return np.asarray(self.model.decision_function(matrix), dtype=np.float64)


@dataclass(frozen=True)
class EBMLearner:
    """An explainable boosting machine. interactions: pairs at most; a hundred rows are wanted for each."""

    interactions: int
    max_bins: int
    seed: int

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> FittedEBM:
        glassbox = importlib.import_module("interpret.glassbox")
        model = glassbox.ExplainableBoostingClassifier(
            feature_types=["continuous" if one.categories is None else "nominal" for one in columns.columns],
            interactions=min(self.interactions, len(target) // 100),
            max_bins=self.max_bins,
            outer_bags=4,
            n_jobs=1,
            random_state=self.seed,
        )
        return FittedEBM(model.fit(matrix, target.astype(int), sample_weight=weight))


@dataclass(frozen=True)
class FittedCatBoost:
    model: Any
    categorical: tuple[int, ...]

    def raw(self, matrix: Floats) -> Floats:
        told = as_objects(matrix, self.categorical)
        return np.asarray(self.model.predict(told, prediction_type="RawFormulaVal"), dtype=np.float64)


@dataclass(frozen=True)
class CatBoostLearner:
    depth: int
    learning_rate: float
    trees: int
    seed: int

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> FittedCatBoost:
        catboost = importlib.import_module("catboost")
        model = catboost.CatBoostClassifier(
            depth=self.depth,
            learning_rate=self.learning_rate,
            iterations=self.trees,
            cat_features=list(columns.categorical),
            random_seed=self.seed,
            thread_count=1,
            allow_writing_files=False,
            verbose=False,
        )
        told = as_objects(matrix, columns.categorical)
        model.fit(told, target.astype(int), sample_weight=weight)
        return FittedCatBoost(model, columns.categorical)


def as_objects(matrix: Floats, categorical: tuple[int, ...]) -> NDArray[Any]:
    """The matrix with categories as texts, as CatBoost wants them; numbers stay."""
    told = matrix.astype(object)
    for j in categorical:
        told[:, j] = ["missing" if np.isnan(value) else str(int(value)) for value in matrix[:, j]]
    return told
