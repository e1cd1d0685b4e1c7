"""A loan product's conditions, at their boundaries."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.matchmaking.conditions import ConditionMet, at_least, at_most, check_conditions, within
from products.matchmaking.profile import Profile
from products.matchmaking.terms import Bound, LoanProductTerms, Need, Range

FIRM = Profile(score=640, grade="B", months_in_operation=30, arrears_fen=0, section="F", division="440305400")


def terms(**conditions: Any) -> LoanProductTerms:
    """A loan product of 100,000 to 1,000,000 yuan for 6 to 24 months on credit."""
    written = {
        "name": "税易贷",
        "institution": "前海银行",
        "amount_fen": {"least": 10_000_000, "most": 100_000_000, "near": 5_000_000},
        "term_months": {"least": 6, "most": 24, "near": 12},
        "rate_bps": 420,
        "secured": ["credit"],
    }
    return LoanProductTerms.model_validate(written | conditions)


def need(**wishes: Any) -> Need:
    written = {"subject": "E1", "amount_fen": 50_000_000, "term_months": 12}
    return Need.model_validate(written | wishes)


def met(name: str, offer: LoanProductTerms, wish: Need | None = None, firm: Profile = FIRM) -> ConditionMet:
    return next(c for c in check_conditions(offer, wish or need(), firm) if c.condition == name)


@pytest.mark.parametrize(
    ("amount_fen", "status", "missed_by"),
    [
        pytest.param(10_000_000, "pass", None, id="exactly the least"),
        pytest.param(100_000_000, "pass", None, id="exactly the most"),
        pytest.param(9_999_999, "near_miss", 1, id="one fen too little"),
        pytest.param(105_000_000, "near_miss", 5_000_000, id="the last near miss above"),
        pytest.param(105_000_001, "fail", 5_000_001, id="one fen beyond near"),
        pytest.param(4_999_999, "fail", 5_000_001, id="far below"),
    ],
)
def test_the_amount_lies_in_the_range(amount_fen: int, status: str, missed_by: int | None) -> None:
    found = met("amount_fen", terms(), need(amount_fen=amount_fen))
    assert (found.status, found.missed_by) == (status, missed_by)
    assert (found.value, found.threshold) == (amount_fen, (10_000_000, 100_000_000))


@pytest.mark.parametrize(
    ("grade", "status", "missed_by"),
    [
        pytest.param("A", "pass", None, id="better than asked"),
        pytest.param("B", "pass", None, id="the grade asked"),
        pytest.param("C", "near_miss", 1, id="one grade below"),
        pytest.param("D", "fail", 2, id="two grades below"),
        pytest.param(None, "fail", None, id="no grade"),
    ],
)
def test_the_grade_counts_in_steps(grade: str | None, status: str, missed_by: int | None) -> None:
    firm = dataclasses.replace(FIRM, grade=grade)
    found = met("min_grade", terms(min_grade={"value": "B", "near": 1}), firm=firm)
    assert (found.status, found.missed_by) == (status, missed_by)


@pytest.mark.parametrize(
    ("conditions", "name", "status"),
    [
        pytest.param({"min_score": 640}, "min_score", "pass", id="the score asked"),
        pytest.param({"min_score": 641}, "min_score", "fail", id="a point short, no near miss declared"),
        pytest.param({"min_score": {"value": 650, "near": 10}}, "min_score", "near_miss", id="ten points short"),
        pytest.param({"min_months_in_operation": 30}, "min_months_in_operation", "pass", id="old enough"),
        pytest.param({"min_months_in_operation": {"value": 36, "near": 5}}, "min_months_in_operation", "fail",
                     id="six months too young, five are near"),
        pytest.param({"max_arrears_fen": 0}, "max_arrears_fen", "pass", id="no arrears allowed, none owed"),
        pytest.param({"sections": ["C", "F"]}, "sections", "pass", id="trade is welcome"),
        pytest.param({"sections": ["C"]}, "sections", "fail", id="manufacture only"),
        pytest.param({"regions": ["4403"]}, "regions", "pass", id="the city of the firm"),
        pytest.param({"regions": ["440305"]}, "regions", "pass", id="the district of the firm"),
        pytest.param({"regions": ["4401", "440304"]}, "regions", "fail", id="other places only"),
        pytest.param({"secured": ["mortgage", "guarantee"]}, "secured", "fail", id="a security it cannot give"),
        pytest.param({"uses": ["equipment"]}, "use", "fail", id="a use it does not pay for"),
    ],
)  # fmt: skip
def test_each_condition(conditions: dict[str, Any], name: str, status: str) -> None:
    assert met(name, terms(**conditions)).status == status


def test_a_rate_is_a_condition_only_where_the_firm_names_one() -> None:
    assert met("rate_bps", terms(), need(max_rate_bps=420)).status == "pass"
    assert met("rate_bps", terms(), need(max_rate_bps=419)).status == "fail"
    assert "rate_bps" not in {c.condition for c in check_conditions(terms(), need(), FIRM)}


def test_a_firm_without_a_value_fails_and_is_told_why() -> None:
    unknown = Profile(None, None, None, None, None, None)
    offer = terms(
        min_grade="D", min_score=300, min_months_in_operation=1, max_arrears_fen=10**9, sections=["F"], regions=["44"]
    )
    firm_side = check_conditions(offer, need(), unknown)[3:]
    assert [c.status for c in firm_side] == ["fail"] * 6
    assert all("无数据" in c.text and "not known" in c.text_en for c in firm_side)


def test_the_sentence_says_value_threshold_and_gap() -> None:
    found = met("min_months_in_operation", terms(min_months_in_operation={"value": 36, "near": 6}))
    assert found.text == "成立时间30个月,要求不低于36个月,差6个月"
    assert found.text_en == "Time in operation 30 months, required at least 36 months, off by 6 months"
    assert met("amount_fen", terms()).text == "申请金额50万元,要求介于10万元至100万元"


@given(st.integers(0, 900), st.integers(0, 900), st.integers(0, 900))
def test_at_least_and_at_most_are_mirror_images(value: int, threshold: int, near: int) -> None:
    bound = Bound(value=threshold, near=near)
    below, above = at_least("min_score", value, bound), at_most("max_arrears_fen", value, bound)
    assert (below.status == "pass") == (value >= threshold)
    assert (above.status == "pass") == (value <= threshold)
    assert (below.status == "near_miss") == (0 < threshold - value <= near)
    assert (above.status == "near_miss") == (0 < value - threshold <= near)


@given(st.integers(0, 900), st.integers(0, 900), st.integers(0, 900), st.integers(0, 100))
def test_a_range_is_both_ends(value: int, one: int, other: int, near: int) -> None:
    span = Range(least=min(one, other), most=max(one, other), near=near)
    statuses = {at_least("min_score", value, Bound(value=span.least, near=near)).status,
                at_most("min_score", value, Bound(value=span.most, near=near)).status}  # fmt: skip
    worst = max(statuses, key=("pass", "near_miss", "fail").index)
    assert within("term_months", value, span).status == worst
