"""Numbers that stand for texts: 63 bits of MD5, the same on every machine and in every version of our engines."""

import polars as pl

from features.lake.query import query


def numbers_of(texts: pl.DataFrame) -> pl.DataFrame:
    """The number of every text of a frame, as int64 columns of the same names."""
    numbers = ", ".join(f"(md5_number_lower({column}) >> 1)::BIGINT AS {column}" for column in texts.columns)
    return query(f"SELECT {numbers} FROM texts", texts=texts)
