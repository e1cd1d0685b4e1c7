"""The tables of terms: dated, in order, each doubt with its question."""

from datetime import date

import pytest
from pydantic import ValidationError

from bureau.errors import UnknownName
from features.law.terms import Regime, TermTable, find_table, term_tables

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
