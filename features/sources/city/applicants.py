"""Everyone who asked a bank for a loan, and how a loan would have gone, granted or not: for checks only."""

from pathlib import Path

import numpy as np
import polars as pl

from features.sources.city.default import FIRST_AT_RISK, LAST_AT_RISK, MONTHS_UNPAID, hazards
from features.sources.city.manifest import TRUTH
from features.sources.city.redrawing import city_of, placed, shards_of
from features.sources.city.truth import read_truth


def read_applicants(folder: Path) -> pl.DataFrame:
    """One row per application whose first year is over: subject, as_of, granted, weight, probability; by day, subject.

    as_of: the last day before the month of the application. probability: of default in a loan's first year, given the
    whole hidden path. Firms that have stopped paying by then are left out: no bank lends to them, whatever its rule.
    """
    asked = _before_failing(folder).select(subject="uscc", as_of="month", granted="granted")
    city = city_of(folder)
    probability, weight = np.full(asked.height, np.nan), np.full(asked.height, np.nan)
    for shard in shards_of(city):
        hazard = hazards(city.parameters, shard.latent, city.intercepts)
        row, firm, month = placed(shard, asked)
        over = month + LAST_AT_RISK < city.months.count
        row, firm, month = row[over], firm[over], month[over]
        at_risk = month[:, None] + np.arange(FIRST_AT_RISK, LAST_AT_RISK + 1)
        probability[row] = -np.expm1(np.log1p(-hazard[firm[:, None], at_risk]).sum(axis=1))
        weight[row] = shard.firms.weight[firm]
    found = asked.with_columns(weight=weight, probability=probability).filter(pl.col("probability").is_not_nan())
    return found.with_columns(as_of=pl.col("as_of").dt.month_start().dt.offset_by("-1d"))


def _before_failing(folder: Path) -> pl.DataFrame:
    told = read_truth(folder / TRUTH, "applications").sort("month", "uscc", "granted")
    ends = read_truth(folder / TRUTH, "enterprises").select("uscc", "defaulted")
    stopped = pl.col("defaulted").dt.offset_by(f"-{MONTHS_UNPAID}mo").dt.month_end()
    owed = told.join(ends, on="uscc", how="left", maintain_order="left")
    return owed.filter(pl.col("defaulted").is_null() | (pl.col("month") < stopped))
