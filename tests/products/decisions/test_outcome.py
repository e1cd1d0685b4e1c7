"""The strictest of rules, band and limit decides; sums are given only where something may be lent."""

from typing import Any

import pytest

from products.decisions.outcome import Outcome, conclude
from products.decisions.rules import Facts, answer_rules
from products.lending import Application
from tests.factories.policies import policy

POLICY = policy()
GOOD = {"tax_arrears_open": 0, "dishonest_listed": 0, "sales_amount_12p": 500_000_000}


def outcome(grade: str | None, application: Application | None = None, **changes: Any) -> Outcome:
    facts = Facts(GOOD | changes, {})
    asked = application or Application(amount_fen=50_000_000, term_months=12)
    return conclude(POLICY, answer_rules(POLICY.rules, facts), grade, asked, facts)


@pytest.mark.parametrize(
    ("grade", "changes", "decision", "grounds"),
    [
        pytest.param("A", {}, "approve", ["A"], id="good grade, no rule"),
        pytest.param("A", {"tax_arrears_open": 1}, "refer", ["ARREARS", "A"], id="a referral outweighs the band"),
        pytest.param("A", {"tax_arrears_open": 1, "dishonest_listed": 1}, "decline", ["LISTED", "ARREARS", "A"],
                     id="a decline outweighs a referral"),
        pytest.param("C", {}, "refer", ["C"], id="the band refers"),
        pytest.param("D", {}, "refer", ["D"], id="the band refers without terms"),
        pytest.param("E", {}, "decline", ["E"], id="the band declines"),
        pytest.param("E", {"tax_arrears_open": 1}, "decline", ["E", "ARREARS"], id="the band outweighs a referral"),
        pytest.param("A", {"dishonest_listed": None}, "refer", ["LISTED", "A"], id="no value: the declared outcome"),
        pytest.param("A", {"sales_amount_12p": 4_999_999}, "refer", [None, "A"], id="a limit too small to lend"),
        pytest.param("A", {"sales_amount_12p": None}, "refer", [None, "A"], id="nothing to make a limit from"),
        pytest.param(None, {}, "refer", [None], id="no record: a person must look"),
    ],
)  # fmt: skip
def test_the_strictest_ground_decides(
    grade: str | None, changes: dict[str, Any], decision: str, grounds: list[str | None]
) -> None:
    found = outcome(grade, **changes)
    assert found.decision == decision
    assert [ground.id for ground in found.grounds] == grounds


def test_an_approval_has_limit_rate_and_term() -> None:
    asked = Application(amount_fen=150_000_000, term_months=36, secured="mortgage")
    found = outcome("A", asked)
    assert found.limit is not None
    assert (found.limit.limit_fen, found.limit.bound_by) == (100_000_000, "share")
    assert (found.rate_bps, found.term_months) == (350, 24)


def test_a_shorter_term_than_the_longest_is_kept() -> None:
    assert outcome("A", Application(amount_fen=50_000_000, term_months=6)).term_months == 6


def test_a_referral_shows_what_the_policy_would_allow() -> None:
    found = outcome("A", tax_arrears_open=1)
    assert (found.rate_bps, found.term_months) == (400, 12)


@pytest.mark.parametrize(
    ("grade", "changes"),
    [
        pytest.param("E", {}, id="declined by the band"),
        pytest.param("A", {"dishonest_listed": 1}, id="declined by a rule"),
        pytest.param("D", {}, id="a band without terms"),
        pytest.param("A", {"sales_amount_12p": 4_999_999}, id="too small to lend"),
        pytest.param("A", {"sales_amount_12p": None}, id="nothing to make a limit from"),
        pytest.param(None, {}, id="no record"),
    ],
)
def test_nothing_to_lend_no_terms(grade: str | None, changes: dict[str, Any]) -> None:
    found = outcome(grade, **changes)
    assert (found.rate_bps, found.term_months) == (None, None)
    assert found.limit is None or found.decision != "decline"
