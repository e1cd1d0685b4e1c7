"""What goes wrong between a department and us. Only what is delivered suffers; the truth stands beside it."""

import numpy as np
import polars as pl

from bureau.uscc import ALPHABET
from features.sources.city.parameters import Parameters
from features.sources.city.rows import days, later

FIGURES = {
    "F15": "paid_fen",
    "F16": "amount_fen",
    "F17": "amount_fen",
    "F22": "insured_n",
    "F46": "kwh",
    "F34": "fine_fen",
}
"""The column a clerk mistypes in each feed, to be corrected later."""

OPTIONAL = {
    "F01": ("legal_rep_hash", "reg_capital_fen", "address", "industry"),
    "F02": ("before",),
    "F14": ("score",),
    "F28": ("duty", "act"),
    "F34": ("published_on",),
    "F60": ("bank_grade",),
}
"""Columns that may be left empty, and sometimes are."""

_WITHDRAWABLE = ("F15", "F16", "F17", "F22", "F34", "F46", "F47")
_WRONG_FACTORS = (0.1, 0.5, 1.5, 10.0)
_ON = "changed_on"


def soil(statements: pl.DataFrame, feed: str, parameters: Parameters, chance: np.random.Generator) -> pl.DataFrame:
    """Statements as they leave the department: mistyped and corrected, withdrawn, incomplete, with wrong codes."""
    rules = parameters.dirt
    statements = _left_empty(statements, OPTIONAL.get(feed, ()), rules.optional_missing, chance)
    if feed in FIGURES:
        statements = _corrected(statements, FIGURES[feed], parameters, chance)
    if feed in _WITHDRAWABLE:
        statements = _withdrawn(statements, parameters, chance)
    if feed != "F01":
        statements = _wrong_codes(statements, rules.wrong_check_character, chance)
    return statements


def repeat_some(delivered: pl.DataFrame, share: float, chance: np.random.Generator) -> pl.DataFrame:
    """Adds exact copies of some rows."""
    again = delivered.filter(pl.Series(chance.random(delivered.height) < share))
    return pl.concat([delivered, again])


def _left_empty(
    statements: pl.DataFrame, columns: tuple[str, ...], share: float, chance: np.random.Generator
) -> pl.DataFrame:
    """The same field stays empty in every version of a record."""
    for column in columns:
        record = statements["record_id"].rank("dense").to_numpy().astype(np.int64) - 1
        empty = chance.random(int(record.max(initial=-1)) + 1) < share
        statements = statements.with_columns(pl.when(~pl.Series(empty[record])).then(column).alias(column))
    return statements


def _corrected(
    statements: pl.DataFrame, column: str, parameters: Parameters, chance: np.random.Generator
) -> pl.DataFrame:
    """First a wrong figure, then the right one as the next version."""
    chosen = _some_day(statements, parameters.dirt.corrected, parameters, chance)
    factor = pl.Series(chance.choice(_WRONG_FACTORS, statements.height))
    mistyped = (pl.col(column) * factor).round().cast(statements.schema[column])
    first = chosen.with_columns(pl.when(pl.col(_ON).is_not_null()).then(mistyped).otherwise(column).alias(column))
    return pl.concat([first, later(chosen, on=_ON, op="U")]).drop(_ON)


def _withdrawn(statements: pl.DataFrame, parameters: Parameters, chance: np.random.Generator) -> pl.DataFrame:
    """A record delivered in error is withdrawn."""
    chosen = _some_day(statements, parameters.dirt.withdrawn, parameters, chance)
    return pl.concat([chosen, later(chosen, on=_ON, op="D")]).drop(_ON)


def _some_day(
    statements: pl.DataFrame, share: float, parameters: Parameters, chance: np.random.Generator
) -> pl.DataFrame:
    """Adds the day on which a share of the records changes; only records that had one version."""
    single = statements["record_id"].is_unique().to_numpy()
    chosen = single & (chance.random(statements.height) < share)
    learned = statements["learned_on"].cast(pl.Int32).to_numpy().astype(np.int64)
    after = learned + chance.integers(*parameters.dirt.corrected_after_days, statements.height)
    return statements.with_columns(days(after, chosen).alias(_ON))


def _wrong_codes(statements: pl.DataFrame, share: float, chance: np.random.Generator) -> pl.DataFrame:
    """The last character mistyped; such a row waits in quarantine."""
    wrong = pl.Series(chance.random(statements.height) < share)
    moved = dict(zip(ALPHABET, ALPHABET[1:] + ALPHABET[0], strict=True))
    mistyped = pl.col("uscc").str.head(17) + pl.col("uscc").str.tail(1).replace_strict(moved, default=None)
    return statements.with_columns(uscc=pl.when(wrong).then(mistyped).otherwise("uscc"))
