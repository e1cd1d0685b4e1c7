"""Cells become the contract's types or keep their row waiting, with the column and the text named."""

from datetime import date
from typing import Any, Literal

import polars as pl
import pytest

from bureau.clock import from_micros
from features.contracts.electricity import ELECTRICITY
from features.contracts.feeds import FEEDS
from features.contracts.invoice_month import INVOICE_MONTH
from features.contracts.power_arrears import POWER_ARREARS
from features.contracts.quality import MOST, amounts
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.judgement import Judged, judge
from tests.factories.invoice_feeds import invoice_month
from tests.factories.lakes import ACME, BETA, frame_of, instant
from tests.factories.power import electricity, power_arrears
from tests.factories.tax import tax_arrears

NOON = instant("2025-07-01T12:00")


def judge_text(**changes: str | None) -> Judged:
    """A row as a CSV brings it: every cell text."""
    frame = frame_of(TAX_ARREARS, [tax_arrears(ACME)]).select(pl.all().cast(pl.String))
    return judge(
        frame.with_columns(**{name: pl.lit(text, pl.String) for name, text in changes.items()}), TAX_ARREARS, NOON
    )


def test_text_becomes_the_types_of_the_contract() -> None:
    kept = judge_text(arrears_fen=" 1200 ").kept
    assert kept.select(*TAX_ARREARS.dtypes).schema == pl.Schema(TAX_ARREARS.dtypes)
    assert (kept["arrears_fen"].item(), kept["struck_on"].item()) == (1200, date(2025, 3, 31))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param(
            {"struck_on": "2025-02-30"},
            "struck_on holds '2025-02-30', which is not a day written YYYY-MM-DD",
            id="30 February",
        ),
        pytest.param({"struck_on": "31/03/2025"}, "struck_on holds '31/03/2025'", id="another way to write a day"),
        pytest.param(
            {"arrears_fen": "12.50"}, "arrears_fen holds '12.50', which is not a whole number", id="yuan with a point"
        ),
        pytest.param({"arrears_fen": "一万"}, "arrears_fen holds '一万'", id="a number in words"),
        pytest.param({"arrears_fen": "9" * 20}, f"arrears_fen holds '{'9' * 20}'", id="more than any account holds"),
        pytest.param({"version": "4294967297"}, "version holds '4294967297'", id="version beyond its type"),
        pytest.param({"arrears_fen": None}, "arrears_fen must not be empty", id="empty where it must not be"),
        pytest.param(
            {"arrears_fen": "x", "struck_on": "y"},
            "arrears_fen holds 'x', which is not a whole number; struck_on",
            id="two cells",
        ),
    ],
)
def test_a_cell_that_does_not_parse(changes: dict[str, str | None], reason: str) -> None:
    judged = judge_text(**changes)
    assert judged.kept.is_empty()
    assert reason in judged.refused["reason"].item()


@pytest.mark.parametrize(
    ("text", "said"), [("true", True), ("False", False), ("1", True), ("0", False), ("是", True), ("否", False)]
)
def test_truth_as_departments_write_it(text: str, said: bool) -> None:
    frame = frame_of(POWER_ARREARS, [power_arrears(ACME)]).select(pl.all().cast(pl.String))
    assert judge(frame.with_columns(justified=pl.lit(text)), POWER_ARREARS, NOON).kept["justified"].item() is said


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        pytest.param(date(2025, 7, 1), None, id="the day it was received"),
        pytest.param(
            date(2025, 7, 2), "event_date 2025-07-02 lies after the day it was received, 2025-07-01", id="tomorrow"
        ),
        pytest.param(date(1900, 1, 1), None, id="the first day"),
        pytest.param(date(1899, 12, 31), "event_date 1899-12-31 lies before 1900-01-01", id="the day before"),
    ],
)
def test_days_that_cannot_be(event: date, reason: str | None) -> None:
    judged = judge(frame_of(TAX_ARREARS, [tax_arrears(ACME, event, period=date(2025, 3, 31))]), TAX_ARREARS, NOON)
    assert judged.refused["reason"].to_list() == ([] if reason is None else [reason])


def with_number(column: str, number: int, dtype: pl.DataType) -> pl.DataFrame:
    """A row as Parquet brings it, with a day or an instant by its bare number."""
    row = tax_arrears(ACME, received_at=instant("2025-07-01"))
    return frame_of(TAX_ARREARS, [row]).with_columns(pl.lit(number).cast(dtype).alias(column))


@pytest.mark.parametrize("column", ["event_date", "struck_on", "cleared_on"])
@pytest.mark.parametrize("number", [2**31 - 1, -(2**31), 2_932_897, -719_163])
def test_a_day_outside_the_calendar_is_told_by_its_number(column: str, number: int) -> None:
    judged = judge(with_number(column, number, pl.Date()), TAX_ARREARS, NOON)
    reason = f"{column} holds '{number}', which is not a day written YYYY-MM-DD"
    assert judged.refused.select("code", "reason").rows() == [("cell", reason)]


@pytest.mark.parametrize("number", [2_932_896, -719_162])
def test_the_last_and_the_first_day_of_the_calendar_are_days(number: int) -> None:
    judged = judge(with_number("cleared_on", number, pl.Date()), TAX_ARREARS, NOON)
    assert not any("YYYY-MM-DD" in reason for reason in judged.refused["reason"])


@pytest.mark.parametrize("unit", ["ms", "us"])
@pytest.mark.parametrize("number", [2**63 - 1, -(2**62), 4 * 10**18])
def test_an_instant_outside_the_calendar_is_told_by_its_number(number: int, unit: Literal["ms", "us"]) -> None:
    judged = judge(with_number("received_at", number, pl.Datetime(unit, "Asia/Shanghai")), TAX_ARREARS, NOON)
    reason = f"received_at holds '{number}', which is not an instant with its zone"
    assert judged.refused["code"].to_list() == ["cell"]
    assert judged.refused["reason"].item().startswith(reason)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        pytest.param("struck_on", "+29349-01-26", id="a day of a year of five digits"),
        pytest.param("struck_on", "0000-01-01", id="a day of the year 0"),
        pytest.param("received_at", "+57000-01-01T00:00:00Z", id="microseconds taken for seconds"),
    ],
)
def test_a_written_day_or_instant_outside_the_calendar(column: str, text: str) -> None:
    refused = judge_text(**{column: text}).refused
    assert refused["code"].to_list() == ["cell"]
    assert refused["reason"].item().startswith(f"{column} holds '{text}'")


@pytest.mark.parametrize(
    ("fen", "refused"),
    [
        pytest.param(MOST, False, id="the most there can be"),
        pytest.param(MOST + 1, True, id="more"),
        pytest.param(2**63 - 1, True, id="all that fits"),
        pytest.param(-(2**63), True, id="the least that fits"),
    ],
)
def test_amounts_that_cannot_be(fen: int, refused: bool) -> None:
    judged = judge(frame_of(INVOICE_MONTH, [invoice_month(ACME, tax_fen=fen)]), INVOICE_MONTH, NOON)
    told = f"tax_fen is {fen}, more than a thousand trillion; check its unit"
    assert judged.refused["reason"].to_list() == ([told] if refused else [])


@pytest.mark.parametrize(("kwh", "refused"), [(MOST, False), (MOST + 1, True), (2**63 - 1, True)])
def test_quantities_that_cannot_be(kwh: int, refused: bool) -> None:
    judged = judge(frame_of(ELECTRICITY, [electricity(ACME, kwh=kwh, amount_fen=1)]), ELECTRICITY, NOON)
    told = f"kwh is {kwh}, more than a thousand trillion; check its unit"
    assert judged.refused["reason"].to_list() == ([told] if refused else [])


def test_numbers_that_only_name_something_are_no_quantities() -> None:
    bounded = {column for contract in FEEDS for column in amounts(contract.dtypes) if not column.endswith("_fen")}
    dollars, jobs = ("amount_usd_cents", "guaranteed_usd_cents"), ("employees", "jobs_created", "jobs_retained")
    assert bounded == {*dollars, *jobs, "area_m2", "kwh", "m3", "shares_n", "weight_milli"}


def test_the_day_of_receipt_is_shanghai_s() -> None:
    late = instant("2025-07-01T16:00")  # midnight of 2 July in Shanghai
    assert judge(frame_of(TAX_ARREARS, [tax_arrears(ACME, date(2025, 7, 2))]), TAX_ARREARS, late).refused.is_empty()


def test_a_code_is_cleaned_before_it_is_judged() -> None:
    assert judge_text(uscc=f" {ACME.lower()} ").kept["uscc"].item() == ACME


def test_every_reason_of_a_row_is_told_and_no_other_row_s() -> None:
    rows = [tax_arrears(ACME), tax_arrears(BETA, arrears_fen=-1, tax_kind="x"), tax_arrears(BETA)]
    judged = judge(frame_of(TAX_ARREARS, rows), TAX_ARREARS, NOON)
    assert judged.kept["row"].to_list() == [0, 2]
    (refused,) = judged.refused.to_dicts()
    assert (refused["row"], refused["code"]) == (1, "rule")
    assert "tax_kind is 'x'" in refused["reason"]
    assert "arrears_fen is '-1'" in refused["reason"]


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        pytest.param("2025-07-01T08:00:00+08:00", instant("2025-07-01"), id="Shanghai time"),
        pytest.param("2025-07-01T00:00:00.000001Z", instant("2025-07-01T00:00:00.000001"), id="one microsecond"),
        pytest.param("2025-07-01T00:00:00", None, id="no zone"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_history_brings_its_own_instant(text: str | None, micros: Any) -> None:
    judged = judge_text(received_at=text)
    if micros is None:
        assert "received_at" in judged.refused["reason"].item()
    else:
        assert from_micros(judged.kept["received_at"].item()) == micros


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("2025-07-01T12:00:00Z", None, id="when it landed"),
        pytest.param(
            "2025-07-01T12:00:01Z",
            "received_at 2025-07-01 12:00:01 UTC lies after the instant it landed, 2025-07-01 12:00:00 UTC",
            id="a second later",
        ),
        pytest.param(
            "2052-04-05T00:00:00Z",
            "received_at 2052-04-05 00:00:00 UTC lies after the instant it landed, 2025-07-01 12:00:00 UTC",
            id="digits of the year changed places",
        ),
    ],
)
def test_no_row_is_received_after_it_landed(text: str, reason: str | None) -> None:
    judged = judge_text(received_at=text)
    told = [("date", reason)] if reason is not None else []
    assert judged.refused.select("code", "reason").rows() == told


def test_a_delivery_without_rows_is_judged_too() -> None:
    judged = judge(frame_of(TAX_ARREARS, []), TAX_ARREARS, NOON)
    assert (judged.kept.height, judged.refused.height, judged.doubtful) == (0, 0, 0)
