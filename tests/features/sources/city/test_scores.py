"""A plain score finds what is there, and nothing where there is nothing."""

import numpy as np

from features.sources.city.scores import curved, fitted_scores
from features.sources.city.separation import separation

ROWS = 3_000


def drawn() -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(5)
    columns = chance.standard_normal((ROWS, 4))
    columns[::7, 1] = np.nan
    return columns, chance.random(ROWS)


def test_what_two_columns_say_together_is_found() -> None:
    columns, luck = drawn()
    bad = luck < 1 / (1 + np.exp(3 - columns[:, 0] - np.abs(columns[:, 2])))
    assert separation(fitted_scores(columns, bad, 1), bad, np.arange(ROWS)).auc > 0.7


def test_nothing_is_found_in_noise() -> None:
    columns, luck = drawn()
    found = separation(fitted_scores(columns, luck < 0.1, 1), luck < 0.1, np.arange(ROWS))
    assert abs(found.auc - 0.5) < 4 * found.error


def test_equal_values_have_one_rank_whatever_their_order() -> None:
    ranks = curved(np.array([[7.0], [3.0], [7.0], [np.nan], [9.0]]))[:, 1]
    assert ranks.tolist() == [0.0, -0.5, 0.0, 0.0, 0.5]
