"""The truth beside the deliveries: for tests and for the generator's own checks, never for a feature or a model."""

from pathlib import Path

import polars as pl

from features.sources.city.default import Defaults, first_year_probability, log_odds
from features.sources.city.feedback import loan_numbers
from features.sources.city.loans import Applications, Loans
from features.sources.city.population import NEVER
from features.sources.city.rows import days, only_where
from features.sources.city.shapes import SIZES
from features.sources.city.shard import Shard


def write_truth(folder: Path, shard: Shard, applications: Applications, loans: Loans, defaults: Defaults) -> None:
    """One file per table and shard under `folder`."""
    tables = {
        "enterprises": _enterprises(shard, defaults),
        "loans": _loans(shard, loans, defaults),
        "applications": _applications(shard, applications),
    }
    for name, table in tables.items():
        path = folder / name / f"shard={shard.chances.shard:04d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.write_parquet(path)


def read_truth(folder: Path, table: str) -> pl.DataFrame:
    """All shards of one table of the truth."""
    return pl.read_parquet(folder / table / "*.parquet")


def _enterprises(shard: Shard, defaults: Defaults) -> pl.DataFrame:
    """What each enterprise is: its hidden traits, and the month it defaulted in, if it did."""
    firms, latent = shard.firms, shard.latent
    last = shard.months.count - 1
    return pl.DataFrame(
        {
            "uscc": shard.identities.uscc,
            "entity": firms.entity,
            "borrower": firms.borrower,
            "size": [SIZES[size] for size in firms.size],
            "dormant": firms.dormant,
            "weight": firms.weight,
            "quality": latent.quality,
            "integrity": latent.integrity,
            "leverage": latent.leverage,
            "ring": only_where(pl.Series(shard.relations.ring), shard.relations.ring >= 0),
            "owner": shard.relations.owner_hash,
            "stress_last_month": latent.stress[:, last],
            "defaulted": days(shard.months.ends[defaults.month.clip(max=last)], defaults.month < NEVER),
        }
    )


def _loans(shard: Shard, loans: Loans, defaults: Defaults) -> pl.DataFrame:
    """What each loan was worth. probability: of default in its first year, given the whole hidden path.

    state_log_odds: what the hidden state of the month of the grant says; the best any feature could know then.
    """
    at_grant = loans.firm, loans.month
    return pl.DataFrame(
        {
            "loan_no_hash": loan_numbers(shard, loans),
            "uscc": shard.identities.uscc.gather(loans.firm),
            "granted_on": days(loans.day),
            "probability": first_year_probability(shard.months, loans, defaults.hazard),
            "state_log_odds": log_odds(shard.parameters, shard.latent)[at_grant],
            "stress": shard.latent.stress[at_grant],
            "liquidity": shard.latent.liquidity[at_grant],
        }
    )


def _applications(shard: Shard, applications: Applications) -> pl.DataFrame:
    """Everyone who asked, with what the hidden state said of them: the selection can be undone."""
    at_request = applications.firm, applications.month
    return pl.DataFrame(
        {
            "uscc": shard.identities.uscc.gather(applications.firm),
            "month": days(shard.months.ends[applications.month]),
            "granted": applications.granted,
            "state_log_odds": log_odds(shard.parameters, shard.latent)[at_request],
        }
    )
