"""Reading the SBA's files: any subset of them, each loan once, the status above the day."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.errors import UnreadableFile
from features.sources.sba.publication import LAST_DAY
from features.sources.sba.reading import COLUMNS, LATER, read_directory
from tests.factories.sba import charged_off, sba_loan, write_loans


def test_the_source_has_27_columns_of_which_seven_come_later() -> None:
    assert len(COLUMNS) == 27
    assert set(LATER) < set(COLUMNS)


def test_of_two_files_the_first_in_the_order_of_trust_tells_a_loan(tmp_path: Path) -> None:
    write_loans(tmp_path, "balanced30k", sba_loan(1, RevLineCr=None, SampleWeight=49.3), sba_loan(2, SampleWeight=10.5))
    write_loans(tmp_path, "head22k", sba_loan(1, RevLineCr="Y"))
    loans = read_directory(tmp_path)
    told = loans.select("LoanNr_ChkDgt", "RevLineCr", "SampleWeight", "sample").rows()
    assert told == [(1, "Y", 1.0, "head22k"), (2, "N", 10.5, "balanced30k")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(charged_off(1, date(2003, 5, 1)), date(2003, 5, 1), id="charged off on its day"),
        pytest.param(sba_loan(1, ChgOffDate=date(2003, 5, 1)), None, id="paid: the day does not count"),
        pytest.param(sba_loan(1, MIS_Status="CHGOFF"), LAST_DAY, id="charged off on no day: known at the end"),
        pytest.param(charged_off(1, date(2026, 10, 22)), LAST_DAY, id="charged off after the files"),
        pytest.param(charged_off(1, date(2000, 1, 1)), date(2001, 3, 15), id="charged off before it was approved"),
        pytest.param(sba_loan(1, MIS_Status=None), None, id="nobody knows how it ended"),
    ],
)
def test_the_status_decides_about_a_charge_off(tmp_path: Path, row: dict[str, object], expected: date | None) -> None:
    assert read_directory(write_loans(tmp_path, "head22k", row))["ChgOffDate"].to_list() == [expected]


def test_loans_without_a_number_or_a_day_are_left_out(tmp_path: Path) -> None:
    rows = (sba_loan(1), sba_loan(2) | {"LoanNr_ChkDgt": None}, sba_loan(3, ApprovalDate=None))
    assert read_directory(write_loans(tmp_path, "head22k", *rows)).height == 1


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="--data"):
        read_directory(tmp_path / "nowhere")
    with pytest.raises(UnreadableFile, match="expected head22k"):
        read_directory(tmp_path)
    (tmp_path / "head22k.parquet").write_bytes(b"no Parquet")
    with pytest.raises(UnreadableFile, match="copy it again"):
        read_directory(tmp_path)
    pl.DataFrame([sba_loan()]).drop("Term").write_parquet(tmp_path / "head22k.parquet")
    with pytest.raises(UnreadableFile, match="the column Term is missing"):
        read_directory(tmp_path)
    pl.DataFrame([sba_loan(NAICS="a shop")]).write_parquet(tmp_path / "head22k.parquet")
    with pytest.raises(UnreadableFile, match="another kind"):
        read_directory(tmp_path)
    write_loans(tmp_path, "head22k", sba_loan())
    pl.read_parquet(tmp_path / "head22k.parquet").clear().write_parquet(tmp_path / "head22k.parquet")
    with pytest.raises(UnreadableFile, match="no rows"):
        read_directory(tmp_path)
