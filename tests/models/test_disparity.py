"""Groups: a difference in risk is no unfairness, being told riskier than one turns out is."""

import numpy as np
import pytest

from models.disparity import disparities, overcharged

ROWS = 4000


def made(planted: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """PDs, outcomes and districts; the third district's odds are told `planted` log-odds too high."""
    random = np.random.default_rng(seed)
    district = random.choice(["440303", "440304", "440305", ""], ROWS)
    log_odds = random.normal(-2, 0.8, ROWS) + np.where(district == "440304", 0.8, 0.0)
    target = (random.random(ROWS) < 1 / (1 + np.exp(-log_odds))).astype(float)
    return 1 / (1 + np.exp(-(log_odds + planted * (district == "440305")))), target, district


def test_a_riskier_group_is_approved_less_and_not_accused() -> None:
    lines = disparities(*made(0.0)[:2], np.ones(ROWS), {"district": made(0.0)[2]}, 0.08, np.arange(ROWS))
    assert [line.group for line in lines] == ["440303", "440304", "440305"]
    assert lines[1].approved < 0.6 * lines[0].approved
    assert lines[1].refused_payers > lines[0].refused_payers
    assert overcharged(lines, 0.5, 5) == []


def test_a_group_charged_for_risks_it_has_not_is_named() -> None:
    pd, target, district = made(1.6)
    lines = disparities(pd, target, np.ones(ROWS), {"district": district}, 0.08, np.arange(ROWS))
    assert [line.group for line in overcharged(lines, 0.7, 5)] == ["440305"]
    assert overcharged(lines, 0.7, 1e6) == []


def test_without_divisions_there_is_nothing_to_compare() -> None:
    pd, target, _ = made(0.0)
    assert disparities(pd, target, np.ones(ROWS), {}, 0.08, np.arange(ROWS)) == []


def test_a_group_in_which_everybody_defaulted_has_no_payers() -> None:
    pd, target = np.full(4, 0.5), np.ones(4)
    (line,) = disparities(pd, target, np.ones(4), {"size": np.array(["微"] * 4)}, 0.08, np.arange(4))
    assert np.isnan(line.refused_payers)
    assert line.ratio.value == pytest.approx(1.0)
