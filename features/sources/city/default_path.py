"""The yearly default path a city's loans followed, beside that of its parameters."""

from pathlib import Path

import numpy as np
import polars as pl

from features.sources.city.default import FIRST_AT_RISK, LAST_AT_RISK
from features.sources.city.manifest import TRUTH
from features.sources.city.outcomes import OVERDUE_DAYS, delivered
from features.sources.city.parameters import Parameters
from features.sources.city.promises import Figure, Size, near
from features.sources.city.separation import clustered_error
from features.sources.city.truth import read_truth
from features.sources.source import Check

NEAR = 0.15
"""How far a year's rate may be from its target, as a part of it."""
_MONTHS_AT_RISK = LAST_AT_RISK - FIRST_AT_RISK + 1


def check_default_path(folder: Path, parameters: Parameters, size: Size) -> tuple[Check, ...]:
    """Year by year, of months in which a default would have fallen into the first year of a loan."""
    rows = _months_at_risk(folder)
    return tuple(
        near(f"yearly rate of default in {year}", rate, NEAR * rate, ".1%").judge(_rate(rows, year), size)
        for year, rate in parameters.default.yearly_rate.items()
        if parameters.calendar.first.year <= year <= parameters.calendar.last.year
    )


def _months_at_risk(folder: Path) -> pl.DataFrame:
    """uscc, year, weight, and whether the loan defaulted in that month; nothing after a default."""
    owner = read_truth(folder / TRUTH, "loans").select("loan_no_hash", "uscc")
    loan, bad = "loan_no_hash", pl.col("dpd") >= OVERDUE_DAYS
    rows = delivered(folder, "F60").select(loan, "period", "granted_on", "dpd", "weight").unique([loan, "period"])
    first_bad = pl.col("period").filter(bad).min().over(loan)
    granted, period = pl.col("granted_on").dt, pl.col("period").dt
    month = (period.year() - granted.year()) * 12 + period.month().cast(pl.Int32) - granted.month().cast(pl.Int32)
    at_risk = rows.filter(
        month.is_between(FIRST_AT_RISK, LAST_AT_RISK), (pl.col("period") <= first_bad).fill_null(True)
    )
    return at_risk.join(owner, on=loan).select("uscc", "weight", year=period.year(), bad=bad)


def _rate(rows: pl.DataFrame, year: int) -> Figure:
    """So many times the monthly rate as a loan's first year has months at risk, firms as clusters."""
    of_year = rows.filter(pl.col("year") == year).sort("uscc")
    defaults = int(of_year["bad"].sum())
    if defaults == 0:
        return Figure(float("nan"))
    bad, weight = of_year["bad"].to_numpy().astype(np.float64) * _MONTHS_AT_RISK, of_year["weight"].to_numpy()
    rate = float(np.average(bad, weights=weight))
    firm = of_year["uscc"].rank("dense").to_numpy().astype(np.int64)
    return Figure(rate, clustered_error(weight * (bad - rate), firm) / float(weight.sum()), f"{defaults:,} defaults")
