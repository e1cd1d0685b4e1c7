"""Past approvals: whether a group was approved as often as others of the same risk (Mantel and Haenszel)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp
from scipy.stats import hypergeom, norm

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
    applications are alike; where the group, or the others, were never approved or never refused, from `_odds_at_end`.
    """
    cells = _cells(risk, approved, member)
    ratio = _log_ratio(np.bincount(cells, minlength=4 * BANDS).astype(np.float64))
    if ratio is None:
        return _odds_at_end(cells, firm, z)
    half = z * _spread(cells, firm)
    return ApprovalOdds(math.exp(ratio), math.exp(ratio - half), math.exp(min(ratio + half, 700.0)))


def _cells(risk: Floats, approved: Flags, member: Flags) -> Ints:
    """Each row's place among band x (member, approved)."""
    cuts = np.unique(np.quantile(risk, np.arange(1, BANDS) / BANDS))
    found: Ints = np.searchsorted(cuts, risk, "right") * 4 + member * 2 + approved
    return found


def _spread(cells: Ints, firm: Ints) -> float:
    """The standard error of the log ratio, from drawing firms anew.

    Where most draws miss the few firms a side of the ratio rests on, each is given half a row a cell over all bands.
    """
    numbered = np.unique(firm, return_inverse=True)[1]
    firms, random = numbered.max() + 1, np.random.default_rng(SEED)
    draws: list[Floats] = []
    for _ in range(REPEATS):
        times = np.bincount(random.integers(0, firms, firms), minlength=firms).astype(np.float64)
        draws.append(np.bincount(cells, times[numbered], minlength=4 * BANDS).astype(np.float64))
    found = _log_ratios(draws)
    if len(found) <= REPEATS // 2:
        found = _log_ratios([draw + 0.5 / BANDS for draw in draws])
    return float(np.std(found))


def _log_ratios(draws: Sequence[Floats]) -> list[float]:
    return [ratio for ratio in map(_log_ratio, draws) if ratio is not None]


def _log_ratio(counts: Floats) -> float | None:
    """log of (members approved x others refused) over (members refused x others approved), summed over bands."""
    favour, against = _sides(counts.reshape(BANDS, 4))
    return math.log(favour / against) if favour > 0 and against > 0 else None


def _sides(table: Floats) -> tuple[float, float]:
    """What speaks for the group and what against it, by bands as rows of others refused, approved, members alike."""
    total = np.maximum(table.sum(axis=1), 1.0)
    return float((table[:, 3] * table[:, 0] / total).sum()), float((table[:, 2] * table[:, 1] / total).sum())


def _odds_at_end(cells: Ints, firm: Ints, z: float) -> ApprovalOdds | None:
    """Odds where one side of the ratio is empty; None where both are.

    Then every band holds as few approvals of the group as it can with so many in all, or as many. No draw of firms
    tells how far that is chance, but its probability under any odds does, exactly (Fisher): the value gives it an even
    chance, the interval ends where it has that of a tail. Each firm counts once, by its last application.
    """
    last = len(firm) - 1 - np.unique(firm[::-1], return_index=True)[1]
    table = np.bincount(cells[last], minlength=4 * BANDS).astype(np.float64).reshape(BANDS, 4)
    favour, against = _sides(table)
    if favour == against:
        return None
    fewest = table if favour == 0 else table[:, [2, 3, 0, 1]]  # as many of the group are as few of the others
    value, end = (_odds_giving(chance, fewest) for chance in (0.5, float(norm.sf(z))))
    return ApprovalOdds(value, 0.0, end) if favour == 0 else ApprovalOdds(1 / value, 1 / end, math.inf)


def _odds_giving(chance: float, table: Floats) -> float:
    """The odds of members under which all bands hold as few of their approvals as they can with this probability."""
    bands = [_log_chances(*map(int, band)) for band in table if band.sum()]

    def beyond(log_odds: float) -> float:
        found = [chances[0] - logsumexp(chances + log_odds * np.arange(len(chances))) for chances in bands]
        return float(sum(found)) - math.log(chance)

    return math.exp(brentq(beyond, -50.0, 50.0))


def _log_chances(refused: int, approved: int, members_refused: int, members_approved: int) -> Floats:
    """Log probability of each number of members approved, from the fewest there can be on, at even odds."""
    members, granted = members_refused + members_approved, approved + members_approved
    numbers = np.arange(max(0, members_approved - refused), min(granted, members) + 1)
    found: Floats = hypergeom.logpmf(numbers, refused + approved + members, members, granted)
    return found
