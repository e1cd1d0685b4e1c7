"""F09 双随机抽查结果: what random inspections by randomly chosen inspectors found."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    PUBLISHED_BEFORE_EVENT,
    USCC_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
)
from features.contracts.use import Use

INSPECTION_RESULTS = ("正常", "责改", "异常", "失联", "违法")
NORMAL, TO_CORRECT, ABNORMAL, NOT_FOUND, UNLAWFUL = INSPECTION_RESULTS


class Inspection(Delivered):
    """F09: one record per enterprise, task and item. Publisher: market regulation and others, weekly.

    Event date: the inspection. Some departments send their finding as text that no code stands for.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    task_id: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="抽查任务编号")
    plan: str = pa.Field(title="抽查计划")
    item: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="抽查事项")
    org: str = pa.Field(title="检查机关")
    result: str = pa.Field(nullable=True, isin=INSPECTION_RESULTS, title="抽查结果", description="Missing if not coded")
    result_text: str = pa.Field(nullable=True, title="结果描述", description="As the inspector wrote it")
    inspected_on: pl.Date = pa.Field(title="检查日期")

    happened = event_date_is("inspected_on")


INSPECTION = Contract(
    code="F09",
    name="双随机抽查结果",
    name_en="Random inspection result",
    department="市场监管及各部门",
    schema=Inspection,
    grain=("uscc", "task_id", "item"),
    cadence="weekly",
    publish_lag_days=(7, 20),
    receive_lag_days=(2, 7),
    level="L1",
    controller="实施检查的部门",
    share_scope="public",
    legal_basis="企业信息公示暂行条例; 企业公示信息抽查暂行办法",
    retention="3 years",
    act="双随机抽查结果",
    openness="public",
    direction="adverse",
    million_rows=1.6,
    use=Use(months=36),
    doubts=(PUBLISHED_BEFORE_EVENT, Doubt("a result that is not coded", pl.col("result").is_null())),
)
