"""The same row has the same id in every load; rows that differ anywhere do not share one."""

from pathlib import Path

import polars as pl
import pytest

from bureau.uscc import is_uscc
from features.sources.cumcm.identity import hash_of, line_ids, uscc_of
from features.sources.cumcm.reading import read_directory
from tests.factories.invoices import invoice, write_invoices


def test_an_id_does_not_depend_on_the_rows_around_it(tmp_path: Path) -> None:
    alone = read_directory(write_invoices(tmp_path / "alone", "out", invoice(2))).invoices
    among = read_directory(write_invoices(tmp_path / "among", "out", invoice(1), invoice(2), invoice(3))).invoices
    assert line_ids(alone)[0] == line_ids(among)[1]


@pytest.mark.parametrize(
    "change",
    [
        {"firm": "E2"},
        {"number": "2"},
        {"partner": "B2"},
        {"amount": 100.01},
        {"tax": 13.01},
        {"state": "作废发票"},
        {"amount": None},
        {"tax": None},
    ],
    ids=str,
)
def test_any_difference_makes_another_id(tmp_path: Path, change: dict[str, object]) -> None:
    rows = read_directory(write_invoices(tmp_path, "out", invoice(1), invoice(1) | change)).invoices
    assert line_ids(rows).n_unique() == 2


def test_cells_that_change_places_make_another_id() -> None:
    rows = pl.DataFrame({"a": ["x", None, "x|", "x"], "b": [None, "x", None, "|"]})
    assert line_ids(rows).n_unique() == 4


def test_a_key_has_one_valid_code_and_a_missing_key_none() -> None:
    codes = uscc_of(pl.Series(["E1", "E2", "E1", None]))
    assert codes[0] == codes[2] != codes[1]
    assert all(is_uscc(code) for code in codes[:3])
    assert codes[3] is None


def test_a_counterparty_is_known_by_its_hash_alone() -> None:
    hashed = hash_of(pl.Series(["B1", "B2", "B1", None]))
    assert hashed[0] == hashed[2] != hashed[1]
    assert "B1" not in hashed[0]
    assert hashed[3] is None
