"""F38 环境信用: the yearly environmental credit grade."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, period_ends
from features.contracts.use import Use

ENVIRONMENT_GRADES = ("绿", "蓝", "黄", "红")
"""Green, blue, yellow, red: from honest to bad."""


class EnvironmentRating(Delivered):
    """F38: one record per enterprise and year. Publisher: ecology and environment bureau, yearly.

    Event date: 31 December of the year rated. Only enterprises that bear on the environment are rated.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    year: pl.Int32 = pa.Field(in_range={"min_value": 2014, "max_value": 2100}, title="评价年度")
    grade: str = pa.Field(isin=ENVIRONMENT_GRADES, title="环境信用等级")
    score: pl.Int32 = pa.Field(nullable=True, in_range={"min_value": 0, "max_value": 100}, title="得分")

    ends = period_ends("event_date", "year")

    @pa.dataframe_check(name="event_date must lie in the year rated")
    @classmethod
    def year_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("event_date").dt.year() == pl.col("year"))


ENVIRONMENT_RATING = Contract(
    code="F38",
    name="环境信用评价",
    name_en="Environmental credit rating",
    department="生态环境",
    schema=EnvironmentRating,
    grain=("uscc", "year"),
    cadence="yearly",
    publish_lag_days=(60, 120),
    receive_lag_days=(5, 20),
    level="L1",
    controller="生态环境局",
    share_scope="public",
    legal_basis="企业环境信用评价办法(试行)",
    retention="5 years",
    act="年度环境信用评价结果",
    openness="public",
    direction="mixed",
    million_rows=0.1,
    use=Use(months=60),
    period="year",
)
