"""Thousands of histories in which everything goes wrong, each from a seed; the books are right after every one."""

import os

import pytest

from tests.factories.simulation import Simulation

SCHEDULES = int(os.environ.get("BUREAU_SCHEDULES", "2000"))
"""`make bench` runs 10,000."""
AT_ONCE = 100


@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_ONCE))
def test_whatever_goes_wrong_each_request_is_in_the_books_once(first: int) -> None:
    for seed in range(first, min(first + AT_ONCE, SCHEDULES)):
        try:
            Simulation(seed).run()
        except BaseException as problem:
            raise AssertionError(f"schedule {seed} failed; it is replayed with Simulation({seed}).run()") from problem


def test_a_seed_gives_the_same_history() -> None:
    assert [Simulation(seed).run().history for seed in range(5)] == [
        Simulation(seed).run().history for seed in range(5)
    ]


def test_the_schedules_do_what_they_are_for() -> None:
    """Every fault occurs, servers die, and most requests are answered in the end."""
    outcomes = [Simulation(seed).run() for seed in range(60)]
    faults = {entry.split()[1] for outcome in outcomes for entry in outcome.history}
    assert faults == {"well", "before", "after", "torn", "refused", "slow"}
    assert sum(outcome.crashes for outcome in outcomes) > 60
    assert sum(outcome.answered for outcome in outcomes) > 60 * 3
