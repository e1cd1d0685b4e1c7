"""One pass over the trees: a row's raw score, and exactly what each feature adds to it.

For each tree the row's state is carried from the root to its groups; there the state and the answers to the questions
that are left pick a line of the group's table. The raw score comes from the leaf a row reaches and not from the
parts, so that the two can be held against each other.
"""

from dataclasses import dataclass, replace
from typing import Any

import lightgbm
import numpy as np
from numba import njit
from numpy.typing import NDArray

from bureau.compiling import compiled
from models.trees.forest import (
    ASKED,
    COLUMN,
    EMPTIED,
    FEATURE,
    FILLED,
    FIRST,
    MISSING_LEFT,
    NEW,
    OWN,
    PARENT,
    PATH,
    READING,
    SET,
    SET_BITS,
    SIDE,
    SLOTS,
    TABLE,
    WIDTH,
    read_forest,
)
from models.trees.tables import base, tables

Floats = NDArray[np.float64]
BLOCK = 64
"""Rows that pass one tree before the next: the tree's tables stay in the core's cache."""
_ZERO = float(np.float32(1e-35))
"""Up to here LightGBM takes a number for zero."""


@dataclass(frozen=True)
class TreeParts:
    """A model's trees, ready to be walked. Read only: safe to share between threads."""

    nodes: NDArray[np.int32]
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    questions: NDArray[np.int32]
    thresholds: Floats
    sets: NDArray[np.uint32]
    table: Floats
    slots: NDArray[np.int32]
    base: float
    features: int

    def of(self, matrix: Floats) -> tuple[Floats, Floats]:
        """Raw scores (n,) and parts (n, features + 1), of which the last is what all rows start from."""
        rows = np.ascontiguousarray(matrix, np.float64)
        raw, parts = np.zeros(len(rows)), np.zeros((len(rows), self.features + 1))
        parts[:, -1] = self.base
        asked = (self.columns, self.questions, self.thresholds, self.sets)
        _walk_rows(rows, self.nodes, self.starts, asked, self.table, self.slots, raw, parts)
        return raw, parts

    def cuts(self, feature: int) -> Floats:
        """The thresholds that a feature is held against, rising."""
        columns = np.flatnonzero(self.columns[:, FEATURE] == feature)
        asked = np.isin(self.questions[COLUMN], columns) & (self.questions[SET_BITS] == 0)
        return np.unique(self.thresholds[asked])

    def asking(self, feature: int) -> "TreeParts":
        """These parts with only those trees that ask a feature."""
        asks = np.isin(self.questions[COLUMN], np.flatnonzero(self.columns[:, FEATURE] == feature))
        trees = [self.nodes[begin:end] for begin, end in zip(self.starts[:-1], self.starts[1:], strict=True)]
        kept = [tree for tree in trees if any(asks[node[FIRST] : node[FIRST] + node[ASKED]].any() for node in tree)]
        starts = np.cumsum([0, *map(len, kept)]).astype(np.int64)
        return replace(self, nodes=np.concatenate([self.nodes[:0], *kept]), starts=starts)


def take_apart(booster: lightgbm.Booster) -> TreeParts:
    """The parts of a fitted model. Raises `ValueError` as `read_forest` does."""
    forest = read_forest(booster)
    return TreeParts(
        nodes=np.array(forest.nodes, np.int32),
        starts=np.array(forest.starts, np.int64),
        columns=np.array(list(forest.columns), np.int32).reshape(-1, 2),
        questions=np.ascontiguousarray(np.array(forest.questions, np.int32).reshape(-1, 4).T),
        thresholds=np.array(forest.thresholds, np.float64),
        sets=np.array(forest.sets, np.uint32),
        table=tables(forest),
        slots=np.array([feature for group in forest.groups for feature in group.features], np.int32),
        base=base(forest),
        features=booster.num_feature(),
    )


@njit(nogil=True)
def _read(matrix, begin, size, columns, values):
    """The columns of a block of rows as their questions read them."""
    for c in range(columns.shape[0]):
        reading = columns[c, READING]
        for r in range(size):
            value = matrix[begin + r, columns[c, FEATURE]]
            if reading == FILLED and np.isnan(value):
                value = 0.0
            elif reading == EMPTIED and -_ZERO <= value <= _ZERO:
                value = np.nan
            values[c, r] = value


@njit(nogil=True)
def _below(value, threshold, missing_left):
    """Whether a number goes left: 1 or 0, without a branch."""
    return np.int64((value <= threshold) | ((missing_left == 1) & (value != value)))


@njit(nogil=True)
def _among(value, start, size, sets):
    """Whether a category goes left, a fraction as the whole number towards zero; missing or not listed goes right."""
    if not -1 < value < size:
        return 0
    category = np.int64(value)
    return np.int64(sets[start + (category >> 5)] >> np.uint32(category & 31)) & 1


@njit(nogil=True)
def _answer(q, asked, values, size, shift, bits, out):
    """One question's answers, 1 for left as LightGBM's `tree.h` decides, added to a line of bits."""
    _columns, questions, thresholds, sets = asked
    column, missing_left, threshold = questions[COLUMN, q], questions[MISSING_LEFT, q], thresholds[q]
    start, listed = questions[SET, q], questions[SET_BITS, q]
    if listed == 0:
        for r in range(size):
            bits[out, r] |= _below(values[column, r], threshold, missing_left) << shift
    else:
        for r in range(size):
            bits[out, r] |= _among(values[column, r], start, listed, sets) << shift


@njit(nogil=True)
def _answer_all(asked, values, answers):
    """A single row's answers to every question: first as if all were thresholds, which takes no branch."""
    _columns, questions, thresholds, sets = asked
    column, missing_left, start, listed = (
        questions[COLUMN],
        questions[MISSING_LEFT],
        questions[SET],
        questions[SET_BITS],
    )
    for q in range(thresholds.size):
        answers[q] = _below(values[column[q], 0], thresholds[q], missing_left[q])
    for q in range(thresholds.size):
        if listed[q]:
            answers[q] = _among(values[column[q], 0], start[q], listed[q], sets)


@njit(nogil=True)
def _walk_row(starts, nodes, answers, table, slots, bits, sums):
    """`_walk_tree` of every tree for a single row, to which calls and loops over rows would cost more than the rest."""
    last = sums.shape[0] - 1
    for t in range(starts.size - 1):
        begin = starts[t]
        for n in range(begin, starts[t + 1]):
            state = 0
            if n > begin:
                above = 1 + 2 * nodes[n, PARENT]
                state = bits[above, 0] | nodes[n, NEW]
                if bits[above + 1, 0] != nodes[n, SIDE]:
                    state &= ~nodes[n, OWN]
            first, start = nodes[n, FIRST], nodes[n, TABLE]
            if start < 0:
                here = 1 + 2 * (n - begin)
                bits[here, 0], bits[here + 1, 0] = state, answers[first]
                continue
            path = nodes[n, PATH]
            for q in range(nodes[n, ASKED]):
                state |= np.int64(answers[first + q]) << (path + q)
            width, slot = nodes[n, WIDTH], nodes[n, SLOTS]
            line = start + state * (width + 1)
            for i in range(width):
                sums[slots[slot + i], 0] += table[line + i]
            sums[last, 0] += table[line + width]


@njit(nogil=True)
def _walk_tree(begin, end, nodes, asked, table, slots, values, size, bits, sums):
    """Add one tree's parts, and last the leaves reached, of a block of rows to their sums.

    bits: a line for the rows' place in the tables, then two for each node, the state and the answer.
    """
    last = sums.shape[0] - 1
    for n in range(begin, end):
        own, new, side, above = nodes[n, OWN], nodes[n, NEW], nodes[n, SIDE], 1 + 2 * nodes[n, PARENT]
        for r in range(size):
            bits[0, r] = 0 if n == begin else (bits[above, r] | new) & ~(own * np.int64(bits[above + 1, r] != side))
        first, start = nodes[n, FIRST], nodes[n, TABLE]
        if start < 0:
            here = 1 + 2 * (n - begin)
            for r in range(size):
                bits[here, r], bits[here + 1, r] = bits[0, r], 0
            _answer(first, asked, values, size, 0, bits, here + 1)
            continue
        for q in range(nodes[n, ASKED]):
            _answer(first + q, asked, values, size, nodes[n, PATH] + q, bits, 0)
        width, slot = nodes[n, WIDTH], nodes[n, SLOTS]
        for r in range(size):
            bits[0, r] = start + bits[0, r] * (width + 1)
        for i in range(width + 1):
            into = last if i == width else slots[slot + i]
            for r in range(size):
                sums[into, r] += table[bits[0, r] + i]


def _walk(matrix: Any, nodes: Any, starts: Any, asked: Any, table: Any, slots: Any, raw: Any, parts: Any) -> None:
    most = 0
    for t in range(starts.size - 1):
        most = max(most, starts[t + 1] - starts[t])
    features, room = matrix.shape[1], min(BLOCK, matrix.shape[0])
    bits, values = np.empty((1 + 2 * most, room), np.int64), np.empty((asked[0].shape[0], room))
    sums, answers = np.empty((features + 1, room)), np.empty(asked[2].size, np.uint8)
    for begin in range(0, matrix.shape[0], BLOCK):
        size = min(BLOCK, matrix.shape[0] - begin)
        _read(matrix, begin, size, asked[0], values)
        sums[:] = 0.0
        if size == 1:
            _answer_all(asked, values, answers)
            _walk_row(starts, nodes, answers, table, slots, bits, sums)
        else:
            for t in range(starts.size - 1):
                _walk_tree(starts[t], starts[t + 1], nodes, asked, table, slots, values, size, bits, sums)
        for r in range(size):
            raw[begin + r] = sums[features, r]
            for feature in range(features):
                parts[begin + r, feature] = sums[feature, r]


_walk_rows = compiled(_walk)
