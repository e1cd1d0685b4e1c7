"""Codes, hashes and record ids made from the files' own keys: the same row has the same id in every load."""

import hashlib
from collections.abc import Callable

import polars as pl

from bureau.uscc import placeholder_uscc

SOURCE = "cumcm"
_FIELD, _NULL = "\x1f", "\x1e"
"""Control characters that no file's text holds."""


def uscc_of(firm: pl.Series) -> pl.Series:
    """The placeholder code of each outside key (E1, E2, ...); null stays null."""
    return _mapped(firm, lambda key: placeholder_uscc(SOURCE, key))


def hash_of(counterparty: pl.Series) -> pl.Series:
    """The hash under which a counterparty is known; null stays null."""
    return _mapped(counterparty, lambda key: _digest(f"{SOURCE}:{key}", 16))


def line_ids(lines: pl.DataFrame) -> pl.Series:
    """An id from all of a line's content: invoice numbers alone repeat, also within a day and a counterparty."""
    cells = pl.all().cast(pl.String).fill_null(_NULL)
    content = lines.select(pl.concat_str(cells, separator=_FIELD)).to_series()
    return pl.Series("record_id", [_digest(text, 12) for text in content], dtype=pl.String)


def side_letter() -> pl.Expr:
    """The side in a record id: S sales, P purchases."""
    return pl.col("side").replace({"销": "S", "进": "P"})


def _digest(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def _mapped(keys: pl.Series, word: Callable[[str], str]) -> pl.Series:
    distinct = keys.drop_nulls().unique()
    words = pl.Series([word(key) for key in distinct], dtype=pl.String)
    return keys.replace_strict(distinct, words, default=None, return_dtype=pl.String)
