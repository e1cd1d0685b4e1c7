"""What a loan's rows carry that must say nothing: ids, places in the files, and the files themselves."""

from pathlib import Path

import polars as pl

from features.sources.city.renames import scan_delivered

_FILE = "file"
_BODY_BEGINS = 8
"""A code's first characters say of which kind an enterprise is and where it is registered, and rightly so."""


def placement(folder: Path, loans: pl.DataFrame) -> pl.DataFrame:
    """One column of numbers each, in the order of the loans; of the feedback's first row and of the registration's.

    Feedback lies in the order of the grants, which is no secret: a loan's place is the one among those of its month.
    """
    feedback = _first(_placed(folder, "F60", "loan_no_hash").sort("event_date", "place"), "loan_no_hash", "")
    register = _first(_placed(folder, "F01", "uscc"), "uscc", "enterprise_")
    joined = loans.join(feedback, on="loan_no_hash", how="left", maintain_order="left")
    joined = joined.join(register, on="uscc", how="left", maintain_order="left")
    of_month = pl.col("place").rank().over(pl.col("granted_on").dt.truncate("1mo"))
    in_month = of_month / pl.len().over(pl.col("granted_on").dt.truncate("1mo"))
    code = pl.col("uscc").str.slice(_BODY_BEGINS)
    ids = {"code": code, **{key: pl.col(key) for key in ("loan_no_hash", "record", "enterprise_record")}}
    ranks = {key: of.rank("dense") for key, of in ids.items()}
    return joined.select("enterprise_place", "batch", "enterprise_batch", place=in_month, **ranks)


def _placed(folder: Path, feed: str, key: str) -> pl.DataFrame:
    """A feed's rows with their place in all its files, and the number of their file; a file is a batch."""
    rows = scan_delivered(folder, feed, _FILE)
    rows = rows.select(key, "record_id", "event_date", _FILE).with_row_index("place")
    return rows.with_columns(batch=pl.col(_FILE).rank("dense")).collect()


def _first(rows: pl.DataFrame, key: str, prefix: str) -> pl.DataFrame:
    """Of each key what its first row carries."""
    names = {"place": "place", "batch": "batch", "record_id": "record"}
    return rows.group_by(key).agg(pl.first(column).alias(prefix + name) for column, name in names.items())
