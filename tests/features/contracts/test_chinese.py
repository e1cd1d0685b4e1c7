"""Everything a contract says has its Chinese."""

import re

import polars as pl
import pytest

from features.contracts.chinese import in_chinese, type_words
from features.contracts.chinese_words import PHRASES
from features.contracts.contract import Contract
from features.contracts.feeds import DERIVED_FEEDS, FEEDS


def said(contract: Contract) -> list[str]:
    described = [column.description for column in contract.schema.to_schema().columns.values()]
    rules = [rule.text for rule in contract.quality_rules]
    return [contract.share_scope, contract.retention, *rules, *filter(None, described)]


@pytest.mark.parametrize("contract", [*FEEDS, *DERIVED_FEEDS], ids=lambda contract: contract.code)
def test_a_contract_is_told_wholly_in_chinese(contract: Contract) -> None:
    columns = set(contract.dtypes)
    for text in said(contract):
        words = set(re.findall(r"[A-Za-z_][A-Za-z_0-9]*", re.sub(r"'[^']*'|GB/T \d+", "", in_chinese(text))))
        assert {word for word in words - columns if len(word) > 1} == set(), text


def test_no_phrase_is_left_that_no_contract_says() -> None:
    assert set(PHRASES) == {text for contract in (*FEEDS, *DERIVED_FEEDS) for text in said(contract)} & set(PHRASES)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        pytest.param("until cleared, and 5 years", "清缴后5年", id="a number of years"),
        pytest.param("until its last day, and 1 year", "期满后1年", id="one year"),
        pytest.param("cleared_on must not precede struck_on", "cleared_on 不得早于 struck_on", id="two columns"),
        pytest.param("score must lie in 0, 100", "score 须在 0 至 100 之间", id="a range"),
        pytest.param("kind must be one of ('注销', '吊销')", "kind 须为 '注销', '吊销' 之一", id="a list"),
        pytest.param("In fen", "单位：分", id="an amount"),
        pytest.param("a sentence nobody has put into Chinese", "a sentence nobody has put into Chinese", id="unknown"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_phrases_and_forms(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese


@pytest.mark.parametrize(
    ("dtype", "words"),
    [(pl.String(), ("文本", "text")), (pl.Int32(), ("整数", "whole number")), (pl.Date(), ("日期", "day"))],
)
def test_types(dtype: pl.DataType, words: tuple[str, str]) -> None:
    assert type_words(dtype) == words
