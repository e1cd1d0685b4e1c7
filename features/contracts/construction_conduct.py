"""F42 建筑市场行为: how contractors behave on their projects."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is
from features.contracts.use import Use

QUALIFICATIONS = ("特级", "一级", "二级", "三级", "不分等级")


class ConstructionConduct(Delivered):
    """F42: one record per enterprise, project and assessment. Publisher: housing and construction bureau, monthly.

    Event date: day of the assessment.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    project_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="项目编号")
    qualification: str = pa.Field(nullable=True, isin=QUALIFICATIONS, title="资质等级")
    score: pl.Int32 = pa.Field(in_range={"min_value": 0, "max_value": 100}, title="信用得分")
    bad_acts: pl.Int32 = pa.Field(ge=0, title="不良行为数量", description="Bad acts found since the last assessment")
    assessed_on: pl.Date = pa.Field(title="评价日期")

    happened = event_date_is("assessed_on")


CONSTRUCTION_CONDUCT = Contract(
    code="F42",
    name="建筑市场行为",
    name_en="Conduct on the construction market",
    department="住建",
    schema=ConstructionConduct,
    grain=("uscc", "project_no", "assessed_on"),
    cadence="monthly",
    publish_lag_days=(15, 60),
    receive_lag_days=(3, 15),
    level="L1",
    controller="住房和建设局",
    share_scope="public",
    legal_basis="建筑市场信用管理暂行办法",
    retention="3 years",
    act="建筑市场信用评价与不良行为",
    openness="public",
    direction="mixed",
    million_rows=0.8,
    use=Use(months=36),
)
