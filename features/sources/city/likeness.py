"""How far the city's monthly invoice summaries can be told from real ones, once size is taken out of both."""

from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl

from features.contracts.invoice_line import INVOICE_LINE
from features.contracts.invoice_month import INVOICE_SIDES
from features.sources.city.arrays import Flags, Floats
from features.sources.city.outcomes import delivered
from features.sources.city.scores import fitted_scores
from features.sources.city.separation import Separation, separation
from features.sources.cumcm.lines import countable, invoice_lines
from features.sources.cumcm.reading import read_directory
from features.sources.cumcm.summaries import month_summaries
from features.sources.versions import first_versions

LEAST_MONTHS = 12
"""Of sales, for a firm's habits to be seen."""
_TREES = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 20,
    "lambda_l2": 5.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "seed": 1,
    "deterministic": True,
    "num_threads": 1,
    "verbose": -1,
}
_ROUNDS, _FOLDS = 150, 5
_SIDES = dict(zip(INVOICE_SIDES, ("sales", "purchases"), strict=True))


def real_summaries(directory: Path) -> pl.DataFrame:
    """The monthly summaries of the contest's real firms."""
    lines = first_versions(invoice_lines(read_directory(directory).invoices), INVOICE_LINE)
    return month_summaries(countable(lines))


def city_summaries(folder: Path, months: pl.Series) -> pl.DataFrame:
    """The city's latest summaries of the months the real firms have, of those who borrow in it."""
    borrowers = delivered(folder, "F60").select("uscc").unique()
    rows = delivered(folder, "F16").join(borrowers, on="uscc", how="semi")
    rows = rows.filter(pl.col("period").is_between(months.min(), months.max()))
    return rows.sort("version").unique("record_id", keep="last").filter(pl.col("op") != "D")


def habits(summaries: pl.DataFrame) -> pl.DataFrame:
    """One row per firm with sales in at least a year of months: how it invoices, whatever its size."""
    amount = pl.when(pl.col("amount_fen") > 0).then("amount_fen").log()
    of_side = summaries.sort("uscc", "period").group_by("uscc", "side").agg(
        months=pl.len(),
        spread=(amount - amount.median()).std(),
        steps=amount.diff().abs().median(),
        void=pl.col("n_void").sum() / (pl.col("n") + pl.col("n_void")).sum(),
        red=pl.col("n_red").sum() / pl.col("n").sum(),
        counterparties=(pl.col("n_counterparty") / pl.col("n").clip(1)).median(),
        top1=pl.col("top1_bp").median(),
        top5=pl.col("top5_bp").median(),
        gap=pl.col("max_gap_days").median(),
    )  # fmt: skip
    sides = [_named(of_side.filter(pl.col("side") == side).drop("side"), of) for side, of in _SIDES.items()]
    both = sides[0].join(sides[1], on="uscc", how="left")
    return both.filter(pl.col("sales months") >= LEAST_MONTHS).drop("uscc", "sales months", "purchases months")


def _named(of_side: pl.DataFrame, side: str) -> pl.DataFrame:
    return of_side.rename({name: f"{side} {name}" for name in of_side.columns if name != "uscc"})


@dataclass(frozen=True)
class Likeness:
    """found: of a plain fitted score, cross-validated, of a real firm against one of the city; by_trees: of trees.
    habit: the one that tells most by itself, and by how much."""

    found: Separation
    by_trees: Separation
    real_firms: int
    habit: str
    habit_alone: Separation


def told_apart(folder: Path, directory: Path, seed: int = 0) -> Likeness:
    """How far the firms of a directory of real invoices can be told from those of a city."""
    real = real_summaries(directory)
    return compare(habits(real), habits(city_summaries(folder, real["period"])), seed)


def compare(real_habits: pl.DataFrame, made: pl.DataFrame, seed: int = 0) -> Likeness:
    """The same of firms whose habits are known: one row a firm, one column a habit."""
    together = pl.concat([real_habits, made], how="vertical_relaxed")
    firm = np.arange(together.height)
    is_real, columns = firm < real_habits.height, _columns(together)
    alone = {name: separation(column, is_real, firm) for name, column in zip(together.columns, columns.T, strict=True)}
    habit, most = max(alone.items(), key=lambda item: item[1].strength)
    found = separation(fitted_scores(columns, is_real, seed), is_real, firm)
    by_trees = separation(_tree_scores(columns, is_real, seed), is_real, firm)
    return Likeness(found, by_trees, real_habits.height, habit, most)


def _tree_scores(columns: Floats, is_real: Flags, seed: int) -> Floats:
    """(rows,) each firm's score by trees grown on the firms of the other folds."""
    fold = np.random.default_rng(seed).integers(0, _FOLDS, len(columns))
    scores: Floats = np.empty(len(columns))
    for held in np.unique(fold):
        others = lightgbm.Dataset(columns[fold != held], is_real[fold != held].astype(np.float64))
        trees = lightgbm.train(_TREES, others, _ROUNDS)
        scores[fold == held] = np.asarray(trees.predict(columns[fold == held], raw_score=True), dtype=np.float64)
    return scores


def _columns(frame: pl.DataFrame) -> Floats:
    columns: Floats = frame.cast(pl.Float64).to_numpy()
    return columns
