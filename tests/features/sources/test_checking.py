"""A home's records are checked against their deliveries and against each other."""

from pathlib import Path

import polars as pl
import pytest

from bureau.clock import now
from bureau.errors import InvalidInput
from features.contracts.contract import Contract
from features.contracts.invoice_month import INVOICE_MONTH
from features.lake.delivery import read_delivery, write_delivery
from features.lake.erasure import Erasure, erase
from features.lake.lake import Lake
from features.lake.landing import land
from features.lake.stored import numbers_of_ids
from features.sources.checking import check_source
from features.sources.held import held_records
from features.sources.loading import SourceOptions, load_source
from tests.factories.cumcm import write_cumcm_directory
from tests.factories.homes import lake_in


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that holds four made-up firms."""
    home = tmp_path / "home"
    data = write_cumcm_directory(tmp_path / "data", firms=3)
    load_source(lake_in(home), home, "cumcm", SourceOptions(data=data), at=now())
    return home


def broken(home: Path) -> list[str]:
    """The rules that do not hold."""
    return [check.rule for check in check_source(lake_in(home), home) if check.fails]


def deliver(lake: Lake, folder: Path, contract: Contract, frame: pl.DataFrame) -> None:
    path = write_delivery(
        frame,
        feed=contract.code,
        batch_id="later",
        publisher="税务",
        produced_at=now(),
        folder=folder,
        history=True,
    )
    land(lake, read_delivery(path), received_at=now())


def test_a_loaded_home_is_whole(home: Path) -> None:
    assert broken(home) == []


def test_a_delivery_damaged_on_disk_is_found(home: Path) -> None:
    delivery = next((home / "deliveries" / "cumcm").glob("F16-*.parquet"))
    delivery.write_bytes(delivery.read_bytes() + b"\0")
    assert broken(home) == ["each delivery is as it was written"]


def test_a_home_from_which_records_were_erased_twice_is_whole(home: Path) -> None:
    lake = lake_in(home)
    for record_id in held_records(lake, INVOICE_MONTH)["record_id"][:2]:
        gone = Erasure(INVOICE_MONTH, "record", "a request", numbers_of_ids(lake, INVOICE_MONTH, [record_id]))
        assert erase(lake, gone, at=now()).records == 1
    assert "each delivery has landed" not in broken(home)


def test_a_delivery_that_never_landed_is_found(home: Path) -> None:
    folder = home / "deliveries" / "cumcm"
    frame = held_records(lake_in(home), INVOICE_MONTH).head(1)
    write_delivery(frame, feed="F16", batch_id="lost", publisher="税务", produced_at=now(), folder=folder, history=True)
    assert broken(home) == ["each delivery has landed"]


def test_a_summary_that_does_not_equal_its_lines_is_found(home: Path, tmp_path: Path) -> None:
    lake = lake_in(home)
    month = held_records(lake, INVOICE_MONTH).head(1)
    inflated = month.with_columns(pl.col("amount_fen") * 2, op=pl.lit("U"), version=pl.col("version") + 1)
    deliver(lake, tmp_path / "elsewhere", INVOICE_MONTH, inflated)
    assert broken(home) == ["each month's summary equals its invoices"]


def test_a_home_without_a_source_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="bureau source load NAME"):
        check_source(lake_in(tmp_path), tmp_path)
