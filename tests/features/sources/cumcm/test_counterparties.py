"""A quarter's ranking names the ten largest counterparties."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from features.sources.cumcm.counterparties import quarter_counterparties
from features.sources.cumcm.identity import hash_of
from features.sources.cumcm.lines import invoice_lines
from features.sources.cumcm.reading import read_directory
from tests.factories.invoices import invoice, write_invoices


def ranking(folder: Path, *invoices: dict[str, Any]) -> pl.DataFrame:
    return quarter_counterparties(invoice_lines(read_directory(write_invoices(folder, "out", *invoices)).invoices))


def test_ten_are_named_and_shares_are_of_all(tmp_path: Path) -> None:
    rows = ranking(tmp_path, *(invoice(number, partner=f"B{number}", amount=float(number)) for number in range(1, 13)))
    assert rows["rank"].to_list() == list(range(1, 11))
    assert rows["amount_fen"].to_list() == [number * 100 for number in range(12, 2, -1)]
    assert rows["share_bp"][0] == 12 * 10_000 // 78


def test_a_quarter_runs_over_three_months_and_red_letters_take_back(tmp_path: Path) -> None:
    rows = ranking(
        tmp_path,
        invoice(1, on=date(2019, 4, 1), amount=100.0),
        invoice(2, on=date(2019, 6, 30), amount=-40.0),
        invoice(3, on=date(2019, 7, 1), amount=7.0),
    )
    assert rows.select("quarter", "amount_fen", "rank", "share_bp").rows() == [
        (date(2019, 6, 30), 6_000, 1, 10_000),
        (date(2019, 9, 30), 700, 1, 10_000),
    ]


def test_voids_and_what_was_taken_back_are_left_out(tmp_path: Path) -> None:
    rows = ranking(
        tmp_path,
        invoice(1, partner="B1"),
        invoice(2, partner="B2", state="作废发票"),
        invoice(3, partner="B3"),
        invoice(4, partner="B3", amount=-100.0),
    )
    assert rows["cp_hash"].to_list() == hash_of(pl.Series(["B1"])).to_list()


def test_equal_amounts_rank_the_same_way_in_any_order(tmp_path: Path) -> None:
    invoices = [invoice(number, partner=f"B{number}") for number in range(5)]
    forwards = ranking(tmp_path / "forwards", *invoices)
    backwards = ranking(tmp_path / "backwards", *reversed(invoices))
    assert forwards.equals(backwards)


@pytest.mark.parametrize(
    ("day", "is_published"),
    [
        pytest.param(date(2019, 9, 30), True, id="the third quarter was due on 9 December"),
        pytest.param(date(2019, 10, 1), False, id="the fourth was due on 10 March, after the files"),
    ],
)
def test_only_quarters_whose_deadline_has_passed_are_published(tmp_path: Path, day: date, is_published: bool) -> None:
    assert ranking(tmp_path, invoice(1, on=day)).height == is_published
