"""Exact parts of boosted trees: LightGBM's own and the shap package's, on random models of every kind of split."""

import itertools
import math
from dataclasses import dataclass, replace
from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.trees.forest import BITS, DEEPEST, read_forest
from models.trees.parts import BLOCK, TreeParts, take_apart

COUNT, CATEGORICAL = 10, (0, 1, 2)
"""Columns, and those of them that may be categories: of many kinds, of few, of two."""


@dataclass(frozen=True)
class Kind:
    """A kind of model: how missing values and categories are taken, and how its trees are grown."""

    missing: bool = True
    zero_as_missing: bool = False
    use_missing: bool = True
    categories: bool = True
    depth: int = DEEPEST
    leaves: int = 40
    seed: int = 0

    def rows(self, count: int, seed: int) -> np.ndarray:
        """Values with many zeros, repeated ones and, where the kind has them, missing ones."""
        random = np.random.default_rng(seed)
        rows = random.normal(size=(count, COUNT))
        rows[:, 0], rows[:, 1] = random.integers(0, 70, count), random.integers(0, 5, count)
        rows[:, 2], rows[:, 3] = random.integers(0, 2, count), random.integers(0, 3, count)
        rows[random.random(rows.shape) < 0.2] = 0.0
        if self.missing:
            rows[random.random(rows.shape) < 0.2] = np.nan
        return rows

    def fit(self, trees: int = 12) -> lightgbm.Booster:
        rows = self.rows(1_200, self.seed)
        known = np.nan_to_num(rows)
        likely = known[:, 4:8].sum(axis=1) + (known[:, 0] % 3) - known[:, 1] * known[:, 2]
        target = likely + np.random.default_rng(self.seed).normal(size=len(rows)) > np.median(likely)
        parameters: dict[str, Any] = {
            "objective": "binary", "max_depth": self.depth, "num_leaves": self.leaves, "min_data_in_leaf": 3,
            "zero_as_missing": self.zero_as_missing, "use_missing": self.use_missing, "max_cat_to_onehot": 3,
            "cat_smooth": 1, "min_data_per_group": 3, "num_threads": 1, "verbosity": -1, "deterministic": True,
        }  # fmt: skip
        data = lightgbm.Dataset(rows, target, categorical_feature=list(CATEGORICAL) if self.categories else [])
        return lightgbm.train(parameters, data, trees)


KINDS = [
    pytest.param(Kind(), id="missing and categories"),
    pytest.param(Kind(missing=False, categories=False), id="numbers alone"),
    pytest.param(Kind(categories=False), id="missing values"),
    pytest.param(Kind(zero_as_missing=True), id="zero as missing"),
    pytest.param(Kind(use_missing=False), id="missing as zero"),
    pytest.param(Kind(depth=1, leaves=2), id="stumps"),
    pytest.param(Kind(depth=3, leaves=8), id="whole trees in one table"),
    pytest.param(Kind(leaves=64), id="as deep and wide as may be"),
]


def strange_rows(kind: Kind, count: int) -> np.ndarray:
    """Rows with values that training never saw, on the edges of what counts as zero, and impossible categories."""
    rows, random = kind.rows(count, 99), np.random.default_rng(7)
    zeros, far = [0.0, -0.0, 1e-35, -1e-35, 1.1e-35, 1e-36], [1e9, -1e9, 1e300, -np.inf, np.inf]
    odd = np.array([*zeros, *far, np.nan, 0.5, -0.5, 2.5, -1, 1e6])
    chosen = random.random(rows.shape) < 0.2
    return np.where(chosen, random.choice(odd, rows.shape), rows)


def assert_parts_of(booster: lightgbm.Booster, parts: TreeParts, rows: np.ndarray) -> None:
    raw, found = parts.of(rows)
    assert np.array_equal(raw, np.asarray(booster.predict(rows, raw_score=True)))
    assert found == pytest.approx(np.asarray(booster.predict(rows, pred_contrib=True)), abs=1e-9)
    assert found.sum(axis=1) == pytest.approx(raw, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_parts_are_lightgbms_own_whatever_the_splits(kind: Kind) -> None:
    booster = kind.fit()
    assert_parts_of(booster, take_apart(booster), strange_rows(kind, 2 * BLOCK + 3))


def random_kinds(of: type[Kind]) -> st.SearchStrategy[Kind]:
    return st.builds(
        of,
        missing=st.booleans(),
        zero_as_missing=st.booleans(),
        use_missing=st.booleans(),
        categories=st.booleans(),
        depth=st.integers(1, DEEPEST),
        leaves=st.integers(2, 64),
        seed=st.integers(0, 10_000),
    )


@given(kind=random_kinds(Kind))
@settings(max_examples=25, deadline=None)
def test_parts_of_random_models_are_lightgbms_own(kind: Kind) -> None:
    booster = kind.fit(trees=4)
    assert_parts_of(booster, take_apart(booster), strange_rows(kind, 20))


@dataclass(frozen=True)
class ReadByShap(Kind):
    """Categories from 1 to 24, which is all that shap reads exactly: it keeps a set of them as a number with a bit for
    each, the first for category 1, and reads that number as a float of 24 bits. 0 has no bit, and larger ones round."""

    def rows(self, count: int, seed: int) -> np.ndarray:
        rows = super().rows(count, seed)
        if self.categories:
            rows[:, CATEGORICAL] = rows[:, CATEGORICAL] % 24 + 1
        return rows


@pytest.mark.parametrize("kind", KINDS)
def test_parts_are_those_of_the_shap_package(kind: Kind) -> None:
    kind = ReadByShap(**vars(kind))
    assert_parts_of_shap(kind.fit(), kind.rows(30, 5))


@given(kind=random_kinds(ReadByShap), rows=st.integers(10_001, 20_000))
@settings(max_examples=25, deadline=None)
def test_parts_of_random_models_are_those_of_the_shap_package(kind: Kind, rows: int) -> None:
    assert_parts_of_shap(kind.fit(trees=4), kind.rows(20, rows))


def assert_parts_of_shap(booster: lightgbm.Booster, rows: np.ndarray) -> None:
    """By the package's own code: left alone, it hands a LightGBM model back to LightGBM.

    That code knows one kind of missing, not a number, which goes the default way. So what a column of the model takes
    as missing is made that for it, and what it takes as zero is made zero.
    """
    import shap

    explainer = shap.TreeExplainer(booster)
    explainer.model.model_type = "internal"
    told = explainer.shap_values(as_shap_reads(booster, rows), check_additivity=False)
    _, parts = take_apart(booster).of(rows)
    assert parts[:, :-1] == pytest.approx(told, abs=1e-9)
    assert parts[:, -1] == pytest.approx(np.repeat(explainer.expected_value, len(rows)), abs=1e-9)


def as_shap_reads(booster: lightgbm.Booster, rows: np.ndarray) -> np.ndarray:
    read, waiting = rows.copy(), [info["tree_structure"] for info in booster.dump_model()["tree_info"]]
    while waiting:
        node = waiting.pop()
        if "split_feature" not in node:
            continue
        waiting += [node["left_child"], node["right_child"]]
        column = read[:, node["split_feature"]]
        if node["decision_type"] == "<=" and node["missing_type"] == "Zero":
            column[np.abs(column) <= 1e-35] = np.nan
        elif node["decision_type"] == "<=" and node["missing_type"] == "None":
            column[np.isnan(column)] = 0.0
    return read


@pytest.mark.parametrize("kind", [param for param in KINDS if param.id != "as deep and wide as may be"])
def test_parts_are_shapley_values_by_their_definition(kind: Kind) -> None:
    booster = replace(kind, depth=min(kind.depth, 3), leaves=min(kind.leaves, 8)).fit(trees=3)
    rows = strange_rows(kind, 8)
    _, parts = take_apart(booster).of(rows)
    expected = np.array([shapley(booster, row) for row in rows])
    assert parts == pytest.approx(expected, abs=1e-9)


def shapley(booster: lightgbm.Booster, row: np.ndarray) -> np.ndarray:
    """The parts of a row's score and the base, as Lundberg et al. 2018 define them, over every set of features."""
    total = np.zeros(COUNT + 1)
    for tree in (info["tree_structure"] for info in booster.dump_model()["tree_info"]):
        asked = sorted(features_of(tree))
        total[-1] += expectation(tree, row, frozenset())
        for feature in asked:
            others = [one for one in asked if one != feature]
            for size in range(len(others) + 1):
                weight = 1 / (len(asked) * math.comb(len(others), size))
                for known in map(frozenset, itertools.combinations(others, size)):
                    gain = expectation(tree, row, known | {feature}) - expectation(tree, row, known)
                    total[feature] += weight * gain
    return total


def features_of(node: dict[str, Any]) -> set[int]:
    if "leaf_value" in node:
        return set()
    return {node["split_feature"], *features_of(node["left_child"]), *features_of(node["right_child"])}


def expectation(node: dict[str, Any], row: np.ndarray, known: frozenset[int]) -> float:
    """A tree's value where only some features are known: at any other split both sides count by their rows."""
    if "leaf_value" in node:
        return float(node["leaf_value"])
    sides = node["left_child"], node["right_child"]
    if node["split_feature"] in known:
        return expectation(sides[0 if goes_left(node, float(row[node["split_feature"]])) else 1], row, known)
    counts = [side.get("internal_count", side.get("leaf_count")) for side in sides]
    told = sum(count * expectation(side, row, known) for count, side in zip(counts, sides, strict=True))
    return told / node["internal_count"]


def goes_left(node: dict[str, Any], value: float) -> bool:
    """Which way LightGBM's documentation sends a value."""
    if node["decision_type"] == "==":
        return not math.isnan(value) and 0 <= value < 2**31 and str(int(value)) in node["threshold"].split("||")
    if math.isnan(value) and node["missing_type"] != "NaN":
        value = 0.0
    if math.isnan(value) or (node["missing_type"] == "Zero" and abs(value) <= 1e-35):
        return bool(node["default_left"])
    return value <= node["threshold"]


def test_a_row_alone_and_among_others_has_the_same_bits() -> None:
    kind = Kind()
    parts, rows = take_apart(kind.fit()), strange_rows(kind, BLOCK + 9)
    raw, together = parts.of(rows)
    for place, row in enumerate(rows):
        alone_raw, alone = parts.of(row[None])
        assert (alone_raw[0], alone[0].tolist()) == (raw[place], together[place].tolist())


@pytest.mark.parametrize("rows", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1])
def test_any_number_of_rows(rows: int) -> None:
    kind = Kind()
    booster = kind.fit(trees=3)
    raw, parts = take_apart(booster).of(kind.rows(rows, 3))
    assert (raw.shape, parts.shape) == ((rows,), (rows, COUNT + 1))


def test_rows_that_lie_otherwise_in_memory_are_read_all_the_same() -> None:
    kind = Kind()
    parts, rows = take_apart(kind.fit(trees=3)), kind.rows(50, 3)
    assert np.array_equal(parts.of(np.asfortranarray(rows))[1], parts.of(rows)[1])
    assert np.array_equal(parts.of(rows[::2])[1], parts.of(rows)[1][::2])


def test_a_model_that_learnt_nothing_says_its_base() -> None:
    rows = np.zeros((100, COUNT))
    booster = lightgbm.train(
        {"objective": "binary", "verbosity": -1}, lightgbm.Dataset(rows, np.arange(100) % 4 == 0), 3
    )
    raw, parts = take_apart(booster).of(rows[:2])
    assert not parts[:, :-1].any()
    assert raw == pytest.approx(np.asarray(booster.predict(rows[:2], raw_score=True)), abs=1e-12)


def test_a_table_has_no_more_lines_than_it_may() -> None:
    forest = read_forest(Kind(leaves=64).fit())
    assert max(group.lines for group in forest.groups) == 2**BITS


def test_deeper_trees_are_refused() -> None:
    with pytest.raises(ValueError, match=f"{DEEPEST} deep at most"):
        take_apart(Kind(depth=12, leaves=200).fit())


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"objective": "multiclass", "num_class": 3}, id="several scores"),
        pytest.param({"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, id="mean"),
        pytest.param({"objective": "binary", "linear_tree": True}, id="lines in the leaves"),
    ],
)
def test_what_is_no_sum_of_plain_trees_is_refused(parameters: dict[str, Any]) -> None:
    rows = Kind(missing=False, categories=False).rows(300, 1)
    target = (rows[:, 4] > 0).astype(int) + (rows[:, 5] > 0 if "num_class" in parameters else 0)
    booster = lightgbm.train(parameters | {"verbosity": -1}, lightgbm.Dataset(rows, target), 3)
    with pytest.raises(ValueError, match="parts"):
        take_apart(booster)
