"""A month's summary adds up what its lines say."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from features.sources.cumcm.lines import invoice_lines
from features.sources.cumcm.reading import read_directory
from features.sources.cumcm.summaries import month_summaries
from tests.factories.invoices import invoice, write_invoices


def summary(folder: Path, *invoices: dict[str, Any]) -> dict[str, Any]:
    """The only summary of some sales invoices."""
    return summaries(folder, *invoices).row(0, named=True)


def summaries(folder: Path, *invoices: dict[str, Any]) -> pl.DataFrame:
    return month_summaries(invoice_lines(read_directory(write_invoices(folder, "out", *invoices)).invoices))


def test_amounts_are_net_of_red_letters_and_without_voids(tmp_path: Path) -> None:
    row = summary(
        tmp_path,
        invoice(1, amount=100.0, tax=13.0),
        invoice(2, amount=-30.0, tax=-3.9),
        invoice(3, amount=50.0, tax=6.5, state="作废发票"),
        invoice(4, amount=-20.0, tax=-2.6, state="作废发票"),
    )
    assert (row["n"], row["amount_fen"], row["tax_fen"]) == (2, 7_000, 910)
    assert (row["n_red"], row["red_fen"]) == (1, -3_000)
    assert (row["n_void"], row["void_fen"]) == (2, 7_000)


def test_shares_are_of_what_counterparties_took_in_all(tmp_path: Path) -> None:
    row = summary(
        tmp_path,
        *(invoice(number, partner=f"B{number}", amount=100.0 * number) for number in range(1, 8)),
        invoice(8, partner="B8", amount=10.0),
        invoice(9, partner="B8", amount=-500.0),
    )
    assert row["n_counterparty"] == 8
    assert row["top1_bp"] == 700 * 10_000 // 2800
    assert row["top5_bp"] == (700 + 600 + 500 + 400 + 300) * 10_000 // 2800


def test_shares_of_nothing_are_nothing(tmp_path: Path) -> None:
    row = summary(tmp_path, invoice(1, amount=-100.0))
    assert (row["top1_bp"], row["top5_bp"], row["n_counterparty"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param([1, 31], 29, id="between two invoices"),
        pytest.param([20, 31], 19, id="before the first"),
        pytest.param([1, 10], 21, id="after the last"),
        pytest.param([1, 1, 2], 29, id="two on a day are one day"),
        pytest.param(list(range(1, 32)), 0, id="every day"),
    ],
)
def test_the_longest_gap(tmp_path: Path, days: list[int], expected: int) -> None:
    invoices = [invoice(number, on=date(2019, 5, day)) for number, day in enumerate(days)]
    assert summary(tmp_path, *invoices)["max_gap_days"] == expected


def test_a_month_of_voids_is_a_month_without_an_invoice(tmp_path: Path) -> None:
    row = summary(tmp_path, invoice(1, state="作废发票"))
    assert (row["n"], row["n_void"], row["n_counterparty"], row["max_gap_days"]) == (0, 1, 0, 31)


def test_firms_sides_and_months_stand_apart(tmp_path: Path) -> None:
    write_invoices(tmp_path, "in", invoice(1))
    rows = summaries(tmp_path, invoice(1), invoice(2, firm="E2"), invoice(3, on=date(2019, 6, 1)))
    assert rows.height == 4
    assert rows["record_id"].n_unique() == 4


@pytest.mark.parametrize(
    ("day", "is_published"),
    [
        pytest.param(date(2019, 12, 31), True, id="December was due on 9 February"),
        pytest.param(date(2020, 1, 2), False, id="January was due on 11 March, after the files"),
        pytest.param(date(2020, 2, 21), False, id="February was not over"),
    ],
)
def test_only_months_whose_deadline_has_passed_are_published(tmp_path: Path, day: date, is_published: bool) -> None:
    assert summaries(tmp_path, invoice(1, on=day)).height == is_published


def test_a_summary_is_received_on_its_deadline(tmp_path: Path) -> None:
    row = summary(tmp_path, invoice(1, on=date(2019, 5, 15)))
    assert (row["event_date"], row["publish_date"]) == (date(2019, 5, 31), date(2019, 7, 10))
    assert row["received_at"].isoformat() == "2019-07-09T18:00:00+00:00"
