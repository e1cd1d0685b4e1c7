"""Which rows of a delivery keep their contract: cells, rules, dates and codes, each refusal with its reason.

Everything is columns at once; a row is named by its position in the delivered file.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import polars as pl

from bureau.clock import to_micros
from features.contracts.contract import NUMBER_PATTERN, Contract
from features.contracts.quality import FIRST_DAY, MOST, amounts, kind
from features.lake.codes import clean_codes, impossible_codes
from features.lake.delivery import RECEIVED_AT
from features.lake.doubts import doubtful_rows
from features.lake.lost_text import lost_texts
from features.lake.persons import identities
from features.lake.rules import broken_rules
from features.lake.short_lines import short_lines
from features.lake.time_cells import INSTANT, text_of, within_calendar

ROW = "row"
_SHANGHAI_MICROS = 8 * 3600 * 1_000_000
_FOUND = {ROW: pl.UInt32, "reason": pl.String}
_REFUSALS = {ROW: pl.UInt32, "code": pl.String, "reason": pl.String}
_TRUTH = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}


@dataclass(frozen=True)
class Judged:
    """kept: typed rows with `row` and `received_at` (UTC microseconds). refused: `row`, `code`, `reason`.

    doubtful: kept rows that a warning rule doubts.
    """

    kept: pl.DataFrame
    refused: pl.DataFrame
    doubtful: int


def judge(frame: pl.DataFrame, contract: Contract, received_at: datetime) -> Judged:
    """Judge delivered rows. `received_at`, the instant they land, stamps those that do not bring an earlier one."""
    typed, refused = _parse(frame, contract, received_at)
    not_yet = partial(_not_received_yet, landed_at=received_at)
    dates = (not_yet, _impossible_dates)
    for refuse in (_identities, _lost_texts, _broken_rules, _impossible_amounts, *dates, _impossible_codes):
        found = refuse(typed, contract)
        if not found.is_empty():
            refused, typed = pl.concat([refused, found]), _without(typed, found)
    return Judged(typed, refused, doubtful_rows(typed, contract, history=RECEIVED_AT in frame.columns))


def shanghai_date(micros: pl.Expr) -> pl.Expr:
    """The legal day of instants in UTC microseconds."""
    return (micros + _SHANGHAI_MICROS).cast(pl.Datetime("us")).dt.date()


def _parse(frame: pl.DataFrame, contract: Contract, received_at: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every cell in its contract's type, and the rows with a cell that is not."""
    frame = frame.with_row_index(ROW)
    short = _gather("cell", short_lines(frame))
    frame = _without(frame, short)
    if RECEIVED_AT not in frame.columns:
        frame = frame.with_columns(pl.lit(received_at.astimezone(UTC)).alias(RECEIVED_AT))
    expected = {**contract.dtypes, RECEIVED_AT: INSTANT}
    typed = within_calendar(frame.select(ROW, *(_cast(frame[column], dtype) for column, dtype in expected.items())))
    refused = [_unparsed(frame, typed, column, dtype) for column, dtype in expected.items()]
    missing = typed.filter(pl.col(RECEIVED_AT).is_null()).select(
        ROW, pl.lit("received_at must not be empty").alias("reason")
    )
    refusals = _gather("cell", pl.concat([*refused, missing]))
    kept = _without(typed, refusals)
    return kept.with_columns(pl.col(RECEIVED_AT).dt.epoch("us")), pl.concat([short, refusals])


def _without(typed: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The rows that were not refused; nearly always all of them, which costs nothing."""
    return typed if found.is_empty() else typed.join(found, on=ROW, how="anti", maintain_order="left")


def _cast(delivered: pl.Series, promised: pl.DataType) -> pl.Expr:
    cell = pl.col(delivered.name)
    if delivered.name == "uscc" and delivered.dtype == pl.String:
        return pl.lit(clean_codes(delivered))
    if delivered.dtype == promised:
        return cell
    if delivered.dtype != pl.String or promised == pl.String:
        return cell.cast(promised, strict=False)
    cell = cell.str.strip_chars()
    if promised == pl.Date:
        return cell.str.to_date("%Y-%m-%d", strict=False)
    if promised == pl.Boolean:
        return cell.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
    if isinstance(promised, pl.Datetime):
        return cell.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    return cell.cast(promised, strict=False)


def _unparsed(frame: pl.DataFrame, typed: pl.DataFrame, column: str, dtype: pl.DataType) -> pl.DataFrame:
    if frame[column].null_count() == typed[column].null_count():
        return pl.DataFrame(schema=_FOUND)
    lost = frame[column].is_not_null() & typed[column].is_null()
    told = text_of(column, frame.schema[column])
    reason = pl.format("{} holds '{}', which is not {}", pl.lit(column), told, pl.lit(kind(dtype)))
    return frame.filter(lost).select(ROW, reason.alias("reason"))


def _identities(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    return _gather("person", identities(typed, contract))


def _lost_texts(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    return _gather("encoding", lost_texts(typed, contract))


def _broken_rules(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    return _gather("rule", broken_rules(typed, contract))


def _impossible_amounts(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    found = [pl.DataFrame(schema=_FOUND)]
    for column in amounts(contract.dtypes):
        beyond = ~typed[column].is_between(-MOST, MOST)
        if beyond.any():
            reason = pl.format("{} is {}, more than a thousand trillion; check its unit", pl.lit(column), column)
            found.append(typed.filter(beyond).select(ROW, reason.alias("reason")))
    return _gather("rule", pl.concat(found))


def _not_received_yet(typed: pl.DataFrame, _contract: Contract, *, landed_at: datetime) -> pl.DataFrame:
    """A feed with a row of years to come would never be late again."""
    instant = pl.from_epoch(RECEIVED_AT, "us").dt.strftime("%Y-%m-%d %H:%M:%S")
    landed = pl.lit(f"{landed_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
    reason = pl.format("received_at {} UTC lies after the instant it landed, {} UTC", instant, landed)
    later = typed.filter(pl.col(RECEIVED_AT) > to_micros(landed_at))
    return _gather("date", later.select(ROW, reason.alias("reason")))


def _impossible_dates(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    event = pl.col("event_date")
    received_on = shanghai_date(pl.col(RECEIVED_AT))
    reason = (
        pl.when(event > received_on)
        .then(pl.format("event_date {} lies after the day it was received, {}", event, received_on))
        .when(event < FIRST_DAY).then(pl.format("event_date {} lies before {}", event, pl.lit(FIRST_DAY)))
    )  # fmt: skip
    found = [typed.select(ROW, reason.alias("reason")).drop_nulls()]
    for column in contract.use.ended_by:  # a decision may take effect later, but nobody decides for the next decade
        late = pl.format(
            "{} {} lies more than a year after the day it was received, {}", pl.lit(column), column, received_on
        )
        far = pl.col(column) > received_on.dt.offset_by("1y")
        found.append(typed.filter(far).select(ROW, late.alias("reason")))
    return _gather("date", pl.concat(found))


def _impossible_codes(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    subjects = typed[contract.subject].unique()
    wrong = impossible_codes(subjects.filter(~subjects.str.contains(NUMBER_PATTERN)))
    if wrong.is_empty():
        return pl.DataFrame(schema=_REFUSALS)
    reason = pl.format(
        "{} is no unified social credit code: its check characters do not agree", pl.col(contract.subject)
    )
    return _gather(
        "uscc", typed.filter(pl.col(contract.subject).is_in(wrong.implode())).select(ROW, reason.alias("reason"))
    )


def _gather(code: str, found: pl.DataFrame) -> pl.DataFrame:
    """One refusal a row, its reasons joined in the order they were found."""
    if found.is_empty():
        return pl.DataFrame(schema=_REFUSALS)
    joined = found.group_by(ROW, maintain_order=True).agg(pl.col("reason").str.join("; "))
    return joined.select(pl.col(ROW).cast(pl.UInt32), pl.lit(code).alias("code"), "reason")
