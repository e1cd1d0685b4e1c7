"""How far a distribution has moved: the population stability index over counts in fixed bins."""

from collections.abc import Sequence

import numpy as np

STABLE, MOVED = 0.10, 0.25
"""The customary reading of a PSI: below 0.10 stable, from 0.25 on another population."""
_EMPTY = 0.5
"""Rows an empty bin is taken to hold: one stray firm makes no infinite index, and few rows do not look like a flood."""


def psi(expected: Sequence[float], found: Sequence[float]) -> float:
    """The index of counts in the same bins: the sum of (found - expected) x ln(found / expected), as shares.

    0 where either side is empty: nothing can be said to have moved. A bin that neither side knows does not count.
    """
    if len(expected) != len(found):
        raise ValueError(f"{len(expected)} bins cannot be compared with {len(found)}.")
    before, now = np.asarray(expected, dtype=np.float64), np.asarray(found, dtype=np.float64)
    if before.sum() == 0 or now.sum() == 0:
        return 0.0
    held = (before > 0) | (now > 0)
    old, new = (np.maximum(side[held], _EMPTY) / side.sum() for side in (before, now))
    return float(np.sum((new - old) * np.log(new / old)))
