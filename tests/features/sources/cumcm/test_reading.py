"""Any subset of the files reads; what cannot be read is named in one sentence."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.errors import UnreadableFile
from features.sources.cumcm.reading import read_directory, to_fen
from tests.factories.cumcm import write_cumcm_directory
from tests.factories.invoices import enterprise, invoice, write_enterprises, write_invoices


def fen(yuan: float | None) -> int | None:
    return pl.select(to_fen(pl.lit(yuan, pl.Float64))).item()


@pytest.mark.parametrize(
    ("yuan", "expected"),
    [
        pytest.param(943.40, 94_340, id="two decimals"),
        pytest.param(-943.40, -94_340, id="a red-letter invoice"),
        pytest.param(0.29, 29, id="a float below its decimal"),
        pytest.param(1.005, 101, id="half a fen, away from zero"),
        pytest.param(-1.005, -101, id="half a fen owed, away from zero"),
        pytest.param(1.004999, 100, id="just under half a fen"),
        pytest.param(-0.004, 0, id="less than half a fen is nothing"),
        pytest.param(999_999_999.99, 99_999_999_999, id="a billion yuan"),
        pytest.param(float("nan"), None, id="not a number"),
        pytest.param(float("inf"), None, id="without end"),
        pytest.param(1e12, None, id="no invoice is a trillion"),
        pytest.param(None, None, id="not given"),
    ],
)
def test_yuan_become_fen(yuan: float | None, expected: int | None) -> None:
    assert fen(yuan) == expected


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_every_printed_amount_becomes_the_fen_a_clerk_would_write(yuan: Decimal) -> None:
    assert fen(float(yuan)) == int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))


def test_exact_duplicates_are_dropped_and_near_ones_kept(tmp_path: Path) -> None:
    write_invoices(tmp_path, "out", invoice(1), invoice(1), invoice(1, state="作废发票"), invoice(2))
    assert read_directory(tmp_path).invoices.height == 3


def test_the_same_invoice_in_both_groups_is_one(tmp_path: Path) -> None:
    write_invoices(tmp_path, "out", invoice(1), group="a1")
    write_invoices(tmp_path, "out", invoice(1), group="a2")
    assert read_directory(tmp_path).invoices.height == 1


@pytest.mark.parametrize("changed", [{"是否违约": "是"}, {"企业名称": "***示例商贸有限公司"}, {"信誉评级": None}])
def test_a_firm_with_two_rows_that_differ_is_named(tmp_path: Path, changed: dict[str, str | None]) -> None:
    write_enterprises(tmp_path, enterprise("E1"), enterprise("E2"), enterprise("E2", **changed))
    with pytest.raises(UnreadableFile, match=r"a1_enterprises\.parquet: it names the firm E2 twice"):
        read_directory(tmp_path)


def test_a_firm_with_two_rows_that_are_equal_is_one(tmp_path: Path) -> None:
    write_enterprises(tmp_path, enterprise("E1"), enterprise("E2"), enterprise("E2", 企业名称=" ***示例E2有限公司"))
    assert read_directory(tmp_path).enterprises["firm"].to_list() == ["E1", "E2"]


def test_a_stray_blank_in_the_state_makes_no_second_state(tmp_path: Path) -> None:
    write_invoices(tmp_path, "out", invoice(1, state=" 作废发票"), invoice(1, state="作废发票"))
    assert read_directory(tmp_path).invoices["state"].to_list() == ["作废"]


def test_an_unknown_state_is_kept_for_the_contract_to_judge(tmp_path: Path) -> None:
    write_invoices(tmp_path, "in", invoice(1, state="失控发票"))
    assert read_directory(tmp_path).invoices["state"].to_list() == ["失控发票"]


def test_the_file_decides_the_side(tmp_path: Path) -> None:
    write_invoices(tmp_path, "in", invoice(1))
    write_invoices(tmp_path, "out", invoice(1))
    assert sorted(read_directory(tmp_path).invoices["side"]) == ["进", "销"]


def test_instants_count_as_their_day(tmp_path: Path) -> None:
    write_invoices(tmp_path, "out", invoice(1, on=datetime(2019, 5, 15, 23, 59)))  # noqa: DTZ001
    assert read_directory(tmp_path).invoices["invoiced_on"].to_list() == [date(2019, 5, 15)]


def test_firms_without_a_verdict_have_none(tmp_path: Path) -> None:
    write_enterprises(tmp_path, enterprise("E1"))
    write_enterprises(tmp_path, {"企业代号": "E124", "企业名称": "个体经营E124"}, group="a2")
    rows = read_directory(tmp_path).enterprises.rows()
    assert rows == [("E1", "***示例E1有限公司", "A", "否"), ("E124", "个体经营E124", None, None)]


@pytest.mark.parametrize("name", ["a1_enterprises", "a1_invoices_in", "a1_invoices_out", "a2_invoices_out"])
def test_any_single_file_is_a_directory(tmp_path: Path, name: str) -> None:
    data = read_directory(write_cumcm_directory(tmp_path, firms=4, files=[name]))
    assert data.enterprises.is_empty() == (name != "a1_enterprises")
    assert data.invoices.is_empty() == (name == "a1_enterprises")


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="nowhere: there is no such directory"):
        read_directory(tmp_path / "nowhere")


def test_a_directory_without_a_known_file_says_what_it_looked_for(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(UnreadableFile, match=r"expected a1_enterprises, .*a2_invoices_out"):
        read_directory(tmp_path)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a1_invoices_in.parquet").touch()
    with pytest.raises(UnreadableFile, match=r"a1_invoices_in\.parquet: the file is empty"):
        read_directory(tmp_path)


def test_a_file_without_rows_is_named(tmp_path: Path) -> None:
    write_enterprises(tmp_path, enterprise())
    path = tmp_path / "a1_enterprises.parquet"
    pl.read_parquet(path).clear().write_parquet(path)
    with pytest.raises(UnreadableFile, match="has no rows"):
        read_directory(tmp_path)


@pytest.mark.parametrize("content", [b"\x00\xff rubbish", b"PAR1 cut short", "企业代号,企业名称\n".encode()])
def test_rubbish_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a1_enterprises.parquet").write_bytes(content)
    with pytest.raises(UnreadableFile, match="not a Parquet file"):
        read_directory(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write_invoices(tmp_path, "out", invoice()) / "a1_invoices_out.parquet"
    pl.read_parquet(path).drop("税额").write_parquet(path)
    with pytest.raises(UnreadableFile, match="the column 税额 is missing"):
        read_directory(tmp_path)


@pytest.mark.parametrize(
    ("column", "wrong", "expected"),
    [
        pytest.param("金额", "a lot", "numbers in yuan", id="an amount in words"),
        pytest.param("开票日期", "2019-05-15", "dates", id="a date as text"),
        pytest.param("发票号码", 12345, "text", id="an invoice number as a number"),
        pytest.param("企业代号", 1, "text", id="a key as a number"),
    ],
)
def test_a_wrong_type_is_named(tmp_path: Path, column: str, wrong: object, expected: str) -> None:
    path = write_invoices(tmp_path, "out", invoice()) / "a1_invoices_out.parquet"
    pl.read_parquet(path).with_columns(pl.lit(wrong).alias(column)).write_parquet(path)
    with pytest.raises(UnreadableFile, match=f"the column {column} holds .*, expected {expected}"):
        read_directory(tmp_path)
