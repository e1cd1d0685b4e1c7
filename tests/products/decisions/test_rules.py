"""Rules against facts: fired, clear, missing, not received, and how far from firing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.decisions.policy import Rule
from products.decisions.rules import Facts, answer_rule, answer_rules


def rule(*when: dict[str, Any], missing: str = "refer", effect: str = "decline") -> Rule:
    written = {"id": "R", "when": when, "effect": effect, "missing": missing, "text": "条", "text_en": "rule"}
    return Rule.model_validate_json(json.dumps(written))


def facts(not_received: dict[str, tuple[str, ...]] | None = None, **values: Any) -> Facts:
    return Facts(values=values, not_received=not_received or {})


ARREARS = {"feature": "tax_arrears_open", "op": ">", "value": 1000}
CASES = {"feature": "defendant_cases_24m", "op": ">=", "value": 3}


def test_a_rule_that_fires_has_its_effect_and_no_distance() -> None:
    answer = answer_rule(rule(ARREARS), facts(tax_arrears_open=1001))
    assert (answer.fired, answer.state, answer.effect, answer.missed_by) == (True, "fired", "decline", None)


@pytest.mark.parametrize(
    ("arrears", "missed_by"),
    [pytest.param(0, 1000, id="nothing owed"), pytest.param(1000, 0, id="on the line")],
)
def test_a_clear_rule_says_how_far_it_was(arrears: int, missed_by: int) -> None:
    answer = answer_rule(rule(ARREARS), facts(tax_arrears_open=arrears))
    assert (answer.fired, answer.state, answer.effect, answer.missed_by) == (False, "clear", None, missed_by)


@pytest.mark.parametrize(
    ("missing", "effect"),
    [
        pytest.param("refer", "refer", id="a person must look"),
        pytest.param("decline", "decline", id="no value, no loan"),
        pytest.param("pass", None, id="nothing is held against the firm"),
    ],
)
def test_a_firm_without_a_value_has_the_outcome_the_policy_declares(missing: str, effect: str | None) -> None:
    answer = answer_rule(rule(ARREARS, missing=missing), facts(tax_arrears_open=None))
    assert (answer.fired, answer.state, answer.effect) == (False, "missing", effect)
    assert answer.text == "无此项数据,无法判断:条"


def test_a_feed_never_received_skips_the_rule_and_says_so() -> None:
    answer = answer_rule(rule(ARREARS), facts({"tax_arrears_open": ("F18",)}, tax_arrears_open=0))
    assert (answer.fired, answer.state, answer.effect, answer.missed_by) == (False, "not_received", None, None)
    assert "未接入F18" in answer.text
    assert answer.compared[0].value is None


@pytest.mark.parametrize(
    ("values", "state", "missed_by"),
    [
        pytest.param((2000, 3), "fired", None, id="both hold"),
        pytest.param((2000, 1), "clear", 2, id="the second does not hold"),
        pytest.param((0, 1), "clear", 1000, id="the first that does not hold says how far"),
        pytest.param((None, 1), "clear", 2, id="one known not to hold settles it"),
        pytest.param((None, 3), "missing", None, id="the unknown one would decide"),
    ],
)
def test_all_comparisons_must_hold(values: tuple[int | None, int | None], state: str, missed_by: int | None) -> None:
    arrears, cases = values
    answer = answer_rule(rule(ARREARS, CASES), facts(tax_arrears_open=arrears, defendant_cases_24m=cases))
    assert (answer.state, answer.missed_by) == (state, missed_by)


def test_a_missing_value_outweighs_a_feed_not_received() -> None:
    absent = {"defendant_cases_24m": ("F26",)}
    assert answer_rule(rule(ARREARS, CASES), facts(absent, tax_arrears_open=None)).state == "missing"
    assert answer_rule(rule(ARREARS, CASES), facts(absent, tax_arrears_open=2000)).state == "not_received"


def test_every_rule_answers_whatever_fired_before_it() -> None:
    answers = answer_rules((rule(ARREARS), rule(CASES)), facts(tax_arrears_open=2000, defendant_cases_24m=0))
    assert [answer.state for answer in answers] == ["fired", "clear"]


known = st.none() | st.integers(0, 5000)


@given(known, known, st.booleans())
def test_a_rule_fires_only_on_what_is_known(arrears: int | None, cases: int | None, received: bool) -> None:
    absent = {} if received else {"tax_arrears_open": ("F18",)}
    answer = answer_rule(rule(ARREARS, CASES), facts(absent, tax_arrears_open=arrears, defendant_cases_24m=cases))
    assert answer.fired == (received and arrears is not None and arrears > 1000 and cases is not None and cases >= 3)
    assert answer.fired == (answer.effect == "decline")
