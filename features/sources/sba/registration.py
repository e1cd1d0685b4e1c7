"""F01: each loan as a subject under a placeholder code, with its number as another name."""

import polars as pl

from features.sources.sba.identity import uscc_of
from features.sources.sba.publication import known_on

_SECTION = {
    11: "A",
    21: "B",
    22: "D",
    23: "E",
    31: "C",
    32: "C",
    33: "C",
    42: "F",
    44: "F",
    45: "F",
    48: "G",
    49: "G",
    51: "I",
    52: "J",
    53: "K",
    54: "M",
    55: "L",
    56: "L",
    61: "P",
    62: "Q",
    71: "R",
    72: "H",
    81: "O",
    92: "S",
}
"""Sections of GB/T 4754 by the first two digits of NAICS."""


def registrations(loans: pl.DataFrame) -> pl.DataFrame:
    """One row per loan; its borrower's name and place, and the section of its trade."""
    section = (pl.col("NAICS") // 10_000).replace_strict(_SECTION, default=None, return_dtype=pl.String)
    key = pl.col("LoanNr_ChkDgt").cast(pl.String)
    rows = loans.with_columns(
        uscc_of(loans),
        record_id=pl.format("registration-{}", key),
        outside_key=key,
        name=pl.col("Name").fill_null(key).str.slice(0, 200),
        kind=pl.lit("企业"),
        address=pl.concat_str("City", "State", separator=", ", ignore_nulls=True),
        section=section,
        status=pl.lit("存续"),
    )
    return known_on(rows, event=pl.col("ApprovalDate"), known=pl.col("ApprovalDate"))
