"""F11 动产和权利担保登记: movables and receivables an enterprise gave as security."""

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

SECURITY_KINDS = ("动产抵押", "应收账款质押", "应收账款转让", "融资租赁", "其他")
CHATTEL, RECEIVABLE_PLEDGED, RECEIVABLE_SOLD, LEASE, OTHER_SECURITY = SECURITY_KINDS
SECURITY_STATUSES = ("有效", "注销", "到期")


class MovableSecurity(Delivered):
    """F11: one record per registration number. Publisher: the unified registration system, weekly.

    Event date: the registration. The collateral is free text, the debt often unstated.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    reg_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="登记证明编号")
    kind: str = pa.Field(isin=SECURITY_KINDS, title="登记种类")
    secured_party: str = pa.Field(title="担保权人", description="An institution")
    debt_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="主债权金额", description="In fen")
    collateral: str = pa.Field(nullable=True, title="担保财产描述", description="Free text")
    registered_on: pl.Date = pa.Field(title="登记日期")
    due_on: pl.Date = pa.Field(nullable=True, title="登记到期日")
    ended_on: pl.Date = pa.Field(nullable=True, title="终止日期", description="Missing while in force")
    status: str = pa.Field(isin=SECURITY_STATUSES, title="状态")

    happened = event_date_is("registered_on")
    falls_due = not_before("due_on", "registered_on")
    ended = not_before("ended_on", "registered_on")


MOVABLE_SECURITY = Contract(
    code="F11",
    name="动产抵押与动产融资登记",
    name_en="Chattel and receivable security",
    department="统一登记系统",
    schema=MovableSecurity,
    grain=("uscc", "reg_no"),
    cadence="weekly",
    publish_lag_days=(1, 10),
    receive_lag_days=(3, 7),
    level="L2",
    controller="动产融资统一登记公示系统",
    share_scope="by consent",
    legal_basis="民法典; 国务院关于实施动产和权利担保统一登记的决定",
    retention="until its end, and 5 years",
    act="动产和权利担保登记",
    openness="on application",
    direction="adverse",
    million_rows=0.5,
    channel="动产融资统一登记公示系统",
    use=Use(months=60, since="ended_on"),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt(
            "in force beyond its last day", (pl.col("status") == "有效") & (pl.col("due_on") < pl.col("publish_date"))
        ),
    ),
)
