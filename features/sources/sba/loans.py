"""F60 and F62L: how each loan went, for labels; and what was applied for and charged off, for features."""

import polars as pl

from features.contracts.guaranteed_loan import APPROVED, EXISTING, NEW, NO, RURAL, URBAN, YES
from features.contracts.guaranteed_loan import CHARGED_OFF as LEDGER_CHARGE_OFF
from features.sources.sba.identity import lender_no, loan_hash, uscc_of
from features.sources.sba.publication import LAST_DAY, LAST_MONTH, known_on
from features.sources.sba.reading import CHARGED_OFF, PAID, SAMPLE, WEIGHT

LEAST_DPD = 90
"""Charged off is told without a day count: 90 is the least that the word means."""
MOST_COUNTED = 10_000
"""Numbers of people beyond are slips of a form."""


def loan_feedback(loans: pl.DataFrame) -> pl.DataFrame:
    """F60: a row of the approval, and one of the end of a loan whose end is known. Amounts are dollars and stay null.

    product: the file a loan is from, because how a sample was drawn tells what it stands for.
    """
    told = loans.select(
        uscc_of(loans),
        loan_hash(loans),
        key=pl.col("LoanNr_ChkDgt"),
        bank=pl.col("Bank").fill_null("未披露"),
        product=pl.col(SAMPLE),
        granted_on=pl.col("ApprovalDate"),
        weight=pl.col(WEIGHT),
        status=pl.col("MIS_Status"),
        ended_on=pl.col("ChgOffDate"),
        first_month=pl.col("ApprovalDate").dt.month_end(),
    )
    return pl.concat([_granted(told), _charged_off(told), _repaid(told)], how="diagonal")


def _granted(told: pl.DataFrame) -> pl.DataFrame:
    rows = told.with_columns(record_id=pl.format("grant-{}", "key"), dpd=0, class5=pl.lit("正常"))
    return _reported(rows, period=pl.col("first_month"), known=pl.col("first_month"))


def _charged_off(told: pl.DataFrame) -> pl.DataFrame:
    """Known on the day of the charge-off, with the month before it; a loan of no whole month has its first."""
    rows = told.filter(pl.col("status") == CHARGED_OFF).with_columns(
        record_id=pl.format("charge-off-{}", "key"), dpd=LEAST_DPD, class5=pl.lit("损失")
    )
    month_before = (pl.col("ended_on") + pl.duration(days=1)).dt.month_start() - pl.duration(days=1)
    period = pl.max_horizontal(month_before, pl.col("first_month"))
    return _reported(rows, period=period, known=pl.max_horizontal(pl.col("ended_on"), pl.col("first_month")))


def _repaid(told: pl.DataFrame) -> pl.DataFrame:
    rows = told.filter(pl.col("status") == PAID).with_columns(
        record_id=pl.format("repaid-{}", "key"), dpd=0, class5=pl.lit("正常"), balance_fen=0
    )
    return _reported(rows, period=pl.max_horizontal(pl.lit(LAST_MONTH), "first_month"), known=pl.lit(LAST_DAY))


def _reported(rows: pl.DataFrame, *, period: pl.Expr, known: pl.Expr) -> pl.DataFrame:
    return known_on(rows.with_columns(period=period.cast(pl.Date)), event=pl.col("period"), known=known)


def guaranteed_loans(loans: pl.DataFrame) -> pl.DataFrame:
    """F62L: a row of each approval with what was applied for, and one of each charge-off with who lent to whom."""
    between = (uscc_of(loans), loan_hash(loans), lender_no(loans))
    parties = {
        "lender_state": _state("BankState"),
        "lender_near": _yes_or_no(pl.col("BankState") == pl.col("State")),
        "state": _state("State"),
        "sector": _sector(),
        "weight_milli": (pl.col(WEIGHT) * 1_000).round().cast(pl.Int64),
    }
    rows = loans.with_columns(*between, **parties)
    return pl.concat([_approvals(rows), _charge_offs(rows)], how="diagonal")


def _approvals(rows: pl.DataFrame) -> pl.DataFrame:
    approved = rows.select(
        *("uscc", "loan_no_hash", "lender_no", "lender_state", "lender_near", "state", "sector", "weight_milli"),
        record_id=pl.format("approved-{}", "LoanNr_ChkDgt"),
        stage=pl.lit(APPROVED),
        happened_on=pl.col("ApprovalDate"),
        amount_usd_cents=_cents("GrAppv"),
        guaranteed_usd_cents=_cents("SBA_Appv"),
        employees=_people("NoEmp"),
        jobs_created=_people("CreateJob"),
        jobs_retained=_people("RetainedJob"),
        firm_stage=_coded("NewExist", {1: EXISTING, 2: NEW}),
        franchise=_yes_or_no(pl.col("FranchiseCode") > 1),
        area=_coded("UrbanRural", {1: URBAN, 2: RURAL}),
        revolving=_letter("RevLineCr"),
        short_form=_letter("LowDoc"),
    )
    return known_on(approved, event=pl.col("happened_on"), known=pl.col("happened_on"))


def _charge_offs(rows: pl.DataFrame) -> pl.DataFrame:
    off = rows.filter(pl.col("MIS_Status") == CHARGED_OFF).select(
        *("uscc", "loan_no_hash", "lender_no", "lender_state", "lender_near", "state", "sector", "weight_milli"),
        record_id=pl.format("charged-off-{}", "LoanNr_ChkDgt"),
        stage=pl.lit(LEDGER_CHARGE_OFF),
        happened_on=pl.col("ChgOffDate"),
    )
    return known_on(off, event=pl.col("happened_on"), known=pl.col("happened_on"))


def _state(column: str) -> pl.Expr:
    return pl.when(pl.col(column).str.contains("^[A-Z]{2}$")).then(pl.col(column))


def _sector() -> pl.Expr:
    sector = pl.col("NAICS") // 10_000
    return pl.when(sector.is_between(11, 99)).then(sector.cast(pl.String))


def _cents(column: str) -> pl.Expr:
    return (pl.col(column) * 100).round().cast(pl.Int64, strict=False)


def _people(column: str) -> pl.Expr:
    return pl.when(pl.col(column).is_between(0, MOST_COUNTED)).then(pl.col(column))


def _coded(column: str, words: dict[int, str]) -> pl.Expr:
    return pl.col(column).replace_strict(words, default=None, return_dtype=pl.String)


def _letter(column: str) -> pl.Expr:
    """Y and N; one file keeps other letters, another had left them out: all of them are unknown."""
    return pl.col(column).replace_strict({"Y": YES, "N": NO}, default=None, return_dtype=pl.String)


def _yes_or_no(holds: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(pl.lit(YES)).when(~holds).then(pl.lit(NO))
