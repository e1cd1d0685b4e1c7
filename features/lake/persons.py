"""Raw identities of natural persons: no row that holds one is stored, and what waits holds it no more.

Departments send keyed hashes. What reads like an identity number, a mobile number or an e-mail address is refused in
free text and in hash columns alike: an identity number of digits alone would pass for a short hash.
"""

from collections.abc import Iterable

import polars as pl

from features.contracts.contract import HASH_PATTERN, Contract

MASK = "[身份信息已遮盖]"
"""Stands where a raw identity stood; a row that holds it goes on waiting for the department's corrected one."""

_IDENTITY = r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
_MOBILE = r"1[3-9]\d{9}"
_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
RAW = rf"(?-u:\b)(?:{_IDENTITY}|{_MOBILE}|{_MAIL})(?-u:\b)"
"""The boundaries are ASCII's: a number that follows a Chinese character begins there."""

_KEYS = ("_no", "_id", "_code", "_key")
_REASON = "{} holds what reads like a person's identity number, mobile number or e-mail address; send its keyed hash"


def open_columns(contract: Contract) -> tuple[str, ...]:
    """The columns in which a person's identity could stand: free text, and hashes of persons.

    Numbers of documents, accounts and records are left out: eleven digits there are no telephone.
    """
    found = []
    for name, column in contract.schema.to_schema().columns.items():
        patterns = [check.statistics.get("pattern") for check in column.checks if check.name == "str_matches"]
        closed = any(check.name == "isin" for check in column.checks) or any(one != HASH_PATTERN for one in patterns)
        key = name == "record_id" or name.endswith(_KEYS)
        if column.dtype.type == pl.String and not closed and (patterns or not key):
            found.append(name)
    return tuple(found)


def identities(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Rows that hold a raw identity, once for each column: `row`, `reason`."""
    found = [pl.DataFrame(schema={"row": pl.UInt32, "reason": pl.String})]
    for column in open_columns(contract):
        texts = typed[column].drop_nulls().unique()
        raw = texts.filter(texts.str.contains(RAW) | texts.str.contains(MASK, literal=True))
        if not raw.is_empty():
            reason = pl.lit(_REASON.format(column)).alias("reason")
            found.append(
                typed.filter(pl.col(column).is_in(raw.implode())).select(pl.col("row").cast(pl.UInt32), reason)
            )
    return pl.concat(found)


def masked(columns: Iterable[str]) -> list[pl.Expr]:
    """Columns of text with every raw identity masked."""
    return [pl.col(column).cast(pl.String).str.replace_all(RAW, MASK) for column in columns]
