"""Reasons: gathered by code, strongest first, never with zero points, never saying what the value belies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reasons import ReasonCodes, ScoredReason
from models.wording import Words, say_value, say_value_en
from tests.factories.portfolio import WORDS

VALUES = {
    "sales_fen": 123_456_700.0,
    "sales_change": -0.1234,
    "gap_days": 40.0,
    "arrears_count": 2.0,
    "invoice_size_fen": 99_900.0,
    "tax_grade": "D",
}


CODES = ReasonCodes(WORDS)


def told(points: list[float]) -> tuple[ScoredReason, ...]:
    (reasons,) = CODES.reasons(np.array([points], float), [VALUES])
    return reasons


@given(st.lists(st.floats(-200, 200), min_size=6, max_size=6))
def test_points_are_told_by_code_and_never_lost(points: list[float]) -> None:
    reasons = told(points)
    totals = {"SALES": points[0] + points[1], "RHYTHM": points[2], "ARREARS": points[3], "SIZE": points[4]}
    totals["GRADE"] = points[5]
    for reason in reasons:
        assert reason.points == round(totals[reason.code]) != 0
        assert (reason.points < 0) == (reason.direction == "adverse")
        assert reason.features
    adverse = [reason.points for reason in reasons if reason.direction == "adverse"]
    favourable = [reason.points for reason in reasons if reason.direction == "favourable"]
    assert len(adverse) <= 4
    assert len(favourable) <= 2
    assert [r.direction for r in reasons] == ["adverse"] * len(adverse) + ["favourable"] * len(favourable)
    untold = [round(totals[code]) for code in totals if code not in {reason.code for reason in reasons}]
    assert all(max(adverse) <= points for points in untold if len(adverse) == 4 and points < 0)
    assert all(min(favourable) >= points for points in untold if len(favourable) == 2 and points > 0)


def test_features_of_one_code_make_one_reason_in_the_words_of_the_strongest() -> None:
    (reason,) = told([-30, -5, 0, 0, 0, 0])
    assert (reason.code, reason.points, reason.text) == ("SALES", -35, "销售额仅123.5万元")
    assert [feature.name for feature in reason.features] == ["sales_fen", "sales_change"]


def test_a_feature_that_pulls_the_other_way_is_not_behind_the_reason() -> None:
    (reason,) = told([-30, 12, 0, 0, 0, 0])
    assert reason.points == -18
    assert [feature.name for feature in reason.features] == ["sales_fen"]


def test_equal_points_are_told_in_the_order_of_their_codes() -> None:
    reasons = told([0, 0, -10, -10, -10, -10])
    assert [reason.code for reason in reasons] == ["ARREARS", "GRADE", "RHYTHM", "SIZE"]


def test_a_reason_that_rounds_to_zero_is_not_told() -> None:
    assert told([0.3, -0.4, 0.5, 0, 0, -0.49]) == ()


@pytest.mark.parametrize(
    ("value", "adverse", "text"),
    [
        pytest.param(0.0, False, "无欠税", id="none, and said so"),
        pytest.param(2.0, True, "欠税2次", id="some, with the number"),
        pytest.param(1.0, False, "欠税次数:1", id="fewer than most is not none"),
        pytest.param(None, True, "欠税次数:暂无数据", id="no data is not zero"),
    ],
)
def test_a_sentence_never_says_what_the_value_belies(value: float | None, adverse: bool, text: str) -> None:
    arrears = next(words for words in WORDS if words.name == "arrears_count")
    assert arrears.sentences(value, adverse=adverse)[0] == text


def test_a_sentence_of_presence_stands_for_a_favourable_feature_too() -> None:
    honoured = Words("a", "A级", "Grade A", "", -1, "A", "非A级纳税人", "A级纳税人", "not grade A", "grade A")
    assert honoured.sentences(1.0, adverse=False) == ("A级纳税人", "grade A")
    assert honoured.sentences(0.0, adverse=True) == ("非A级纳税人", "not grade A")
    assert honoured.sentences(1.0, adverse=True) == ("A级:1", "Grade A: 1")


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [
        pytest.param(12_345_678_900.0, "fen", "1.23亿元", "CNY 123,456,789", id="hundreds of millions"),
        pytest.param(-123_456_700.0, "fen", "-123.5万元", "CNY -1,234,567", id="money below zero"),
        pytest.param(99_900.0, "fen", "999元", "CNY 999", id="small money"),
        pytest.param(0.1234, "share", "12.3%", "12.3%", id="share"),
        pytest.param(2550.0, "bp", "25.5%", "25.5%", id="basis points"),
        pytest.param(0.05, "change", "+5.0%", "+5.0%", id="change with its sign"),
        pytest.param(-0.0001, "change", "0.0%", "0.0%", id="no change has no sign"),
        pytest.param(3.0, "days", "3", "3", id="whole number"),
        pytest.param(1234.5, "kWh", "1,234.5", "1,234.5", id="decimals only where they are"),
        pytest.param("存续", "", "存续", "存续", id="category"),
    ],
)
def test_values_are_said_in_their_unit(value: float | str, unit: str, chinese: str, english: str) -> None:
    assert (say_value(value, unit), say_value_en(value, unit)) == (chinese, english)
