"""A LightGBM model as nodes in arrays, every tree's after the other and a parent before its children.

A path asks some features, each in a slot of its own however often it asks. For a row the state of a path is one bit
for each slot: whether the row goes the path's way at all of that feature's questions. Where few questions are left
below a node, the node and all below it become a group: the state with a bit for each of those answers says all.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import lightgbm

DEEPEST = 6
"""How deep a tree may be: the depth limit is part of the serving contract."""
BITS = 7
"""Slots and answers that a group may have. Its table has 2 ** BITS lines, so that one tree's fit a core's cache."""
FEATURE, READING = range(2)
"""Facts of a column, a feature as some questions read it."""
KEPT, FILLED, EMPTIED = range(3)
"""Readings: as it is, missing as zero, zero as missing."""
COLUMN, MISSING_LEFT, SET, SET_BITS = range(4)
"""Facts of a question. MISSING_LEFT: 1 where a missing value goes left. SET, SET_BITS: which categories go left, a
bit for each; no bits where the question is a threshold."""
_INFINITE = 1e300
_READINGS = {"None": FILLED, "Zero": EMPTIED, "NaN": KEPT}
PARENT, SIDE, NEW, OWN, FIRST, ASKED, TABLE, PATH, WIDTH, SLOTS = range(10)
"""Facts of a node. SIDE: 1 where it is the left child. NEW, OWN: the bit of the slot that its parent asks, NEW only
where no node above asks the same feature. FIRST, ASKED: its questions. The rest is a group's, TABLE -1 elsewhere:
where its table begins, how many slots its path has, how many features a line tells, where those are listed."""


@dataclass(frozen=True)
class Way:
    """How a node is reached. features, shares: by slot, and the share of the training rows that went this way.

    answers: the groups' questions on the way, each as (question, left, slot).
    """

    features: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()
    answers: tuple[tuple[int, bool, int], ...] = ()

    def slot(self, feature: int) -> int:
        """Where a feature is asked, or would be."""
        return self.features.index(feature) if feature in self.features else len(self.features)

    def down(self, feature: int, share: float, answers: tuple[tuple[int, bool, int], ...] = ()) -> "Way":
        """One question further."""
        slot = self.slot(feature)
        if slot == len(self.features):
            return Way((*self.features, feature), (*self.shares, share), self.answers + answers)
        shares = (*self.shares[:slot], self.shares[slot] * share, *self.shares[slot + 1 :])
        return Way(self.features, shares, self.answers + answers)


@dataclass(frozen=True)
class Leaf:
    """A leaf of a group: its value, and the way to it from the root."""

    value: float
    way: Way


@dataclass(frozen=True)
class Group:
    """path: how many slots its node's path has. asked: how many questions follow. features: what a line tells of."""

    path: int
    asked: int
    features: tuple[int, ...]
    leaves: tuple[Leaf, ...]

    @property
    def lines(self) -> int:
        return 1 << (self.path + self.asked)


@dataclass
class Forest:
    """columns, nodes, questions: their facts. thresholds: by question. starts: each tree's first node, and the end.

    sets: words of 32 categories.
    """

    columns: dict[tuple[int, int], int] = field(default_factory=dict)
    nodes: list[tuple[int, ...]] = field(default_factory=list)
    questions: list[tuple[int, ...]] = field(default_factory=list)
    thresholds: list[float] = field(default_factory=list)
    sets: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    table_size: int = 0
    slots: int = 0


def read_forest(booster: lightgbm.Booster) -> Forest:
    """The nodes of a fitted model. Raises `ValueError` where it is too deep or no sum of trees with plain leaves."""
    dumped = booster.dump_model()
    if dumped["num_tree_per_iteration"] != 1 or dumped.get("average_output"):
        raise ValueError("Only a model that adds up one tree after the other has parts of one score.")
    forest = Forest()
    for tree in dumped["tree_info"]:
        forest.starts.append(len(forest.nodes))
        _enter(forest, tree["tree_structure"], Way(), (0, 0, 0, 0))
    forest.starts.append(len(forest.nodes))
    return forest


def _enter(forest: Forest, node: Mapping[str, Any], way: Way, reached: tuple[int, int, int, int]) -> None:
    """Enter a node and all below it. reached: from which node of its tree, on which side, NEW and OWN."""
    first, asked = len(forest.questions), _questions_below(node)
    if len(way.features) + asked <= BITS:
        group = _group(forest, node, way)
        width = len(group.features)
        forest.nodes.append((*reached, first, asked, forest.table_size, group.path, width, forest.slots))
        forest.groups.append(group)
        forest.table_size += group.lines * (width + 1)
        forest.slots += width
        return
    if len(way.features) >= DEEPEST:
        raise ValueError(f"Trees may be {DEEPEST} deep at most, and one path of this model asks more features.")
    own = 1 << way.slot(node["split_feature"])
    new = own if own == 1 << len(way.features) else 0
    number = len(forest.nodes) - forest.starts[-1]
    forest.nodes.append((*reached, first, 1, -1, 0, 0, 0))
    _ask(forest, node)
    for side, child in ((1, node["left_child"]), (0, node["right_child"])):
        share = _rows(child) / _rows(node)
        _enter(forest, child, way.down(node["split_feature"], share), (number, side, new, own))


def _questions_below(node: Mapping[str, Any]) -> int:
    if "split_feature" not in node:
        return 0
    return 1 + _questions_below(node["left_child"]) + _questions_below(node["right_child"])


def _rows(node: Mapping[str, Any]) -> int:
    return int(node["internal_count"] if "split_feature" in node else node["leaf_count"])


def _group(forest: Forest, root: Mapping[str, Any], way: Way) -> Group:
    """A node with all below it, its questions entered one after the other."""
    first, leaves, waiting = len(forest.questions), list[Leaf](), [(root, way)]
    while waiting:
        node, reached = waiting.pop()
        if "split_feature" not in node:
            leaves.append(_leaf(node, reached))
            continue
        feature, number = node["split_feature"], len(forest.questions) - first
        _ask(forest, node)
        for left, child in ((False, node["right_child"]), (True, node["left_child"])):
            answer = (number, left, reached.slot(feature))
            waiting.append((child, reached.down(feature, _rows(child) / _rows(node), (answer,))))
    told = dict.fromkeys(feature for leaf in leaves for feature in leaf.way.features)
    return Group(len(way.features), len(forest.questions) - first, tuple(told), tuple(leaves))


def _leaf(node: Mapping[str, Any], way: Way) -> Leaf:
    if "leaf_const" in node:
        raise ValueError("A leaf that is a line has no parts here: train without linear_tree.")
    return Leaf(float(node["leaf_value"]), way)


def _ask(forest: Forest, node: Mapping[str, Any]) -> None:
    """Enter a node's question."""
    is_set = node["decision_type"] == "=="
    reading = KEPT if is_set else _READINGS[node["missing_type"]]
    column = forest.columns.setdefault((node["split_feature"], reading), len(forest.columns))
    words = _words(node["threshold"]) if is_set else []
    forest.questions.append((column, int(node["default_left"] and not is_set), len(forest.sets), 32 * len(words)))
    forest.thresholds.append(0.0 if is_set else _number(node["threshold"]))
    forest.sets += words


def _number(written: float) -> float:
    """A threshold; LightGBM writes an infinite one, below which all lies that is known, as the largest it may."""
    return math.inf if written >= _INFINITE else float(written)


def _words(listed: str) -> list[int]:
    """Categories as bits."""
    members = [int(text) for text in listed.split("||")]
    words = [0] * (max(members) // 32 + 1)
    for member in members:
        words[member // 32] |= 1 << member % 32
    return words
