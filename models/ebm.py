"""An explainable boosting machine of interpret, taken out as a table: what is served needs no interpret."""

import importlib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.binned import BinnedModel, Bins, centred
from models.columns import Column, Columns

Floats = NDArray[np.float64]

_MISSING, _UNKNOWN = 0, -1
"""Where interpret keeps the scores of values that are missing, and of those never seen."""


@dataclass(frozen=True)
class EBMRecipe:
    """Single columns only, so that each score has its column; signs bind it.

    max_bins: of a number. outer_bags: fits to samples of the rows, averaged.
    """

    max_bins: int = 32
    outer_bags: int = 8
    smallest_leaf: int = 20
    seed: int = 20200222
    kind: str = "ebm"

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> BinnedModel:
        """Fit on rows with weights. Raises `ImportError` where interpret is not installed."""
        glassbox = importlib.import_module("interpret.glassbox")
        model = glassbox.ExplainableBoostingClassifier(
            feature_names=list(columns.names),
            feature_types=["continuous" if one.categories is None else "nominal" for one in columns.columns],
            monotone_constraints=[int(sign) for sign in columns.signs],
            interactions=0,
            max_bins=self.max_bins,
            outer_bags=self.outer_bags,
            min_samples_leaf=self.smallest_leaf,
            n_jobs=1,
            random_state=self.seed,
        )
        model.fit(matrix, target.astype(int), sample_weight=weight / weight.mean())
        return centred(tables_of(model, columns), float(model.intercept_[0]), matrix, weight, self.kind)

    def figures(self) -> dict[str, Any]:
        """What a registry shows of the recipe."""
        return asdict(self)


def tables_of(model: Any, columns: Columns) -> tuple[Bins, ...]:
    """A fitted machine's terms, column by column; a column it has no term for adds nothing."""
    scores = {
        features[0]: np.asarray(told) for features, told in zip(model.term_features_, model.term_scores_, strict=True)
    }
    return tuple(
        _table(column, model.bins_[j][0], scores[j]) if j in scores else Bins((), (0.0, 0.0))
        for j, column in enumerate(columns.columns)
    )


def _table(column: Column, bins: Any, scores: Floats) -> Bins:
    """Interpret puts a value that lies on a cut above it; here it lies below."""
    missing = float(scores[_MISSING])
    if column.categories is None:
        return Bins(tuple(float(np.nextafter(cut, -np.inf)) for cut in bins), (*map(float, scores[1:-1]), missing))
    unknown = float(scores[_UNKNOWN])
    told = {float(name): float(scores[place]) for name, place in bins.items()}
    return Bins(None, (*(told.get(float(code), unknown) for code in range(len(column.categories))), missing))
