"""What goes wrong between a department and us. Only what is delivered suffers; the truth stands beside it."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from bureau.uscc import ALPHABET
from features.sources.city.arrays import Ints
from features.sources.city.drift import with_new_codes
from features.sources.city.exposure import CODED, FIGURES, OPTIONAL, SIGNED, TEXTS, WITHDRAWABLE
from features.sources.city.parameters import Parameters
from features.sources.city.publication import some
from features.sources.city.reactions import DirtRates
from features.sources.city.rows import days
from features.sources.city.streams import scramble

_WRONG_FACTORS = (0.1, 0.5, 1.5, 10.0)
_UNIT_FACTORS = (1e-4, 1e4)
_DIGITS, _WIDE_DIGITS = "0123456789", "０１２３４５６７８９"
_A_DECADE_DAYS = 3_653


def soil(
    statements: pl.DataFrame,
    feed: str,
    parameters: Parameters,
    chance: np.random.Generator,
    drifts: Sequence[tuple[int, int]] = (),
) -> pl.DataFrame:
    """Statements as they leave the department: mistyped and corrected, withdrawn, incomplete, with wrong codes.

    drifts: first and last day of each code that is new to the feed.
    """
    rules = parameters.dirt.of(feed)
    for column in OPTIONAL.get(feed, ()):
        statements = _left_empty(statements, column, rules.optional_missing, chance)
    if feed in FIGURES:
        statements = _corrected(statements, FIGURES[feed], rules, chance)
    if feed in WITHDRAWABLE:
        statements = _withdrawn(statements, rules, chance)
    if feed in FIGURES and feed not in SIGNED:
        statements = _negative(statements, FIGURES[feed], rules.negative, chance)
    if feed != "F01":
        rewrites = (rules.wrong_check_character, _mistyped), (rules.full_width, _widened)
        statements = _rewritten(statements, rewrites, chance)
        statements = _in_the_future(statements, rules.future_event, chance)
    if drifts:
        statements = with_new_codes(statements, feed, parameters, drifts, chance)
    return statements


def dirt_of(stated: pl.DataFrame, soiled: pl.DataFrame, feed: str) -> pl.DataFrame:
    """What `soil` did, for the truth: feed, record_id, version, kind, and what it should be, as text.

    kind: the column that is wrong, or "withdrawn" for a record that should never have been delivered.
    """
    first = soiled.head(stated.height)
    wrong = ["uscc", "event_date", *OPTIONAL.get(feed, ()), *(of[feed] for of in (FIGURES, CODED, TEXTS) if feed in of)]
    parts = [_differing(stated, first, name) for name in dict.fromkeys(wrong)]
    withdrawn = soiled.slice(stated.height).filter(pl.col("op") == "D")
    never = withdrawn.select("record_id", "version", kind=pl.lit("withdrawn"), right=pl.lit(None, pl.String))
    return pl.concat([*parts, never]).select(pl.lit(feed).alias("feed"), pl.all())


def _differing(stated: pl.DataFrame, soiled: pl.DataFrame, column: str) -> pl.DataFrame:
    right = stated.select("record_id", "version", kind=pl.lit(column), right=pl.col(column).cast(pl.String))
    return right.filter(soiled[column].ne_missing(stated[column]))


def _left_empty(statements: pl.DataFrame, column: str, share: float, chance: np.random.Generator) -> pl.DataFrame:
    """The same field stays empty in every version of a record."""
    drawn = scramble(statements["record_id"].to_numpy(), int(chance.integers(1 << 62)))
    kept = pl.Series(drawn >= np.uint64(min(share, 1 - 1e-9) * 2.0**64))
    return statements.with_columns(pl.when(kept).then(column).alias(column))


def _corrected(statements: pl.DataFrame, column: str, rules: DirtRates, chance: np.random.Generator) -> pl.DataFrame:
    """First a wrong figure, mistyped or in another unit, then the right one as the next version."""
    mixed = rules.unit_mixed if column.endswith("_fen") else 0.0
    row, on = _change_later(statements, rules.corrected + mixed, rules, chance)
    right = statements[row]
    in_another_unit = chance.random(len(row)) * (rules.corrected + mixed) < mixed
    mistyped_by, unit = chance.choice(_WRONG_FACTORS, len(row)), chance.choice(_UNIT_FACTORS, len(row))
    wrong = (right[column] * pl.Series(np.where(in_another_unit, unit, mistyped_by))).round().cast(right.schema[column])
    mistyped = statements[column].clone().scatter(row, wrong)
    return pl.concat([statements.with_columns(mistyped), _changed(right, on, op="U")])


def _withdrawn(statements: pl.DataFrame, rules: DirtRates, chance: np.random.Generator) -> pl.DataFrame:
    """A record delivered in error is withdrawn."""
    row, on = _change_later(statements, rules.withdrawn, rules, chance)
    return pl.concat([statements, _changed(statements[row], on, op="D")])


def _changed(statements: pl.DataFrame, on: pl.Series, *, op: str) -> pl.DataFrame:
    """The next version of each statement, learned on a day of its own."""
    return statements.with_columns(op=pl.lit(op), version=(pl.col("version") + 1).cast(pl.Int32), learned_on=on)


def _change_later(
    statements: pl.DataFrame, share: float, rules: DirtRates, chance: np.random.Generator
) -> tuple[Ints, pl.Series]:
    """A share of the records and the day on which each changes; only records that had one version."""
    row = some(statements.height, share, chance)
    version, record = statements["version"].to_numpy(), statements["record_id"].to_numpy()
    row = row[(version[row] == 1) & ~np.isin(record[row], record[version > 1])]
    learned = statements["learned_on"].to_physical().to_numpy()[row].astype(np.int64)
    return row, days(learned + chance.integers(*rules.corrected_after_days, len(row)))


def _negative(statements: pl.DataFrame, column: str, share: float, chance: np.random.Generator) -> pl.DataFrame:
    """A figure below zero, where the contract knows none: such a row waits in quarantine."""
    row = some(statements.height, share, chance)
    figures = statements[column]
    return statements.with_columns(figures.clone().scatter(row, -figures.gather(row)))


def _in_the_future(statements: pl.DataFrame, share: float, chance: np.random.Generator) -> pl.DataFrame:
    """An event a decade too late; such a row waits in quarantine."""
    row = some(statements.height, share, chance)
    events = statements["event_date"].to_physical().clone()
    late = events.scatter(row, events.gather(row) + _A_DECADE_DAYS)
    return statements.with_columns(late.cast(pl.Date).alias("event_date"))


def _rewritten(
    statements: pl.DataFrame,
    rewrites: Sequence[tuple[float, Callable[[pl.Series], pl.Series]]],
    chance: np.random.Generator,
) -> pl.DataFrame:
    """Of the codes a share each written otherwise."""
    codes, position = [statements["uscc"]], np.arange(statements.height)
    for share, rewrite in rewrites:
        row = some(statements.height, share, chance)
        position[row] = sum(map(len, codes)) + np.arange(len(row))
        codes.append(rewrite(codes[0][row]))
    return statements.with_columns(uscc=pl.concat(codes)[position])


def _mistyped(codes: pl.Series) -> pl.Series:
    """The last character another; such a row waits in quarantine."""
    moved = dict(zip(ALPHABET, ALPHABET[1:] + ALPHABET[0], strict=True))
    return codes.str.head(17) + codes.str.tail(1).replace_strict(moved, default=None, return_dtype=pl.String)


def _widened(codes: pl.Series) -> pl.Series:
    """Digits of full width, which mean the same."""
    return codes.str.replace_many(list(_DIGITS), list(_WIDE_DIGITS))
