"""Past approvals: whether a group was approved as often as others of the same risk (Mantel and Haenszel)."""

import math
from dataclasses import dataclass

import numpy as np

from models.fairness.shares import Flags, Floats, Ints

BANDS = 10
"""Bands of equal risk in which a group is compared with the others."""
REPEATS, SEED = 200, 20230430


@dataclass(frozen=True)
class ApprovalOdds:
    """Odds of approval of a group to those of others at equal risk, with an interval. 1 is equal treatment."""

    value: float
    low: float
    high: float


def approval_odds(risk: Floats, approved: Flags, member: Flags, firm: Ints, z: float) -> ApprovalOdds | None:
    """The common odds ratio over bands of risk; None where no band holds both kinds of firms and of answers.

    risk: what the model says of each application. The interval comes from drawing firms anew, because one firm's
    applications are alike.
    """
    cells = _cells(risk, approved, member)
    ratio = _log_ratio(np.bincount(cells, minlength=4 * BANDS).astype(np.float64))
    if ratio is None:
        return None
    numbered = np.unique(firm, return_inverse=True)[1]
    random, drawn = np.random.default_rng(SEED), []
    for _ in range(REPEATS):
        times = np.bincount(random.integers(0, numbered.max() + 1, numbered.max() + 1), minlength=numbered.max() + 1)
        again = _log_ratio(
            np.bincount(cells, times[numbered].astype(np.float64), minlength=4 * BANDS).astype(np.float64)
        )
        drawn += [] if again is None else [again]
    half = z * float(np.std(drawn)) if len(drawn) > REPEATS // 2 else math.inf
    return ApprovalOdds(math.exp(ratio), math.exp(ratio - half), math.exp(min(ratio + half, 700.0)))


def _cells(risk: Floats, approved: Flags, member: Flags) -> Ints:
    """Each row's place among band x (member, approved)."""
    cuts = np.unique(np.quantile(risk, np.arange(1, BANDS) / BANDS))
    found: Ints = np.searchsorted(cuts, risk, "right") * 4 + member * 2 + approved
    return found


def _log_ratio(counts: Floats) -> float | None:
    """log of (members approved x others refused) over (members refused x others approved), summed over bands."""
    table = counts.reshape(BANDS, 4)
    total = np.maximum(table.sum(axis=1), 1.0)
    favour = float((table[:, 3] * table[:, 0] / total).sum())
    against = float((table[:, 2] * table[:, 1] / total).sum())
    return math.log(favour / against) if favour > 0 and against > 0 else None
