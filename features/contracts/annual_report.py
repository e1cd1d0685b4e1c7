"""F05 企业年报: what an enterprise reports of its own year."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    PUBLISHED_BEFORE_EVENT,
    USCC_PATTERN,
    Contract,
    Delivered,
    Doubt,
    not_before,
    period_ends,
)

_DUE_ON = pl.date(pl.col("year") + 1, 6, 30)
LATE_DAYS = pl.max_horizontal((pl.col("filed_on") - _DUE_ON).dt.total_days(), 0)
"""Days a report was filed after 30 June of the next year."""


class AnnualReport(Delivered):
    """F05: one record per enterprise and year, due on 30 June of the next. Publisher: market regulation.

    Event date: 31 December of the year reported. Nobody has checked the figures.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    year: pl.Int32 = pa.Field(in_range={"min_value": 2013, "max_value": 2100}, title="报告年度")
    filed_on: pl.Date = pa.Field(title="报送日期")
    late_days: pl.Int32 = pa.Field(ge=0, title="逾期天数", description="Days after 30 June of the next year")
    headcount: pl.Int32 = pa.Field(nullable=True, ge=0, title="从业人数", description="People")
    assets_fen: pl.Int64 = pa.Field(ge=0, title="资产总额", description="In fen")
    liabilities_fen: pl.Int64 = pa.Field(ge=0, title="负债总额", description="In fen")
    revenue_fen: pl.Int64 = pa.Field(ge=0, title="营业总收入", description="In fen")
    main_revenue_fen: pl.Int64 = pa.Field(ge=0, title="主营业务收入", description="In fen")
    profit_fen: pl.Int64 = pa.Field(title="利润总额", description="In fen, negative for a loss")
    net_profit_fen: pl.Int64 = pa.Field(title="净利润", description="In fen, negative for a loss")
    tax_total_fen: pl.Int64 = pa.Field(ge=0, title="纳税总额", description="In fen")
    guarantee: bool = pa.Field(title="是否对外提供担保")
    website: str = pa.Field(nullable=True, title="网站或网店", description="Missing where there is none")
    public_flag: bool = pa.Field(
        title="经营数据是否公示", description="Whether the enterprise lets all see its figures"
    )

    ends = period_ends("event_date", "year")
    filed = not_before("filed_on", "event_date")

    @pa.dataframe_check(name="event_date must lie in the year reported")
    @classmethod
    def year_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("event_date").dt.year() == pl.col("year"))

    @pa.dataframe_check(name="late_days must count from 30 June of the next year")
    @classmethod
    def lateness_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("late_days") == LATE_DAYS)


ANNUAL_REPORT = Contract(
    code="F05",
    name="企业年报",
    name_en="Annual report",
    department="市场监管",
    schema=AnnualReport,
    grain=("uscc", "year"),
    cadence="yearly",
    publish_lag_days=(180, 240),
    receive_lag_days=(1, 3),
    level="L3",
    controller="市场监督管理局",
    share_scope="timeliness public; figures public where the enterprise says so, else by consent",
    legal_basis="企业信息公示暂行条例第九条",
    retention="permanent",
    act="企业年度报告公示",
    openness="on application",
    direction="favourable",
    million_rows=17,
    period="year",
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("more main revenue than revenue", pl.col("main_revenue_fen") > pl.col("revenue_fen")),
        Doubt(
            "figures of a going concern below 1,000 yuan: written in units of 10,000 yuan",
            (pl.col("headcount") > 0) & pl.col("revenue_fen").is_between(1, 99_999),
        ),
    ),
)
