"""Numbers that stand for texts: 63 bits of MD5, the same on every machine and in every version of our engines."""

import duckdb
import polars as pl


def numbers_of(texts: pl.DataFrame) -> pl.DataFrame:
    """The number of every text of a frame, as int64 columns of the same names."""
    numbers = ", ".join(f"(md5_number_lower({column}) >> 1)::BIGINT AS {column}" for column in texts.columns)
    with duckdb.connect() as connection:
        connection.register("texts", texts)
        numbered: pl.DataFrame = connection.sql(f"SELECT {numbers} FROM texts").pl()
    return numbered
