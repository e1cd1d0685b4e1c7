"""The tables of terms: dated, in order, each doubt with its question."""

from datetime import date

import pytest
from pydantic import ValidationError

from bureau.errors import UnknownName
from features.contracts.abnormal_listing import ABNORMAL_LISTING
from features.contracts.feeds import FEEDS
from features.law.terms import Regime, TermTable, find_table, term_tables
from features.law.usability import tables_of

REGIME = {
    "code": "X-1",
    "in_force_from": date(2020, 1, 1),
    "source": "某办法",
    "article": "第一条",
    "rule": "R00",
    "mark": "verified",
    "starts": "决定日期",
    "terms": [{"of": None, "minimum_months": 0, "maximum_months": 12}],
}


@pytest.mark.parametrize(
    ("used_on", "code"),
    [
        pytest.param("2015-01-01", "NDRC-2019-527", id="before the first"),
        pytest.param("2023-04-30", "NDRC-2019-527", id="its last day"),
        pytest.param("2023-05-01", "NDRC-58", id="the first day of the second"),
        pytest.param("2026-03-31", "NDRC-58", id="the last day of the second"),
        pytest.param("2026-04-01", "NDRC-36", id="the first day of the third"),
    ],
)
def test_the_regime_of_a_day(used_on: str, code: str) -> None:
    assert find_table("penalty").regime(date.fromisoformat(used_on)).code == code


@pytest.mark.parametrize("table", term_tables(), ids=lambda table: table.table)
def test_every_regime_is_sourced_and_every_doubt_asks(table: TermTable) -> None:
    for regime in table.regimes:
        assert regime.source
        assert regime.article
        assert regime.rule.startswith("R")
        assert regime.unclear or regime.mark == "verified"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"unclear": True}, id="unclear without a question"),
        pytest.param({"question": "?"}, id="a question without doubt"),
        pytest.param({"terms": [{"of": None, "minimum_months": -1, "maximum_months": 1}]}, id="a negative term"),
        pytest.param({"remark": "x"}, id="an unknown key"),
    ],
)
def test_a_wrong_regime_is_refused(wrong: dict[str, object]) -> None:
    Regime.model_validate(REGIME)
    with pytest.raises(ValidationError):
        Regime.model_validate(REGIME | wrong)


def test_regimes_out_of_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="order of their days"):
        TermTable.model_validate({"table": "x", "name": "x", "regimes": [REGIME, REGIME]})


def test_an_unknown_table_or_class_is_named() -> None:
    with pytest.raises(UnknownName, match="penalty"):
        find_table("penalties")
    with pytest.raises(UnknownName, match="一般"):
        find_table("penalty").over_since("普通", date(2025, 1, 1))


@pytest.mark.parametrize("table", term_tables(), ids=lambda table: table.table)
def test_every_table_decides_on_a_feed_or_is_said_to_be_information(table: TermTable) -> None:
    used = any(table.table in tables_of(contract) for contract in FEEDS)
    assert used != table.information_only


def test_every_contract_s_clock_starts_as_its_table_says() -> None:
    """The words of the table and the title of the contract's column name the same day."""
    listing = ABNORMAL_LISTING
    column = listing.schema.to_schema().columns[listing.use.since]
    assert {regime.starts for regime in find_table("abnormal_list").regimes} == {column.title}
