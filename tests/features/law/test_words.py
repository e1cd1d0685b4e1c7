"""The condition of use is told without the rules' own notation."""

import pytest

from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS, find_feed
from features.law.words import use_words


@pytest.mark.parametrize("contract", FEEDS, ids=lambda contract: contract.code)
def test_no_rule_is_told_in_its_own_notation(contract: Contract) -> None:
    for words in (use_words(contract), use_words(contract, "zh")):
        assert words
        assert ":" not in words


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        pytest.param("F18", "the day 60 months before use", "使用日前60个月之日", id="months"),
        pytest.param("F28", "the table dishonest_debtor reaches", "期限表 dishonest_debtor 的起始日", id="a table"),
        pytest.param(
            "F34", "the table penalty reaches back to for 严重", "期限表 penalty 中严重的起始日", id="a class"
        ),
        pytest.param("F47", "the day of the clock power_arrears_adverse", "时限 power_arrears_adverse", id="a clock"),
        pytest.param("F01", "always", "始终可用", id="no end"),
    ],
)
def test_each_kind_of_rule_has_its_words(code: str, english: str, chinese: str) -> None:
    assert english in use_words(find_feed(code))
    assert chinese in use_words(find_feed(code), "zh")
