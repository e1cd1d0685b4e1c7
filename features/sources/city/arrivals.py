"""How many rows of a feed had arrived about each loan's borrower by the day of the grant, whatever they say."""

from pathlib import Path

import numpy as np
import polars as pl

from features.sources.city.arrays import Ints

LATELY_DAYS = 730
_DAYS = 1 << 20
"""More days than a city has: a firm and a day make one number, and counting takes two searches and no join."""


def arrivals(folder: Path, loans: pl.DataFrame, feed: str) -> tuple[pl.Series, pl.Series]:
    """Rows that arrived until the end of the day, in the order of the loans: in the last two years, and ever."""
    firms = loans.select("uscc").unique().sort("uscc").with_row_index("firm")
    received = pl.col("received_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    rows = (
        pl.scan_parquet(folder / f"{feed}-*.parquet")
        .select("uscc", day=received.to_physical())
        .join(firms.lazy(), on="uscc")
        .select("firm", "day")
        .collect()
    )
    arrived = np.sort(_keys(rows["firm"], rows["day"]))
    of_loans = loans.join(firms, on="uscc", maintain_order="left")
    firm, granted = of_loans["firm"], of_loans["granted_on"].to_physical()
    until, lately, ever = (_keys(firm, day) for day in (granted, granted - LATELY_DAYS, granted * 0))
    before = np.searchsorted(arrived, until, "right")
    return (
        pl.Series(before - np.searchsorted(arrived, lately, "right")),
        pl.Series(before - np.searchsorted(arrived, ever, "right")),
    )


def _keys(firm: pl.Series, day: pl.Series) -> Ints:
    keys: Ints = firm.cast(pl.Int64).to_numpy() * _DAYS + day.cast(pl.Int64).to_numpy()
    return keys
