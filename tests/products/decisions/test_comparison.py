"""One comparison: whether it holds, and how far a value is from making it hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from products.decisions.comparison import Comparison


def comparison(**written: Any) -> Comparison:
    return Comparison.model_validate_json(json.dumps(written))


@pytest.mark.parametrize(
    ("op", "value", "holds", "missed_by"),
    [
        pytest.param(">=", 3, True, None, id="at least three: three"),
        pytest.param(">=", 2, False, 1, id="at least three: two misses by one"),
        pytest.param(">", 3, False, 0, id="more than three: three is on the line"),
        pytest.param("<=", 3, True, None, id="at most three: three"),
        pytest.param("<=", 4.5, False, 1.5, id="at most three: one and a half above"),
        pytest.param("<", 3, False, 0, id="less than three: three is on the line"),
        pytest.param("==", 3, True, None, id="equal"),
        pytest.param("==", 1, False, 2, id="not equal"),
    ],
)
def test_numbers(op: str, value: float, holds: bool, missed_by: float | None) -> None:
    rule = comparison(feature="tax_arrears_count_24m", op=op, value=3)
    assert (rule.holds(value), rule.missed_by(value)) == (holds, missed_by)


@pytest.mark.parametrize(
    ("grade", "holds", "missed_by"),
    [
        pytest.param("D", True, None, id="one of them"),
        pytest.param("C", False, 1, id="one step better"),
        pytest.param("A", False, 3, id="three steps better"),
    ],
)
def test_grades_count_in_steps(grade: str, holds: bool, missed_by: int | None) -> None:
    rule = comparison(input="grade", op="in", value=["D", "E"])
    assert (rule.holds(grade), rule.missed_by(grade)) == (holds, missed_by)


def test_other_words_hold_or_not_and_have_no_distance() -> None:
    rule = comparison(input="secured", op="==", value="credit")
    assert rule.holds("credit")
    assert not rule.holds("mortgage")
    assert rule.missed_by("mortgage") is None


def test_a_division_leaves_no_noise_in_the_distance() -> None:
    assert comparison(feature="sales_void_share_12p", op=">=", value=0.3).missed_by(0.1) == 0.2


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"op": ">=", "value": 1}, id="about nothing"),
        pytest.param({"feature": "a", "input": "score", "op": ">=", "value": 1}, id="about two things"),
        pytest.param({"feature": "a", "op": "=>", "value": 1}, id="an unknown operator"),
        pytest.param({"feature": "a", "op": ">="}, id="against nothing"),
        pytest.param({"input": "mood", "op": ">=", "value": 1}, id="an unknown input"),
        pytest.param({"input": "grade", "op": ">=", "value": 1}, id="a grade against a number"),
        pytest.param({"input": "grade", "op": "in", "value": ["D", "F"]}, id="a grade that does not exist"),
        pytest.param({"input": "score", "op": "in", "value": ["600"]}, id="a number among words"),
        pytest.param({"input": "amount_fen", "op": ">", "value": "much"}, id="an amount against a word"),
    ],
)
def test_what_cannot_be_compared(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        comparison(**written)


numbers = st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6)


@given(st.sampled_from([">=", ">", "<=", "<", "=="]), numbers, numbers)
def test_a_comparison_holds_or_says_how_far_it_is(op: str, threshold: float, value: float) -> None:
    rule = comparison(feature="a", op=op, value=threshold)
    missed = rule.missed_by(value)
    assert (missed is None) == rule.holds(value)
    assert missed is None or missed >= 0
