"""The compiled rules judge as pandera does, over rows with every kind of damage, for every feed."""

import re
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest

from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS, find_feed
from features.lake.rules import broken_rules, compile_rules, validated
from tests.factories.feeds import VALID_ROWS
from tests.factories.lakes import ACME, frame_of
from tests.factories.market import annual_report

DAMAGE: dict[type[pl.DataType], list[Any]] = {
    pl.String: ["", "X", "9" * 16, "a" * 300, "存续", "91440300", "I", "D", "增值税", " "],
    pl.Int32: [-1, 0, 1, 9_999],
    pl.Int64: [-1, 0, 1, 2**62],
    pl.Float64: [-0.5, 0.0, 1.0, float("nan"), float("inf")],
    pl.Date: [date(1899, 12, 31), date(2025, 2, 28), date(2025, 3, 31), date(2099, 12, 31)],
    pl.Boolean: [True, False],
}


def damaged(contract: Contract, make: Callable[..., dict[str, Any]], chance: Random, rows: int = 60) -> pl.DataFrame:
    """Valid rows with up to three cells emptied or made odd."""
    made = []
    for number in range(rows):
        row = make(ACME) | {"record_id": f"r{number}"}
        for column in chance.sample(list(contract.dtypes), chance.randint(0, 3)):
            row[column] = chance.choice([None, *DAMAGE[contract.dtypes[column].base_type()]])
        made.append(row)
    return frame_of(contract, made).with_row_index("row")


@pytest.mark.parametrize("contract", FEEDS, ids=lambda contract: contract.code)
def test_both_judge_alike(contract: Contract) -> None:
    chance = Random(contract.code)
    rows = damaged(contract, VALID_ROWS[contract.code], chance)
    ours, pandera = (
        find(rows, contract).group_by("row", maintain_order=True).agg(pl.col("reason").sort()).sort("row")
        for find in (broken_rules, validated)
    )
    assert not pandera.is_empty()
    of_cells = pl.col("reason").list.eval(pl.element().filter(~pl.element().is_in(contract.row_rules)))
    cells_first = pl.when(of_cells.list.len() > 0).then(of_cells).otherwise("reason")
    assert ours.equals(pandera.with_columns(cells_first.alias("reason")))


@pytest.mark.parametrize("contract", FEEDS, ids=lambda contract: contract.code)
def test_every_rule_has_a_translation(contract: Contract) -> None:
    assert compile_rules(contract.schema) is not None


@pytest.mark.parametrize("contract", FEEDS, ids=lambda contract: contract.code)
def test_a_row_waits_for_a_rule_the_contract_tells(contract: Contract) -> None:
    rows = damaged(contract, VALID_ROWS[contract.code], Random(contract.code))
    told = {rule.text for rule in contract.quality_rules if rule.severity == "quarantine"}
    assert {re.sub("^(\\w+) is '.*': it ", r"\1 ", reason) for reason in broken_rules(rows, contract)["reason"]} <= told


def test_a_year_no_calendar_knows_waits_alone() -> None:
    contract = find_feed("F05")
    rows = frame_of(contract, [annual_report(ACME), annual_report(ACME) | {"year": 2**31 - 1}]).with_row_index("row")
    assert broken_rules(rows, contract)["row"].unique().to_list() == [1]


def test_good_rows_break_nothing() -> None:
    for contract in FEEDS:
        rows = frame_of(contract, [VALID_ROWS[contract.code](ACME)]).with_row_index("row")
        assert broken_rules(rows, contract).is_empty(), contract.code
