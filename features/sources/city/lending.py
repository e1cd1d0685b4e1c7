"""What a platform reports of its loans: the shares of small borrowers and of loans without security."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from features.sources.city.manifest import TRUTH
from features.sources.city.outcomes import delivered
from features.sources.city.truth import read_truth

_SMALL = ("sole_trader", "micro", "small")
_UNSECURED = "信用"


@dataclass(frozen=True)
class LoanShares:
    """Shares of the population's loans: weights undo the over-sampling.

    small, unsecured, both: of the amount. holding: of small borrowers, those with at least one unsecured loan.
    """

    small: float
    unsecured: float
    both: float
    holding: float


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


def _share(rows: pl.DataFrame, where: str, weight: str) -> float:
    share: float = rows.select(pl.col(weight).filter(where).sum() / pl.col(weight).sum()).item()
    return share
