"""F47 欠费/窃电/违约用电: unpaid, stolen or misused electricity."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered
from features.contracts.use import Overdue, Use

UNPAID, THEFT, BREACH = POWER_ARREARS_KINDS = ("欠费", "窃电", "违约")


class PowerArrears(Delivered):
    """F47: one record per account and debt. Publisher: power supplier, monthly. Event date: day the debt arose.

    A debt enters public credit only when it is still unpaid more than six months after the dunning letter; theft and
    breach at once. Whether a debt paid after that stays is open: it does not, which favours the customer.
    """

    account: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="用电户号")
    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    kind: str = pa.Field(isin=POWER_ARREARS_KINDS, title="类别")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="金额", description="In fen")
    dunned_on: pl.Date = pa.Field(nullable=True, title="催缴日期")
    cleared_on: pl.Date = pa.Field(nullable=True, title="结清日期")
    justified: bool = pa.Field(title="是否有正当理由", description="The customer disputes it with a reason")
    proof_no: str = pa.Field(nullable=True, title="凭证编号")


POWER_ARREARS = Contract(
    code="F47",
    name="欠费窃电违约用电",
    name_en="Power arrears and theft",
    department="供电",
    schema=PowerArrears,
    grain=("account", "kind", "event_date"),
    cadence="monthly",
    publish_lag_days=(30, 120),
    receive_lag_days=(5, 20),
    level="L2",
    controller="供电局",
    share_scope="by consent; listed ones public",
    legal_basis="电力供应与使用条例",
    retention="3 years; a debt from 6 months after dunning until it is paid",
    act="拖欠电费、窃电或违约用电",
    openness="on application",
    direction="adverse",
    million_rows=0.6,
    use=Use(months=36, overdue=Overdue(("kind", UNPAID), "power_arrears_adverse", "dunned_on", "cleared_on")),
)
