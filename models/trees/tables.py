"""What each feature adds below a node, for every state of its path and every answer to the questions that follow.

The Shapley value of slot i at a leaf of value V is V (q_i - w_i) times the integral over t from 0 to 1 of the product
over the other slots j of (1 - t) w_j + t q_j, where q is the state and w the shares of training rows. The product is
a polynomial, so a Gauss-Legendre quadrature of half as many points as slots is exact. The expectation is LightGBM's
own: a row that asks nothing goes each way as often as the training rows did (Lundberg et al., Consistent
Individualized Feature Attribution for Tree Ensembles, arXiv 1802.03888, algorithm 2).
"""

import numpy as np
from numpy.typing import NDArray

from models.trees.forest import Forest, Group, Leaf

Floats = NDArray[np.float64]
_QUADRATURES = [np.polynomial.legendre.leggauss(points) for points in range(1, 4)]


def tables(forest: Forest) -> Floats:
    """Every group's table after the other: lines of a part for each feature, then the value of the leaf reached."""
    return np.concatenate([_table(group).ravel() for group in forest.groups])


def base(forest: Forest) -> float:
    """What the model says of a row it knows nothing of: each leaf by its share of the training rows."""
    leaves = [leaf for group in forest.groups for leaf in group.leaves]
    return sum(leaf.value * float(np.prod(leaf.way.shares)) for leaf in leaves)


def _table(group: Group) -> Floats:
    bits = np.arange(group.lines)[:, None] >> np.arange(group.path + group.asked) & 1
    table = np.zeros((group.lines, len(group.features) + 1))
    for leaf in group.leaves:
        states = _states(group, leaf, bits)
        places = [group.features.index(feature) for feature in leaf.way.features]
        table[:, places] += _parts(leaf, states)
        table[:, -1] += leaf.value * states.all(axis=1)
    return table


def _states(group: Group, leaf: Leaf, bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """The state of a leaf's path (line, slot): of its group's path, and of the answers on the way from there."""
    states = np.ones((len(bits), len(leaf.way.features)), np.int64)
    states[:, : group.path] = bits[:, : group.path]
    for question, left, slot in leaf.way.answers:
        states[:, slot] &= bits[:, group.path + question] == left
    return states


def _parts(leaf: Leaf, states: NDArray[np.int64]) -> Floats:
    """(line, slot): what each slot adds."""
    parts = np.zeros(states.shape)
    if not parts.size:
        return parts
    points, weights = _QUADRATURES[(states.shape[1] - 1) // 2]
    t, weights = (points + 1) / 2, weights / 2
    shares = np.array(leaf.way.shares)
    factors = (1 - t) * shares[:, None] + t * states[:, :, None]
    for slot in range(states.shape[1]):
        others = np.prod(np.delete(factors, slot, axis=1), axis=1)
        parts[:, slot] = leaf.value * (states[:, slot] - shares[slot]) * (others @ weights)
    return parts
