"""Names for the numpy arrays of the city; a path array is (firms, months), everything else (firms,) or (rows,)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Days = NDArray[np.int32]
"""Days since 1970, where there are many."""
Flags = NDArray[np.bool_]
Words = NDArray[np.str_]
Uints = NDArray[np.uint64]


def logistic(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), element by element."""
    return 1.0 / (1.0 + np.exp(-x))


def delayed(path: Floats, months: int) -> Floats:
    """A path as felt `months` later; the first month stands for all before it."""
    if months == 0:
        return path
    return np.concatenate([np.repeat(path[:, :1], months, axis=1), path[:, :-months]], axis=1)


def felt(path: Floats, firm: Ints, month: Ints, delay: int) -> Floats:
    """(rows,) a path as felt `delay` months later by these firms in these months: `delayed`, for some of its cells."""
    cells: Floats = path[firm, np.maximum(month - delay, 0)]
    return cells


def trailing_mean(path: Floats, months: int) -> Floats:
    """The mean of each month and the `months - 1` before it."""
    before = np.repeat(path[:, :1], months, axis=1)
    totals = np.cumsum(np.concatenate([before, path], axis=1), axis=1)
    mean: Floats = (totals[:, months:] - totals[:, :-months]) / months
    return mean
