"""Groups: a difference in risk is no unfairness, being told riskier than one turns out is."""

import numpy as np
import polars as pl
import pytest

from models.fairness.groups import DISTRICT, SIZE, UNKNOWN, GroupLine, Judged, group_lines, overstated, with_groupings

ROWS = 4000


def lines(planted: float, seed: int = 1) -> list[GroupLine]:
    """By district; the third district's odds are told `planted` log-odds too high, of some it is not known."""
    random = np.random.default_rng(seed)
    district = random.choice(["440303", "440304", "440305", ""], ROWS)
    log_odds = random.normal(-2, 0.8, ROWS) + np.where(district == "440304", 0.8, 0.0)
    target = (random.random(ROWS) < 1 / (1 + np.exp(-log_odds))).astype(float)
    pd = 1 / (1 + np.exp(-(log_odds + planted * (district == "440305"))))
    judged = Judged(pd, pd < 0.08, target, np.ones(ROWS), np.arange(ROWS))
    return sorted(group_lines(judged, DISTRICT, pl.Series(district).replace("", None)), key=lambda line: line.group)


def test_a_riskier_group_is_approved_less_and_not_accused() -> None:
    found = lines(0.0)
    assert [line.group for line in found] == ["440303", "440304", "440305"]
    calm, risky = ([share.value for share in (line.approved, line.refused_good) if share] for line in found[:2])
    assert len(calm) == len(risky) == 2
    assert risky[0] < 0.6 * calm[0]
    assert risky[1] > calm[1]
    assert overstated(found, 0.5, 5) == []


def test_a_group_charged_for_risks_it_has_not_is_named() -> None:
    found = lines(1.6)
    assert [line.group for line in overstated(found, 0.7, 5)] == ["440305"]
    assert overstated(found, 0.7, 1e6) == []


def test_what_all_are_told_too_high_is_no_groups_wrong() -> None:
    judged = Judged(
        np.full(900, 0.4), np.zeros(900, bool), np.resize([1.0, 0, 0, 0], 900), np.ones(900), np.arange(900)
    )
    found = group_lines(judged, SIZE, pl.Series(np.resize(["a", "b", "c"], 900)))
    assert all(line.against_all.contains(1.0) for line in found)


def test_a_group_in_which_everybody_defaulted_has_no_payers() -> None:
    judged = Judged(np.full(4, 0.5), np.zeros(4, bool), np.ones(4), np.ones(4), np.arange(4))
    (line,) = group_lines(judged, SIZE, pl.Series(["微"] * 4))
    assert line.refused_good is None
    assert line.against_all.value == pytest.approx(1.0)


def test_of_nobody_there_is_no_line() -> None:
    none = np.zeros(0)
    assert (
        group_lines(Judged(none, none.astype(bool), none, none, none.astype(int)), SIZE, pl.Series([], dtype=pl.String))
        == []
    )


def test_what_is_not_known_stays_a_group_of_its_own() -> None:
    features = {"insured_staff": [0.0, 12.0, None], "registration_district": ["440303", None, "440305"]}
    named = with_groupings(pl.DataFrame(features))
    assert named[SIZE].to_list() == ["0 insured", "10-99 insured", UNKNOWN]
    assert named[DISTRICT].to_list() == ["440303", UNKNOWN, "440305"]
