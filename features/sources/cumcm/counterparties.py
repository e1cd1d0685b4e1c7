"""F17: the ten largest counterparties of each firm, side and quarter."""

import polars as pl

from features.contracts.counterparty import COUNTERPARTY
from features.sources.cumcm.identity import side_letter
from features.sources.cumcm.publication import is_published, published

KEYS = ("uscc", "side", "quarter")
RANKS = 10


def quarter_counterparties(lines: pl.DataFrame) -> pl.DataFrame:
    """Ranks 1 to 10 by the net amount of valid invoices in each published quarter, those above zero only.

    share_bp is of all positive net amounts of the firm and side, in basis points rounded down.
    """
    due_after = COUNTERPARTY.deadline_days
    ranked = _net_amounts(lines, due_after).with_columns(
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(KEYS),
        share_bp=pl.col("amount_fen") * 10_000 // pl.col("amount_fen").sum().over(KEYS),
    )
    rows = ranked.filter(pl.col("rank") <= RANKS).with_columns(
        record_id=pl.format("quarter-{}-{}-{}-{}", "uscc", side_letter(), pl.col("quarter").dt.strftime("%Y%m"), "rank")
    )
    return published(rows, event="quarter", after_days=due_after)


def _net_amounts(lines: pl.DataFrame, due_after: int) -> pl.DataFrame:
    quarter = pl.col("invoiced_on").dt.truncate("1q").dt.offset_by("2mo").dt.month_end()
    valid = lines.filter(pl.col("state") == "有效").with_columns(quarter=quarter)
    return (
        valid.filter(is_published(pl.col("quarter"), due_after))
        .group_by(*KEYS, cp_hash=pl.col("counterparty_hash"))
        .agg(pl.col("amount_fen").sum())
        .filter(pl.col("amount_fen") > 0)
        .sort(*KEYS, "amount_fen", "cp_hash", descending=[False, False, False, True, False])
    )
