"""Texts that lost characters on the way: read in another encoding than they were written in, they say nothing sure."""

import polars as pl

from features.contracts.contract import Contract

LOST_TEXT = r"[\x{FFFD}\x{80}-\x{9F}]|锟斤拷"
"""What a reader puts where it can read nothing; control characters, of which Chinese read as Latin is full; and what
the first becomes when it is read as Chinese."""
_REASON = "{} holds characters that were lost by reading it in a wrong encoding; send the row again in UTF-8"
_BOUND = ("isin", "str_matches")


def lost_texts(typed: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Rows whose text lost characters, once for each column: `row`, `reason`.

    A column that is bound to a list or a form has a rule that refuses them anyhow.
    """
    found = [pl.DataFrame(schema={"row": pl.UInt32, "reason": pl.String})]
    for name, column in contract.schema.to_schema().columns.items():
        if column.dtype.type == pl.String and not any(check.name in _BOUND for check in column.checks):
            lost = _damaged(typed[name])
            if not lost.is_empty():
                rows = typed.filter(pl.col(name).is_in(lost.implode()))
                reason = pl.lit(_REASON.format(name)).alias("reason")
                found.append(rows.select(pl.col("row").cast(pl.UInt32), reason))
    return pl.concat(found)


def _damaged(texts: pl.Series) -> pl.Series:
    """Those of some texts that lost characters, each once. ASCII has lost none, and most record ids are ASCII."""
    beyond_ascii = texts.filter(texts.str.len_bytes() != texts.str.len_chars()).unique()
    return beyond_ascii.filter(beyond_ascii.str.contains(LOST_TEXT))
