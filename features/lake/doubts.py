"""Rows that are stored all the same and that a warning rule doubts: by their cells, or because of another row."""

from functools import reduce
from operator import xor

import polars as pl

from features.contracts.contract import Contract
from features.contracts.quality import same_key

_ROW = "row"


def doubtful_rows(typed: pl.DataFrame, contract: Contract, *, history: bool) -> int:
    """How many typed rows a warning rule doubts. history: they fill in the past."""
    doubt = pl.any_horizontal([doubt.expression for doubt in contract.doubts] or [pl.lit(False)])
    by_cells, twice = typed.filter(doubt)[_ROW], _repeated(typed, contract, history)
    return by_cells.len() if twice.is_empty() else pl.concat([by_cells, twice]).n_unique()


def doubts_told(typed: pl.DataFrame, contract: Contract, *, history: bool) -> pl.DataFrame:
    """The same rows once for each rule that doubts them: `row`, `code`, `reason`."""
    doubted = [(typed.filter(doubt.expression)[_ROW], doubt.text) for doubt in contract.doubts]
    doubted.append((_repeated(typed, contract, history), same_key(contract.grain)))
    return pl.concat(
        rows.to_frame(_ROW).select(_ROW, code=pl.lit("warn"), reason=pl.lit(text)) for rows, text in doubted
    )


def _repeated(typed: pl.DataFrame, contract: Contract, history: bool) -> pl.Series:
    # It takes a seventh of the time of judging, which a department's day can spare and a city's whole past cannot.
    return typed[_ROW].clear() if history else repeated_keys(typed, contract)


def repeated_keys(typed: pl.DataFrame, contract: Contract) -> pl.Series:
    """Rows of different records under one key of the department's, as far as they stand in the same frame.

    A record withdrawn there has made room for the other; a key with an empty part names nothing.
    """
    grain = [*contract.grain]
    # Hashes column by column: a struct of them takes ten times as long, and nearly no delivery has two alike.
    key = typed.select(key=reduce(xor, (pl.col(name).hash(place) for place, name in enumerate(grain))))["key"]
    if key.n_unique() == key.len():
        return typed[_ROW].clear()
    several = typed.filter(key.is_duplicated()).select(_ROW, "record_id", "op", *grain).drop_nulls(grain)
    withdrawn = several.filter(pl.col("op") == "D")["record_id"].unique()
    standing = several.filter(~pl.col("record_id").is_in(withdrawn.implode()))
    return standing.filter(pl.col("record_id").n_unique().over(grain) > 1)[_ROW]
