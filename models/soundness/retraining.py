"""Are reasons stable? The same recipe fitted on bootstrap samples of the firms: how far the principal reasons agree."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.calibration import fit_platt
from models.cross_validation import Rows
from models.predictor import Recipe
from models.reasons import ADVERSE_TOLD
from models.scoring import ScoringModel

Flags = NDArray[np.bool_]

RETRAINS = 10
_SEED = 20_230_430


@dataclass(frozen=True)
class Stability:
    """overlap: of the adverse reasons told by two retrains, averaged over firms and pairs; 1 where they are the same.

    lowest, highest: of a pair. with_model: of a retrain and the model itself, on average.
    """

    overlap: float
    lowest: float
    highest: float
    with_model: float
    retrains: int


def measure_stability(
    model: ScoringModel,
    recipe: Recipe,
    train: Rows,
    calibrate: Rows,
    judged: Rows,
    *,
    retrains: int = RETRAINS,
    calibrate_unseen: bool = False,
    tell: Callable[[str, float], None] = lambda _line, _done: None,
) -> Stability:
    """Fit the recipe as often as `retrains` on firms drawn with replacement, and compare what is told of the judged.

    calibrate_unseen: where what calibrates is fitted too, each retrain is calibrated by the firms it did not draw.
    """
    told = []
    for number, rows in enumerate(drawn_firms(train, retrains), start=1):
        predictor = recipe.fit(rows.columns, rows.matrix, rows.target, rows.weight)
        by = not_drawn(calibrate, rows) if calibrate_unseen else calibrate
        line = fit_platt(predictor.raw(by.matrix), by.target, by.weight, rising=True)
        told.append(adverse_told(replace(model, predictor=predictor, calibration=line), judged))
        tell(f"retrain {number} of {retrains}", number / retrains)
    pairs = [overlap(one, other) for one, other in combinations(told, 2)]
    own = adverse_told(model, judged)
    with_model = float(np.mean([overlap(own, one) for one in told]))
    return Stability(float(np.mean(pairs)), min(pairs), max(pairs), with_model, retrains)


def adverse_told(model: ScoringModel, rows: Rows) -> Flags:
    """(rows, codes) which adverse reasons an answer would give."""
    chosen = model.codes.principal(model.points(rows.matrix)[1]).codes[:, :ADVERSE_TOLD]
    told = np.zeros((len(chosen), len(model.codes.codes)), dtype=np.bool_)
    row, slot = np.nonzero(chosen >= 0)
    told[row, chosen[row, slot]] = True
    return told


def overlap(one: Flags, other: Flags) -> float:
    """Reasons in common over those of whichever tells more, averaged over the rows where either tells any."""
    most = np.maximum(one.sum(axis=1), other.sum(axis=1))
    shared = (one & other).sum(axis=1)
    return float(np.mean(shared[most > 0] / most[most > 0])) if most.any() else 1.0


def drawn_firms(rows: Rows, times: int) -> Iterator[Rows]:
    """Bootstrap samples of the firms, each with all its rows."""
    random = np.random.default_rng(_SEED)
    _, firm = np.unique(rows.firm, return_inverse=True)
    order = np.argsort(firm, kind="stable")
    begins = np.searchsorted(firm[order], np.arange(firm.max() + 2))
    for _ in range(times):
        drawn = random.integers(0, len(begins) - 1, len(begins) - 1)
        yield rows.take(np.concatenate([order[begins[one] : begins[one + 1]] for one in drawn]))


def not_drawn(rows: Rows, drawn: Rows) -> Rows:
    """The rows of the firms of which a sample has none."""
    return rows.take(~np.isin(rows.firm, drawn.firm))
