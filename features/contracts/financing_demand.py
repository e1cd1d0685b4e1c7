"""F61 融资需求: what an enterprise asked for on a financing platform."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    PUBLISHED_BEFORE_EVENT,
    USCC_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
    not_before,
)
from features.contracts.use import Use

DEMAND_PURPOSES = ("流动资金", "设备购置", "项目建设", "其他")
DEMAND_GUARANTEES = ("信用", "抵押", "质押", "保证")
SUBMITTED, GRANTED, DECLINED, RECALLED = DEMAND_STATES = ("已提交", "已授信", "已拒绝", "已撤回")
_TEST_FEN = 100_000
"""Nobody asks a bank for less than 1,000 yuan: such submissions try the form."""


class FinancingDemand(Delivered):
    """F61: one record per demand. Publishers: 深i企, 深金服, 信易贷, as it happens. Event date: day of submission.

    What became of it is a new version.
    """

    demand_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="需求编号")
    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    amount_fen: pl.Int64 = pa.Field(gt=0, title="需求金额", description="In fen")
    purpose: str = pa.Field(isin=DEMAND_PURPOSES, title="用途")
    term_months: pl.Int32 = pa.Field(in_range={"min_value": 1, "max_value": 360}, title="期限", description="In months")
    guarantee: str = pa.Field(isin=DEMAND_GUARANTEES, title="担保方式")
    submitted_on: pl.Date = pa.Field(title="提交日期")
    state: str = pa.Field(isin=DEMAND_STATES, title="状态")
    closed_on: pl.Date = pa.Field(nullable=True, title="办结日期", description="Granted, declined or recalled")

    happened = event_date_is("submitted_on")
    closed = not_before("closed_on", "submitted_on")


FINANCING_DEMAND = Contract(
    code="F61",
    name="融资需求",
    name_en="Financing demand",
    department="深i企、深金服、信易贷",
    schema=FinancingDemand,
    grain=("demand_no",),
    cadence="daily",
    publish_lag_days=(0, 0),
    receive_lag_days=(0, 1),
    level="L3",
    controller="地方金融监督管理局",
    share_scope="by consent, fields masked",
    legal_basis="加强信用信息共享应用促进中小微企业融资实施方案",
    retention="3 years",
    act="提出融资需求",
    openness="closed",
    direction="neutral",
    million_rows=0.35,
    use=Use(months=36),
    doubts=(PUBLISHED_BEFORE_EVENT, Doubt("a submission that tries the form", pl.col("amount_fen") < _TEST_FEN)),
)
