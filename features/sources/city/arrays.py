"""Names for the numpy arrays of the city; a path array is (firms, months), everything else (firms,) or (rows,)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
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


def trailing_mean(path: Floats, months: int) -> Floats:
    """The mean of each month and the `months - 1` before it."""
    mean: Floats = np.mean([delayed(path, lag) for lag in range(months)], axis=0)
    return mean
