"""Simple measures of each loan's borrower on the day of the grant, for the generator's checks only.

They read the deliveries, not the lake, so that the generator can be judged before anything has landed.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from features.sources.city.outcomes import delivered

MONTH_DAYS = 30.44
_COMMON = ("uscc", "record_id", "version", "op", "event_date")


@dataclass(frozen=True)
class Probe:
    """One measure over the rows of a feed that happened in the last `months` and were known on the day."""

    name: str
    feed: str
    months: int
    measure: pl.Expr
    count: bool = False
    """Whether no row means zero instead of unknown."""


def _within(column: str, newest: float, oldest: float, side: str = "销") -> pl.Expr:
    """Values of a column from so many months before the grant, of one side of the invoices."""
    return pl.col(column).filter(pl.col("ago").is_between(newest, oldest) & (pl.col("side") == side))


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return part.sum() / whole.sum()


_SALES = pl.col("side") == "销"
_CORPORATE = pl.col("tax_kind") == "企税"
_DAYS_TO_PAY = (pl.col("paid_on") - pl.col("period")).dt.total_days()

PROBES: tuple[Probe, ...] = (
    Probe("age", "F01", 1200, (pl.col("as_of") - pl.col("est_date")).dt.total_days().last()),
    Probe("registered capital", "F01", 1200, pl.col("reg_capital_fen").last()),
    Probe("changes", "F02", 12, pl.len(), count=True),
    Probe("capital paid in", "F03", 1200, _share(pl.col("paid_fen"), pl.col("subscribed_fen"))),
    Probe("officers appointed", "F04", 36, pl.len(), count=True),
    Probe("reported debt", "F05", 26, _share(pl.col("liabilities_fen"), pl.col("assets_fen"))),
    Probe("reported margin", "F05", 26, _share(pl.col("net_profit_fen"), pl.col("revenue_fen"))),
    Probe("abnormal listings", "F06", 36, pl.len(), count=True),
    Probe("serious violations", "F07", 36, pl.len(), count=True),
    Probe("inspection problems", "F09", 36, (pl.col("result") != "正常").sum(), count=True),
    Probe("equity pledges", "F10", 36, pl.len(), count=True),
    Probe("movable securities", "F11", 36, pl.len(), count=True),
    Probe("complaints", "F12", 24, pl.len(), count=True),
    Probe("tax grade score", "F14", 26, pl.col("score").sort_by("event_date").last()),
    Probe("days declared late", "F15", 14, pl.col("late_days").mean()),
    Probe("share declared late", "F15", 14, (pl.col("late_days") > 0).mean()),
    Probe("tax paid of payable", "F15", 14, _share(pl.col("paid_fen"), pl.col("payable_fen"))),
    Probe(
        "profit tax of sales",
        "F15",
        14,
        _share(pl.col("payable_fen").filter(_CORPORATE), pl.col("taxable_sales_fen").filter(_CORPORATE)),
    ),
    Probe("months with sales", "F16", 14, pl.col("period").filter(_SALES).n_unique()),
    Probe("void share", "F16", 14, _share(pl.col("n_void").filter(_SALES), pl.col("n").filter(_SALES))),
    Probe("red share", "F16", 14, _share(pl.col("n_red").filter(_SALES), pl.col("n").filter(_SALES))),
    Probe("largest customer", "F16", 8, pl.col("top1_bp").filter(_SALES).mean()),
    Probe("customers", "F16", 8, pl.col("n_counterparty").filter(_SALES).mean()),
    Probe("longest gap", "F16", 8, pl.col("max_gap_days").filter(_SALES).mean()),
    Probe("sales trend", "F16", 14, _within("amount_fen", 2, 8).sum() / _within("amount_fen", 8, 14).sum()),
    Probe("arrears", "F18", 24, pl.len(), count=True),
    Probe("insured staff", "F22", 14, pl.col("insured_n").sort_by("event_date").last()),
    Probe("staff leaving", "F22", 8, _share(pl.col("left_n"), pl.col("insured_n") + 1)),
    Probe("staff joining", "F22", 8, _share(pl.col("new_n"), pl.col("insured_n") + 1)),
    Probe("contributions paid", "F22", 14, _share(pl.col("paid_fen"), pl.col("payable_fen"))),
    Probe("cases", "F26", 24, (pl.col("role") == "被告").sum(), count=True),
    Probe("enforcements", "F27", 36, pl.len(), count=True),
    Probe("dishonest listings", "F28", 36, pl.len(), count=True),
    Probe("penalties", "F34", 24, pl.len(), count=True),
    Probe("power paid late", "F46", 14, (_DAYS_TO_PAY > 18).mean()),
    Probe("power arrears", "F47", 24, pl.len(), count=True),
)

AFTER_DEFAULT = ("cases", "enforcements", "dishonest listings")
"""Probes whose feeds partly follow from default."""


def measure(
    folder: Path, loans: pl.DataFrame, probes: tuple[Probe, ...] = PROBES, *, naive: bool = False
) -> pl.DataFrame:
    """One column per probe, in the order of the loans.

    naive: as if everything ever delivered had been known on the day of the grant, the mistake to be caught.
    """
    measured = loans.select("loan")
    for feed in dict.fromkeys(probe.feed for probe in probes):
        of_feed = [probe for probe in probes if probe.feed == feed]
        rows = _rows(folder, loans, of_feed, naive)
        for probe in of_feed:
            inside = rows.filter(pl.col("ago") < probe.months)
            value = inside.group_by("loan", maintain_order=True).agg(probe.measure.cast(pl.Float64).alias(probe.name))
            measured = measured.join(value, on="loan", how="left", maintain_order="left")
    counts = [pl.col(probe.name).fill_null(0) for probe in probes if probe.count]
    return measured.with_columns(counts).drop("loan")


def _rows(folder: Path, loans: pl.DataFrame, probes: list[Probe], naive: bool) -> pl.DataFrame:
    """Each loan with its borrower's rows, in the newest version known at the end of the day of the grant."""
    rows = delivered(folder, probes[0].feed)
    needed = {*_COMMON, *(name for probe in probes for name in probe.measure.meta.root_names())}
    received_on = pl.col("received_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    rows = rows.select(*(needed.intersection(rows.columns)), received_on=received_on)
    ago = (pl.col("as_of") - pl.col("event_date")).dt.total_days() / MONTH_DAYS
    of_loans = loans.select("loan", "uscc", as_of="granted_on").join(rows.unique(), on="uscc").with_columns(ago=ago)
    of_loans = of_loans.filter(pl.col("ago") < max(probe.months for probe in probes))
    if not naive:
        of_loans = of_loans.filter(pl.col("ago") >= 0, pl.col("received_on") <= pl.col("as_of"))
    newest = pl.col("version") == pl.col("version").max().over("loan", "record_id")
    return of_loans.filter(newest, pl.col("op") != "D").sort("loan", "event_date", "record_id")
