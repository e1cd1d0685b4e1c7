"""F58 国家公共信用综合评价: the national grade of an enterprise's public credit."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, period_ends
from features.contracts.use import Use

EVALUATION_GRADES = ("优", "良", "中", "差")


class PublicEvaluation(Delivered):
    """F58: one record per enterprise and month in which it was graded. Publisher: national credit centre, monthly.

    Three enterprises of ten are never graded. A grade is stated again when it changes, and at least once a year.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    period: pl.Date = pa.Field(title="评价期", description="Last day of the month")
    grade: str = pa.Field(isin=EVALUATION_GRADES, title="评价等级")

    happened = event_date_is("period")
    ends = period_ends("period", "month")


PUBLIC_EVALUATION = Contract(
    code="F58",
    name="国家公共信用综合评价",
    name_en="National public evaluation",
    department="国家信用中心",
    schema=PublicEvaluation,
    grain=("uscc", "period"),
    cadence="monthly",
    publish_lag_days=(15, 40),
    receive_lag_days=(5, 20),
    level="L2",
    controller="国家公共信用信息中心",
    share_scope="by consent",
    legal_basis="国务院办公厅关于加快推进社会信用体系建设构建以信用为基础的新型监管机制的指导意见",
    retention="3 years",
    act="公共信用综合评价结果",
    openness="on application",
    direction="mixed",
    million_rows=12,
    use=Use(months=36),
    period="month",
)
