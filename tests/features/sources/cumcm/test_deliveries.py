"""Directories add up in one home, in parts and again, and nothing is known before its day."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.clock import now
from bureau.errors import UnreadableFile
from bureau.uscc import placeholder_uscc
from features.contracts.counterparty import COUNTERPARTY
from features.contracts.feeds import FEEDS
from features.contracts.invoice_line import INVOICE_LINE
from features.contracts.invoice_month import INVOICE_MONTH
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.contracts.registration import REGISTRATION
from features.lake.compaction import compact
from features.lake.delivery import read_delivery
from features.lake.lake import Lake
from features.lake.landing import Landed, land
from features.lake.registry import resolve
from features.sources.cumcm.deliveries import write_deliveries
from features.sources.cumcm.publication import LAST_DAY
from tests.factories.cumcm import write_cumcm_directory
from tests.factories.homes import lake_in, visible
from tests.factories.invoices import enterprise, invoice, write_enterprises, write_invoices

E1 = placeholder_uscc("cumcm", "E1")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return lake_in(tmp_path / "home")


def load(lake: Lake, directory: Path) -> dict[str, Landed]:
    """Write and land a directory; what became of each feed."""
    written = write_deliveries(lake.root.parent / "deliveries", directory, lake)
    landed = [land(lake, read_delivery(path), received_at=now()) for path in written.paths]
    return {one.feed: one for one in landed}


def everything(lake: Lake) -> dict[str, pl.DataFrame]:
    """All that is visible on the last day, by feed, whatever the number of its version."""
    return {contract.code: visible(lake, contract, LAST_DAY).drop("version") for contract in FEEDS}


def test_every_row_of_a_sound_directory_lands(lake: Lake, tmp_path: Path) -> None:
    landed = load(lake, write_cumcm_directory(tmp_path / "data", firms=6))
    assert list(landed) == ["F01", "F16L", "F16", "F17", "F60"]
    assert all(one.rows == one.landed > 0 and one.doubtful == 0 for one in landed.values())


def test_the_same_files_twice_change_nothing(lake: Lake, tmp_path: Path) -> None:
    directory = write_cumcm_directory(tmp_path / "data", firms=6)
    load(lake, directory)
    snapshot = lake.snapshot()
    again = load(lake, directory)
    assert all(one.unchanged == one.rows for one in again.values())
    assert lake.snapshot() == snapshot


MAY = date(2019, 5, 15)
PARTS = (
    [invoice(1, on=MAY), invoice(2, on=MAY, partner="B2", amount=70.0), invoice(5, firm="E2")],
    [invoice(3, on=MAY, partner="B2", amount=90.0), invoice(4, on=date(2019, 6, 1)), invoice(1, on=MAY)],
)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first part first", "second part first"])
def test_two_parts_in_any_order_are_the_whole(tmp_path: Path, order: tuple[int, int]) -> None:
    in_parts, at_once = lake_in(tmp_path / "parts"), lake_in(tmp_path / "whole")
    for part in order:
        load(in_parts, write_invoices(tmp_path / f"part{part}", "out", *PARTS[part]))
    load(at_once, write_invoices(tmp_path / "data", "out", *PARTS[0], *PARTS[1]))
    parts, whole = everything(in_parts), everything(at_once)
    assert all(parts[code].equals(whole[code]) for code in whole)


@pytest.mark.parametrize("compacted", [False, True], ids=["as landed", "compacted in between"])
def test_more_lines_of_a_month_make_the_next_version_of_its_summary(
    lake: Lake, tmp_path: Path, compacted: bool
) -> None:
    load(lake, write_invoices(tmp_path / "one", "out", invoice(1, on=MAY)))
    if compacted:
        for feed in ("F16L", "F16"):
            compact(lake, feed, at=now())
    landed = load(lake, write_invoices(tmp_path / "two", "out", invoice(2, on=MAY)))
    assert landed["F16"].landed == 1
    assert visible(lake, INVOICE_MONTH, LAST_DAY).select("n", "amount_fen", "version").rows() == [(2, 20_000, 2)]


def test_months_without_new_lines_stay_as_they_are(lake: Lake, tmp_path: Path) -> None:
    load(lake, write_invoices(tmp_path / "one", "out", invoice(1, on=MAY)))
    landed = load(lake, write_invoices(tmp_path / "two", "out", invoice(2, on=date(2019, 6, 1))))
    assert (landed["F16"].landed, landed["F16"].unchanged) == (1, 1)


def test_a_counterparty_that_took_everything_back_leaves_the_ranking(lake: Lake, tmp_path: Path) -> None:
    load(lake, write_invoices(tmp_path / "one", "out", invoice(1, on=MAY), invoice(2, on=MAY, partner="B2")))
    load(lake, write_invoices(tmp_path / "two", "out", invoice(3, on=MAY, partner="B2", amount=-100.0)))
    assert visible(lake, COUNTERPARTY, LAST_DAY).select("rank", "share_bp").rows() == [(1, 10_000)]


@pytest.fixture(scope="module")
def one_invoice(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake that holds one invoice of 15 May 2019."""
    folder = tmp_path_factory.mktemp("one_invoice")
    lake = lake_in(folder / "home")
    load(lake, write_invoices(folder / "data", "out", invoice(1, on=MAY)))
    return lake


@pytest.mark.parametrize(
    ("as_of", "lines", "months", "quarters"),
    [
        pytest.param(date(2019, 5, 15), 0, 0, 0, id="the day of the invoice"),
        pytest.param(date(2019, 5, 16), 1, 0, 0, id="a day later the line is known"),
        pytest.param(date(2019, 7, 9), 1, 0, 0, id="a day before the month is due"),
        pytest.param(date(2019, 7, 10), 1, 1, 0, id="the month is due"),
        pytest.param(date(2019, 9, 7), 1, 1, 0, id="a day before the quarter is due"),
        pytest.param(date(2019, 9, 8), 1, 1, 1, id="the quarter is due"),
    ],
)
def test_nothing_is_known_before_its_day(
    one_invoice: Lake, as_of: date, lines: int, months: int, quarters: int
) -> None:
    feeds = (INVOICE_LINE, INVOICE_MONTH, COUNTERPARTY)
    assert [visible(one_invoice, feed, as_of).height for feed in feeds] == [lines, months, quarters]


def test_a_verdict_is_known_on_the_last_day_and_not_before(lake: Lake, tmp_path: Path) -> None:
    firms = (enterprise("E1", 信誉评级="D", 是否违约="是"), enterprise("E2"))
    load(lake, write_enterprises(tmp_path / "data", *firms))
    assert visible(lake, LOAN_FEEDBACK, date(2020, 2, 21)).is_empty()
    known = visible(lake, LOAN_FEEDBACK, LAST_DAY)
    told = known.select("class5", "dpd", "bank_grade", "weight", "amount_fen", "granted_on").rows()
    assert told == [("次级", 90, "D", 1.0, None, None), ("正常", 0, "A", 1.0, None, None)]


def test_firms_without_a_verdict_have_no_loan(lake: Lake, tmp_path: Path) -> None:
    directory = write_enterprises(tmp_path / "data", {"企业代号": "E124", "企业名称": "个体经营E124"}, group="a2")
    assert list(load(lake, directory)) == ["F01"]


def test_a_firm_answers_to_its_own_key_and_to_its_placeholder(lake: Lake, tmp_path: Path) -> None:
    load(lake, write_enterprises(tmp_path / "data", enterprise("E1")))
    assert resolve(lake, "E1") == resolve(lake, E1)


@pytest.mark.parametrize("named_first", [True, False], ids=["name first", "invoices first"])
def test_a_name_comes_in_any_order_and_stays(lake: Lake, tmp_path: Path, named_first: bool) -> None:
    named = write_enterprises(tmp_path / "named", enterprise("E1", 企业名称="***示例商贸有限公司"))
    unnamed = write_invoices(tmp_path / "unnamed", "in", invoice(1))
    for directory in (named, unnamed) if named_first else (unnamed, named):
        load(lake, directory)
    assert visible(lake, REGISTRATION, LAST_DAY)["name"].to_list() == ["***示例商贸有限公司"]
    assert resolve(lake, "E1").name == "***示例商贸有限公司"


def test_wrong_rows_wait_and_no_summary_counts_them(lake: Lake, tmp_path: Path) -> None:
    wrong = (
        invoice(2, on=MAY, state="失控发票"),
        invoice(3, on=MAY, amount=None),
        invoice(4, on=MAY, partner=" "),
        invoice("9" * 65, on=MAY),
        invoice(6, on=date(1019, 5, 15)),
    )
    landed = load(lake, write_invoices(tmp_path / "data", "out", invoice(1, on=MAY), *wrong))
    assert (landed["F16L"].landed, landed["F16L"].quarantined) == (1, len(wrong))
    assert all(landed[feed].quarantined == 0 for feed in ("F01", "F16", "F17"))
    assert visible(lake, INVOICE_MONTH, LAST_DAY).select("n", "n_void", "amount_fen").rows() == [(1, 0, 10_000)]


def test_a_verdict_nobody_knows_waits(lake: Lake, tmp_path: Path) -> None:
    landed = load(lake, write_enterprises(tmp_path / "data", enterprise("E1", 是否违约="也许"), enterprise("E2")))
    assert (landed["F60"].landed, landed["F60"].quarantined) == (1, 1)


def test_a_damaged_directory_writes_nothing(lake: Lake, tmp_path: Path) -> None:
    directory = write_cumcm_directory(tmp_path / "data", firms=4)
    (directory / "a2_invoices_out.parquet").write_bytes(b"rubbish")
    with pytest.raises(UnreadableFile, match="a2_invoices_out"):
        load(lake, directory)
    assert not (lake.root.parent / "deliveries").exists()
    assert lake.snapshot() == 0
