"""Codes and hashes made from loan numbers and lenders' names: the same loan has the same ones in every load."""

import hashlib

import polars as pl

from bureau.uscc import placeholder_uscc

SOURCE = "sba"
_LENDER_BYTES = 5
"""A lender's number fits a float exactly, as every value of a feature must."""


def uscc_of(loans: pl.DataFrame) -> pl.Series:
    """The placeholder code of each loan."""
    return pl.Series("uscc", [placeholder_uscc(SOURCE, str(key)) for key in loans["LoanNr_ChkDgt"]], dtype=pl.String)


def loan_hash(loans: pl.DataFrame) -> pl.Series:
    """The hash under which a loan is reported on."""
    hashes = [_digest(f"{SOURCE}:{key}", 16).hex() for key in loans["LoanNr_ChkDgt"]]
    return pl.Series("loan_no_hash", hashes, dtype=pl.String)


def lender_no(loans: pl.DataFrame) -> pl.Series:
    """A number for each lender's name; null where the lender is not told."""
    names = loans["Bank"].drop_nulls().unique()
    numbers = pl.Series([int.from_bytes(_digest(name, _LENDER_BYTES)) for name in names], dtype=pl.Int64)
    return loans["Bank"].replace_strict(names, numbers, default=None, return_dtype=pl.Int64).alias("lender_no")


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest()
