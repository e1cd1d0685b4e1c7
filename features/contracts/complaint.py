"""F12 投诉举报: what consumers complain of and report at 12315."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    PUBLISHED_BEFORE_EVENT,
    SUBJECT_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
    not_before,
)
from features.contracts.use import Use

COMPLAINT_KINDS = ("投诉", "举报")
PRIVATE, REPORT = COMPLAINT_KINDS
COMPLAINT_TOPICS = ("质量", "售后", "价格", "宣传", "食品", "合同", "其他")
COMPLAINT_OUTCOMES = ("调解成功", "调解不成", "立案查处", "不成立", "撤回")
SETTLED, NOT_SETTLED, PROSECUTED, UNFOUNDED, WITHDRAWN = COMPLAINT_OUTCOMES


class Complaint(Delivered):
    """F12: one record per case. Publisher: market regulation, daily. Event date: the day it was made.

    Two in five name a shop and no code. Who complained is not delivered. The end is a later version.
    """

    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    shop_name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="商户名称")
    case_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="登记编号")
    kind: str = pa.Field(isin=COMPLAINT_KINDS, title="类型", description="A private complaint, or a report of a breach")
    topic: str = pa.Field(isin=COMPLAINT_TOPICS, title="问题类别")
    amount_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="涉及金额", description="In fen")
    filed_on: pl.Date = pa.Field(title="登记日期")
    closed_on: pl.Date = pa.Field(nullable=True, title="办结日期", description="Missing while open")
    outcome: str = pa.Field(nullable=True, isin=COMPLAINT_OUTCOMES, title="办理结果")
    days_to_close: pl.Int32 = pa.Field(nullable=True, ge=0, title="办理天数", description="Days")

    happened = event_date_is("filed_on")
    closed = not_before("closed_on", "filed_on")

    @pa.dataframe_check(name="days_to_close must lie between filed_on and closed_on")
    @classmethod
    def days_agree(cls, data: pa.PolarsData) -> pl.LazyFrame:
        taken = (pl.col("closed_on") - pl.col("filed_on")).dt.total_days()
        return data.lazyframe.select(pl.col("days_to_close").eq_missing(taken.cast(pl.Int32)))


COMPLAINT = Contract(
    code="F12",
    name="投诉举报",
    name_en="Consumer complaint (12315)",
    department="市场监管",
    schema=Complaint,
    grain=("case_no",),
    cadence="daily",
    publish_lag_days=(2, 30),
    receive_lag_days=(1, 2),
    level="L2",
    controller="市场监督管理局",
    share_scope="by consent",
    legal_basis="消费者权益保护法; 市场监督管理投诉举报处理暂行办法",
    retention="3 years",
    act="被消费者投诉、举报",
    openness="on application",
    direction="adverse",
    million_rows=3.5,
    use=Use(months=36),
    name_column="shop_name",
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("closed without an outcome", pl.col("closed_on").is_not_null() & pl.col("outcome").is_null()),
    ),
)
