"""F57 政府采购与招投标: bids, awards and breaches in public procurement."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is
from features.contracts.use import Use

PROCUREMENT_ROLES = ("中标", "投标", "违约")


class Procurement(Delivered):
    """F57: one record per project, enterprise and role. Publisher: finance, public resource exchange, weekly.

    Event date: day it was announced. Each member of a consortium carries the whole amount of the project.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    project_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="项目编号")
    role: str = pa.Field(isin=PROCUREMENT_ROLES, title="角色", description="Won, only bid, or broke the contract")
    consortium: bool = pa.Field(title="联合体", description="Took part with others")
    amount_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="金额", description="Of the project, in fen")
    announced_on: pl.Date = pa.Field(title="公告日期")

    happened = event_date_is("announced_on")


PROCUREMENT = Contract(
    code="F57",
    name="政府采购与招投标",
    name_en="Procurement and bidding",
    department="财政/公共资源",
    schema=Procurement,
    grain=("project_no", "uscc", "role"),
    cadence="weekly",
    publish_lag_days=(5, 30),
    receive_lag_days=(2, 10),
    level="L1",
    controller="财政局",
    share_scope="public",
    legal_basis="政府采购法; 招标投标法",
    retention="5 years",
    act="参加政府采购与招投标",
    openness="public",
    direction="mixed",
    million_rows=1.3,
    use=Use(months=60),
)
