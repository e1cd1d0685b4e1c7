"""F55 科技项目与研发费用: funded projects and what an enterprise spends on them."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, period_ends
from features.contracts.use import Use

PROJECT_STAGES = ("立项", "在研", "结题", "终止")


class ResearchProject(Delivered):
    """F55: one record per project and year. Publisher: science bureau, yearly. Event date: 31 December of the year."""

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    project_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="项目编号")
    year: pl.Int32 = pa.Field(in_range={"min_value": 2000, "max_value": 2100}, title="年度")
    stage: str = pa.Field(isin=PROJECT_STAGES, title="阶段", description="At the end of the year")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="财政资助金额", description="Paid in the year, in fen")
    rd_expense_fen: pl.Int64 = pa.Field(ge=0, title="研发费用", description="Spent on the project in the year, in fen")

    ends = period_ends("event_date", "year")

    @pa.dataframe_check(name="event_date must lie in the year reported")
    @classmethod
    def year_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("event_date").dt.year() == pl.col("year"))


RESEARCH_PROJECT = Contract(
    code="F55",
    name="科技项目与研发费用",
    name_en="R&D project",
    department="科技",
    schema=ResearchProject,
    grain=("uscc", "project_no", "year"),
    cadence="yearly",
    publish_lag_days=(60, 200),
    receive_lag_days=(5, 20),
    level="L2",
    controller="科技创新局",
    share_scope="by consent",
    legal_basis="科学技术进步法",
    retention="5 years",
    act="承担科技项目与投入研发",
    openness="on application",
    direction="favourable",
    million_rows=0.3,
    use=Use(months=60),
    period="year",
)
