"""Every rule a delivery is held to, in words, and what becomes of that which breaks it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

Severity = Literal["block", "quarantine", "warn"]
"""block: the whole delivery is refused and the feed stops. quarantine: the row waits. warn: the row lands, counted."""

FIRST_DAY = date(1900, 1, 1)
"""No record of an enterprise is older; an earlier date is a typing error."""

MOST = 10**15
"""No amount or quantity of one record is larger: in fen ten trillion yuan. A larger one is in another unit, and its
sums would not fit 64 bits."""

RULE_WORDS = {
    "not_nullable": "must not be empty",
    "greater_than_or_equal_to": "must be at least ",
    "less_than_or_equal_to": "must be at most ",
    "greater_than": "must be greater than ",
    "isin": "must be one of ",
    "in_range": "must lie in ",
    "str_matches": "must have the form ",
    "str_length": "must have a length of ",
}
"""How the names of pandera's checks read in a sentence."""

_KINDS: dict[type[pl.DataType], str] = {
    pl.Date: "a day written YYYY-MM-DD",
    pl.Boolean: "true or false",
    pl.Float64: "a number",
    pl.Datetime: "an instant with its zone",
}


@dataclass(frozen=True)
class QualityRule:
    """text: the rule, as a refusal names it where it is broken."""

    severity: Severity
    text: str


def rules(severity: Severity, texts: Iterable[str]) -> tuple[QualityRule, ...]:
    """Rules of one severity."""
    return tuple(QualityRule(severity, text) for text in texts)


def of_files(columns: Iterable[str]) -> tuple[str, ...]:
    """What is asked of a file before a row of it is read."""
    return (
        f"a delivery must have the columns {', '.join(columns)}",
        "a delivery must have no other column",
        "a column of a Parquet file must have its contract's type",
    )


def of_cells(columns: Mapping[str, Any]) -> Iterator[str]:
    """What is asked of each cell by pandera's columns: its type, that it is there, and its own rules."""
    for name, column in columns.items():
        if column.dtype.type != pl.String:
            yield f"{name} must be {kind(column.dtype.type)}"
        if not column.nullable:
            yield f"{name} {RULE_WORDS['not_nullable']}"
        for check in column.checks:
            yield f"{name} {say(check)}"


def amounts(dtypes: Mapping[str, pl.DataType]) -> tuple[str, ...]:
    """The columns of money and of quantities: all of 64 bits but numbers that name something. Sums of 32 bits fit."""
    return tuple(name for name, dtype in dtypes.items() if dtype == pl.Int64 and not name.endswith("_no"))


def of_amounts(dtypes: Mapping[str, pl.DataType]) -> tuple[str, ...]:
    """What is asked of money and quantities in every feed."""
    return tuple(f"{name} must not exceed a thousand trillion" for name in amounts(dtypes))


def of_rows(subject: str, ended_by: Iterable[str]) -> tuple[str, ...]:
    """What is asked of the rows of every feed. subject: the column of the code. ended_by: days that end use."""
    return (
        "a line of a CSV file must have a cell for each column",
        "no text or hash may hold a person's identity number, mobile number or e-mail address",
        "no text may hold characters that were lost by reading it in a wrong encoding",
        "no row may be received after the instant it landed",
        "event_date must not lie after the day it was received",
        f"event_date must not lie before {FIRST_DAY}",
        *(f"{column} must not lie more than a year after the day it was received" for column in ended_by),
        f"{subject} must have check characters that agree",
    )


def same_key(grain: Iterable[str]) -> str:
    """What is asked of the records of one delivery. grain: the columns that name one record."""
    return f"no two records of a delivery that is no history may have the same {', '.join(grain)}"


def say(check: Any) -> str:
    """A check of pandera's in words that finish a sentence about its column."""
    name, _, rest = str(check.error or check.name).partition("(")
    return RULE_WORDS.get(name, name) + rest.removesuffix(")")


def kind(dtype: pl.DataType) -> str:
    """What a cell of this type must be."""
    return _KINDS.get(dtype.base_type(), "a whole number")
