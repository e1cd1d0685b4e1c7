"""F56 惠企资金拨付: public money paid to enterprises."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, not_before
from features.contracts.use import Use


class Subsidy(Delivered):
    """F56: one record per enterprise, policy and batch. Publisher: districts and finance, monthly.

    Event date: day of payment. Money paid without ground is claimed back and stays on record.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    policy_code: str = pa.Field(str_length={"min_value": 1, "max_value": 32}, title="政策编码")
    batch: str = pa.Field(str_length={"min_value": 1, "max_value": 32}, title="批次")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="拨付金额", description="In fen")
    paid_on: pl.Date = pa.Field(title="拨付日期")
    recovered_on: pl.Date = pa.Field(nullable=True, title="追回日期")

    happened = event_date_is("paid_on")
    recovered = not_before("recovered_on", "paid_on")


SUBSIDY = Contract(
    code="F56",
    name="惠企资金拨付",
    name_en="Subsidy payment",
    department="各区/财政",
    schema=Subsidy,
    grain=("uscc", "policy_code", "batch"),
    cadence="monthly",
    publish_lag_days=(10, 60),
    receive_lag_days=(3, 15),
    level="L2",
    controller="拨付资金的部门",
    share_scope="announced lists public; amounts by consent",
    legal_basis="预算法",
    retention="5 years",
    act="获得财政惠企资金",
    openness="on application",
    direction="favourable",
    million_rows=1.2,
    use=Use(months=60),
)
