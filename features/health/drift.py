"""How far a distribution has moved: the population stability index over counts in fixed bins."""

from collections.abc import Sequence

import numpy as np

STABLE, MOVED = 0.10, 0.25
"""The customary reading of a PSI: below 0.10 stable, from 0.25 on another population."""
_LEAST_SHARE = 1e-4
"""A bin nobody is in counts as this share, so that one stray firm does not make an infinite index."""


def psi(expected: Sequence[int], found: Sequence[int]) -> float:
    """The index of counts in the same bins: the sum of (found - expected) x ln(found / expected), as shares.

    0 where either side is empty: nothing can be said to have moved.
    """
    if len(expected) != len(found):
        raise ValueError(f"{len(expected)} bins cannot be compared with {len(found)}.")
    if sum(expected) == 0 or sum(found) == 0:
        return 0.0
    before, now = (np.maximum(np.asarray(side) / sum(side), _LEAST_SHARE) for side in (expected, found))
    return float(np.sum((now - before) * np.log(now / before)))
