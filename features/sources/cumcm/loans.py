"""F60: the bank's verdict on each firm; how its loan went, and nothing about the loan itself."""

from datetime import date

import polars as pl

from features.sources.cumcm.identity import hash_of, uscc_of
from features.sources.cumcm.publication import LAST_DAY, published

LAST_MONTH = date(2020, 1, 31)
"""The last whole month before the files; the day of a default is not disclosed."""

_CLASS = {"是": "次级", "否": "正常"}
_DAYS_PAST_DUE = {"是": 90, "否": 0}
"""Defaulted is told without a day count: 90 is the least that the word means."""


def loan_feedback(enterprises: pl.DataFrame) -> pl.DataFrame:
    """One row per firm with a verdict. Amount, rate, term and security are not disclosed and stay null."""
    judged = enterprises.filter(pl.col("defaulted").is_not_null())
    verdict = pl.col("defaulted")
    rows = judged.with_columns(
        uscc_of(judged["firm"]).alias("uscc"),
        hash_of(judged["firm"]).alias("loan_no_hash"),
        record_id=pl.format("verdict-{}", pl.col("firm").fill_null("")),
        bank=pl.lit("未披露"),
        product=pl.lit("中小微企业信贷"),
        period=pl.lit(LAST_MONTH),
        dpd=verdict.replace_strict(_DAYS_PAST_DUE, default=None, return_dtype=pl.Int32),
        class5=verdict.replace(_CLASS),
        weight=pl.lit(1.0),
    )
    return published(rows, event="period", after_days=(LAST_DAY - LAST_MONTH).days)
