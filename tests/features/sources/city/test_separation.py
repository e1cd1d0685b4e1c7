"""The measure behind the checks: the AUC, its error, and what a leak looks like through it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from features.sources.city.separation import beyond_path, first_component_share, separation

LOANS = 6_000


def loans(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """probability, bad and firm of loans whose outcomes are drawn from their probability alone."""
    chance = np.random.default_rng(seed)
    probability = 1 / (1 + np.exp(4.0 - 1.5 * chance.standard_normal(LOANS)))
    return probability, chance.random(LOANS) < probability, np.arange(LOANS)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=60))
def test_the_auc_is_the_one_everybody_computes(rows: list[tuple[int, bool]]) -> None:
    values, bad = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows])
    if bad.all() or not bad.any():
        assert separation(values, bad, np.arange(len(rows))).auc == 0.5
    else:
        assert separation(values, bad, np.arange(len(rows))).auc == pytest.approx(roc_auc_score(bad, values))


def test_a_shadow_of_the_path_has_nothing_beyond_it() -> None:
    probability, bad, firm = loans()
    shadow = np.log(probability) + np.random.default_rng(2).standard_normal(LOANS)
    assert separation(shadow, bad, firm).auc > 0.65
    found = beyond_path(shadow, bad, probability, firm)
    assert abs(found.auc - 0.5) < 3 * found.error


def test_a_shadow_of_the_outcome_is_seen_beyond_the_path() -> None:
    probability, bad, firm = loans()
    leak = np.log(probability) + 1.0 * bad + np.random.default_rng(2).standard_normal(LOANS)
    found = beyond_path(leak, bad, probability, firm)
    assert found.auc > 0.5 + 0.02 + 3 * found.error


def test_loans_of_one_firm_count_as_one_observation() -> None:
    bad = loans()[1]
    values = np.random.default_rng(2).standard_normal(LOANS // 4)
    alone = separation(np.repeat(values, 4), np.repeat(bad[: LOANS // 4], 4), np.arange(LOANS))
    together = separation(np.repeat(values, 4), np.repeat(bad[: LOANS // 4], 4), np.repeat(np.arange(LOANS // 4), 4))
    assert together.auc == alone.auc
    assert together.error == pytest.approx(2 * alone.error)


def test_missing_values_stand_in_the_middle() -> None:
    values, bad = np.array([1.0, np.nan, 3.0, 2.0]), np.array([True, True, False, False])
    assert separation(values, bad, np.arange(4)).auc == roc_auc_score(bad, [1.0, 2.0, 3.0, 2.0])


def test_columns_that_say_one_thing_have_one_direction() -> None:
    one = np.random.default_rng(1).standard_normal((500, 1))
    assert first_component_share(one @ np.ones((1, 4))) == pytest.approx(1.0)
    assert first_component_share(np.random.default_rng(1).standard_normal((500, 4))) < 0.35
