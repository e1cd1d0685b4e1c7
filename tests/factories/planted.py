"""A city with a wrong in it: a trait no feature may carry, a feature that stands for it, a bank that refused by it."""

import numpy as np
import polars as pl
from scipy.stats import norm

ORIGIN, HERE, ELSEWHERE = "origin", "here", "elsewhere"
"""The trait: the owner's home region. It has nothing to do with default."""


def origins(subjects: pl.Series, *, elsewhere: float = 0.3, seed: int = 11) -> pl.DataFrame:
    """An auditor's file: where the owner of each enterprise comes from, drawn by lot."""
    firms = subjects.unique().sort()
    drawn = np.random.default_rng(seed).random(len(firms)) < elsewhere
    return pl.DataFrame({"subject": firms, ORIGIN: np.where(drawn, ELSEWHERE, HERE)})


def plant_proxy(frame: pl.DataFrame, feature: str, *, correlation: float = 0.5, seed: int = 12) -> pl.DataFrame:
    """The frame, with its column `origin`, where a feature now goes with coming from elsewhere as strongly as asked."""
    inside = (frame[ORIGIN] == ELSEWHERE).to_numpy().astype(np.float64)
    standing = (inside - inside.mean()) / inside.std()
    noise = np.random.default_rng(seed).standard_normal(len(inside))
    return frame.with_columns(pl.Series(feature, correlation * standing + np.sqrt(1 - correlation**2) * noise))


def plant_biased_rule(applications: pl.DataFrame, *, refused: float = 0.3, seed: int = 13) -> pl.DataFrame:
    """Applications, with their column `origin`, after a bank refused a share of those it had granted elsewhere."""
    lot = pl.Series(np.random.default_rng(seed).random(len(applications)) < refused)
    return applications.with_columns(granted=pl.col("granted") & ~((pl.col(ORIGIN) == ELSEWHERE) & lot))


def origins_following(
    subjects: pl.Series, values: pl.Series, *, correlation: float = 0.5, seed: int = 14
) -> pl.DataFrame:
    """An auditor's file in which three owners in ten come from elsewhere, and where follows a feature's ranks."""
    ranks = (values.fill_null(values.median()).rank("random", seed=seed).to_numpy() - 0.5) / len(values)
    share = correlation / 0.759  # what cutting at three in ten leaves of a correlation
    hidden = share * norm.ppf(ranks) + np.sqrt(1 - share**2) * np.random.default_rng(seed).standard_normal(len(ranks))
    elsewhere = hidden > np.quantile(hidden, 0.7)
    return pl.DataFrame({"subject": subjects, ORIGIN: np.where(elsewhere, ELSEWHERE, HERE)})
