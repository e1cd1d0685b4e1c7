"""F14 纳税信用等级: the tax bureau's yearly grade."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, period_ends
from features.contracts.use import Use

TAX_GRADES = ("A", "B", "M", "C", "D")


class TaxGrade(Delivered):
    """F14: one record per enterprise and year. Publisher: tax bureau, from April of the next year.

    Event date: 31 December of the year graded. A new evaluation is a new version.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    year: pl.Int32 = pa.Field(in_range={"min_value": 2014, "max_value": 2100}, title="评价年度")
    grade: str = pa.Field(isin=TAX_GRADES, title="等级", description="A 90+, B 70-89, M new, C 40-69, D below 40")
    score: pl.Int32 = pa.Field(nullable=True, in_range={"min_value": 0, "max_value": 100}, title="得分")

    ends = period_ends("event_date", "year")

    @pa.dataframe_check(name="event_date must lie in the year graded")
    @classmethod
    def year_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("event_date").dt.year() == pl.col("year"))


TAX_GRADE = Contract(
    code="F14",
    name="纳税信用等级",
    name_en="Tax credit grade",
    department="税务",
    schema=TaxGrade,
    grain=("uscc", "year"),
    cadence="yearly",
    publish_lag_days=(100, 130),
    receive_lag_days=(5, 20),
    level="L2",
    controller="税务局",
    share_scope="grade A public; others by consent",
    legal_basis="纳税信用管理办法(试行)",
    retention="5 years",
    act="年度纳税信用评价结果",
    openness="on application",
    direction="mixed",
    million_rows=9,
    use=Use(months=60),
    period="year",
)
