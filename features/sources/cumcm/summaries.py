"""F16: what each firm invoiced in each month, sales and purchases."""

import polars as pl

from features.contracts.invoice_month import INVOICE_MONTH
from features.sources.cumcm.identity import side_letter
from features.sources.cumcm.publication import is_published, published

KEYS = ("uscc", "side", "period")


def month_summaries(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per firm, side and published month with an invoice; net amounts, red-letter invoices included.

    Shares are of the positive net amounts by counterparty, in basis points rounded down; 0 where there are none.
    max_gap_days is the longest run of whole days of the month without a valid invoice.
    """
    due_after = INVOICE_MONTH.deadline_days
    lines = lines.with_columns(period=pl.col("invoiced_on").dt.month_end())
    lines = lines.filter(is_published(pl.col("period"), due_after))
    valid = lines.filter(pl.col("state") == "有效")
    months = _totals(lines).join(_concentration(valid), on=KEYS, how="left")
    months = months.join(_longest_gap(valid), on=KEYS, how="left").sort(KEYS)
    rows = months.with_columns(
        pl.col("n_counterparty", "top1_bp", "top5_bp").fill_null(0),
        pl.col("max_gap_days").fill_null(pl.col("period").dt.day().cast(pl.Int64)),
        record_id=pl.format("month-{}-{}-{}", "uscc", side_letter(), pl.col("period").dt.strftime("%Y%m")),
    )
    return published(rows, event="period", after_days=due_after)


def _totals(lines: pl.DataFrame) -> pl.DataFrame:
    valid, void = pl.col("state") == "有效", pl.col("state") == "作废"
    red = valid & (pl.col("amount_fen") < 0)
    return lines.group_by(KEYS).agg(
        n=valid.sum().cast(pl.Int64),
        amount_fen=pl.col("amount_fen").filter(valid).sum(),
        tax_fen=pl.col("tax_fen").filter(valid).sum(),
        n_void=void.sum().cast(pl.Int64),
        void_fen=pl.col("amount_fen").abs().filter(void).sum(),
        n_red=red.sum().cast(pl.Int64),
        red_fen=pl.col("amount_fen").filter(red).sum(),
    )


def _concentration(valid: pl.DataFrame) -> pl.DataFrame:
    by_counterparty = valid.group_by(*KEYS, "counterparty_hash").agg(net=pl.col("amount_fen").sum().clip(0))
    net = pl.col("net")
    return by_counterparty.group_by(KEYS).agg(
        n_counterparty=pl.len().cast(pl.Int64),
        top1_bp=_basis_points(net.max(), net.sum()),
        top5_bp=_basis_points(net.top_k(5).sum(), net.sum()),
    )


def _basis_points(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part * 10_000 // whole).otherwise(0)


def _longest_gap(valid: pl.DataFrame) -> pl.DataFrame:
    days = valid.select(*KEYS, day=pl.col("invoiced_on").dt.day().cast(pl.Int64)).unique().sort(*KEYS, "day")
    month_days = pl.col("period").first().dt.day().cast(pl.Int64)
    return days.group_by(KEYS).agg(
        max_gap_days=pl.max_horizontal(
            pl.col("day").first() - 1,
            (pl.col("day").diff() - 1).max().fill_null(0),
            month_days - pl.col("day").last(),
        )
    )
