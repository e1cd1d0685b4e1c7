"""F01: the firms of the files, under placeholder codes with their own keys as aliases."""

import polars as pl

from features.sources.cumcm.identity import uscc_of
from features.sources.cumcm.publication import FIRST_DAY, published

SOLE_TRADER = "个体"
"""Names are masked, but those of sole traders still begin with this word."""


def registrations(enterprises: pl.DataFrame, invoices: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """One row per firm of the files; all that is known is its key and its name.

    A firm seen only in invoices goes by its key until an enterprise file names it. held: the rows of F01 already
    there, so that a name, once known, is not taken back.
    """
    names = (
        enterprises.select("firm", "name"),
        held.select(firm="outside_key", name="name"),
        invoices.select("firm", name="firm").unique(maintain_order=True),
    )
    firms = pl.concat(names).unique("firm", keep="first", maintain_order=True)
    sole_trader = pl.col("name").str.starts_with(SOLE_TRADER)
    rows = firms.with_columns(
        uscc_of(firms["firm"]).alias("uscc"),
        record_id=pl.format("registration-{}", pl.col("firm").fill_null("")),
        outside_key="firm",
        kind=pl.when(sole_trader).then(pl.lit("个体工商户")).otherwise(pl.lit("企业")),
        status=pl.lit("存续"),
        registered_on=pl.lit(FIRST_DAY),
    )
    return published(rows, event="registered_on", after_days=0)
