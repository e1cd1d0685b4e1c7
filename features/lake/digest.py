"""Numbers that stand for texts: bits of MD5, the same on every machine and in every version of our engines."""

import polars as pl

from features.lake.layout import TEXT_RECORDS
from features.lake.query import query

_FIELD, _NULL = "\x1f", "\x1e"
_PORTION = 200_000


def numbers_of(texts: pl.DataFrame) -> pl.DataFrame:
    """The 63-bit number of every text of a frame, as int64 columns of the same names."""
    numbers = ", ".join(f"(md5_number_lower({column}) >> 1)::BIGINT AS {column}" for column in texts.columns)
    return query(f"SELECT {numbers} FROM texts", texts=texts)


def record_numbers(record_ids: pl.Series, feed: str) -> pl.Series:
    """The number of every record id: its own where the id is `FEED-number`, else a digest beyond all of those."""
    prefix = f"{feed}-"
    number = pl.col("record_id").str.strip_prefix(prefix).cast(pl.Int64, strict=False)
    own = (pl.lit(prefix) + number.cast(pl.String) == pl.col("record_id")) & number.is_between(0, TEXT_RECORDS - 1)
    numbers = record_ids.alias("record_id").to_frame().select("record_id", record_no=pl.when(own).then(number))
    digests = numbers.filter(pl.col("record_no").is_null()).select("record_id").unique()
    if digests.is_empty():
        return numbers["record_no"]
    digest = (numbers_of(digests).to_series() // 2 + TEXT_RECORDS).alias("digest")
    joined = numbers.join(digests.with_columns(digest), on="record_id", how="left", maintain_order="left")
    return joined.select(pl.coalesce("record_no", "digest").alias("record_no")).to_series()


def content_hashes(rows: pl.DataFrame, columns: list[str]) -> pl.Series:
    """The number of all delivered cells of every row."""
    cells = pl.concat_str([pl.col(column).cast(pl.String).fill_null(_NULL) for column in columns], separator=_FIELD)
    # By portions: the texts of a million rows at once would take as much memory as all the rest of a landing.
    portions = [rows.slice(start, _PORTION) for start in range(0, max(rows.height, 1), _PORTION)]
    return pl.concat(numbers_of(portion.select(content_hash=cells)) for portion in portions).to_series()
