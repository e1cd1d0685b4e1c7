"""What a platform reports of its loans: the shares of small borrowers and of loans without security."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from features.sources.city.manifest import TRUTH
from features.sources.city.outcomes import delivered
from features.sources.city.promises import Figure
from features.sources.city.separation import clustered_error
from features.sources.city.truth import read_truth

_SMALL = ("sole_trader", "micro", "small")
_UNSECURED = "信用"

FEWEST_FIRMS = 30
"""Alike in weight, or more that are not: below, a share says nothing."""


@dataclass(frozen=True)
class LoanShares:
    """Shares of the population's loans: weights undo the over-sampling.

    small, unsecured, both: of the amount. holding: of small borrowers, those with at least one unsecured loan.
    """

    small: Figure
    unsecured: Figure
    both: Figure
    holding: Figure


def loan_shares(folder: Path) -> LoanShares:
    """Of every loan a city's banks report."""
    loans = delivered(folder, "F60").group_by("loan_no_hash").agg(pl.first("amount_fen", "secured", "weight"))
    owner = read_truth(folder / TRUTH, "loans").select("loan_no_hash", "uscc")
    size = read_truth(folder / TRUTH, "enterprises").select("uscc", small=pl.col("size").is_in(_SMALL))
    loans = loans.join(owner, on="loan_no_hash").join(size, on="uscc")
    loans = loans.with_columns(amount=pl.col("amount_fen") * pl.col("weight"), bare=pl.col("secured") == _UNSECURED)
    borrowers = loans.filter("small").group_by("uscc").agg(pl.first("weight"), pl.any("bare"))
    return LoanShares(
        small=_share(loans, "small", "amount"),
        unsecured=_share(loans, "bare", "amount"),
        both=_share(loans.with_columns(both=pl.col("small") & pl.col("bare")), "both", "amount"),
        holding=_share(borrowers, "bare", "weight"),
    )


def _share(rows: pl.DataFrame, where: str, weight: str) -> Figure:
    """A weighted share, firms as clusters; not a number where too few firms hold most of the weight."""
    of_firm = rows.group_by("uscc").agg(pl.col(weight).sum())[weight].to_numpy().astype(np.float64)
    if of_firm.sum() ** 2 < FEWEST_FIRMS * (of_firm**2).sum() or not len(of_firm):
        return Figure(float("nan"))
    inside, weights = rows[where].to_numpy().astype(np.float64), rows[weight].to_numpy().astype(np.float64)
    share = float(np.average(inside, weights=weights))
    firm = rows["uscc"].rank("dense").to_numpy().astype(np.int64)
    return Figure(share, clustered_error(weights * (inside - share), firm) / float(weights.sum()))
