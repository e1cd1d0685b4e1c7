"""How a model treats groups of enterprises: approval, wrong refusals, and risks a group is charged for.

Groups differ in risk, so a difference in approval alone proves nothing and is reported; being told riskier than one
turns out to be does, and is what a release is refused for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from models.evaluation import Interval
from models.reliability import observed_to_said

Floats = NDArray[np.float64]
Groups = Mapping[str, NDArray[Any]]
"""What enterprises are told apart by, and the group of each row; an empty text where it is not known."""


@dataclass(frozen=True)
class Disparity:
    """One group of one division.

    approved: weighted share with a PD below the cut. refused_payers: share refused of those who repaid; nan where
    nobody did. ratio: observed to said of the group, divided by that of all; its interval is widened for as many
    groups as were looked at.
    """

    by: str
    group: str
    rows: int
    said: float
    approved: float
    refused_payers: float
    ratio: Interval


def disparities(
    pd: Floats, target: Floats, weight: Floats, groups: Groups, approved_below: float, cluster: NDArray[Any]
) -> list[Disparity]:
    """Every group of every division that has rows, in order of division and name."""
    named = [(by, str(group)) for by, groups_of in groups.items() for group in np.unique(groups_of) if str(group)]
    width = float(norm.ppf(1 - 0.025 / max(len(named), 1)))
    overall = observed_to_said(pd, target, weight).value
    found = []
    for by, group in named:
        rows = groups[by] == group
        ratio = observed_to_said(pd[rows], target[rows], weight[rows], cluster[rows], width=width)
        payers = rows & (target == 0)
        found.append(
            Disparity(
                by=by,
                group=group,
                rows=int(rows.sum()),
                said=float(pd[rows].sum()),
                approved=_share(pd[rows] < approved_below, weight[rows]),
                refused_payers=_share(pd[payers] >= approved_below, weight[payers]),
                ratio=Interval(*(float(value) / overall for value in (ratio.value, ratio.low, ratio.high))),
            )
        )
    return found


def overcharged(found: Sequence[Disparity], ratio_below: float, least_said: float) -> list[Disparity]:
    """The groups that clearly default less than they are told to, against all; small groups have no say."""
    return [one for one in found if one.said >= least_said and one.ratio.high < ratio_below]


def _share(chosen: NDArray[np.bool_], weight: Floats) -> float:
    return float(weight[chosen].sum() / weight.sum()) if len(weight) else float("nan")
