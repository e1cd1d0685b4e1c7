"""What becomes of a summary when later files change it: a new version, never another row or a conflict."""

import polars as pl

from features.contracts.contract import Contract

_BOOKKEEPING = {"record_id", "op", "version"}


def in_form(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The columns and types of a feed's delivery of history; columns the source does not know are null."""
    types = {**contract.dtypes, "received_at": pl.Datetime("us", "UTC")}
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in types.items()
    )


def first_versions(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Rows whose id is made of their content: they can be new or known, never changed."""
    return in_form(rows.with_columns(op=pl.lit("I"), version=pl.lit(1)), contract)


def next_versions(rows: pl.DataFrame, held: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Rows as a delivery that follows what is held.

    held: the newest version of every record of the same enterprises, in the delivery's form. A row with the
    content held keeps its version, so it will count as unchanged; another content is the next version; a held row
    that no longer is among the rows is withdrawn.
    """
    now = in_form(rows.with_columns(op=pl.lit("I"), version=pl.lit(1)), contract)
    before = held.select(now.columns)
    paired = now.join(before, on="record_id", how="left", suffix="_held", maintain_order="left")
    known = pl.col("version_held").is_not_null()
    content = [name for name in now.columns if name not in _BOOKKEEPING]
    changed = (pl.col("op_held") == "D") | pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}_held")) for name in content
    )
    versioned = paired.with_columns(
        op=pl.when(known & changed).then(pl.lit("U")).when(known).then("op_held").otherwise("op"),
        version=pl.when(known).then(pl.col("version_held") + changed.cast(pl.Int32)).otherwise("version"),
    )
    gone = before.filter(pl.col("op") != "D").join(now, on="record_id", how="anti")
    withdrawn = gone.with_columns(op=pl.lit("D"), version=pl.col("version") + 1)
    return pl.concat([versioned.select(now.columns), withdrawn])
