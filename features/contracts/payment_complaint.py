"""F59 企业间合同与账款投诉: enterprises that complain of not being paid."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is
from features.contracts.use import Use

COMPLAINT_ROLES = ("投诉人", "被投诉人")
COMPLAINT_STATES = ("受理", "处理中", "办结", "不予受理")


class PaymentComplaint(Delivered):
    """F59: one record per party and case. Publisher: industry bureau, monthly. Event date: day of the complaint."""

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    case_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="投诉编号")
    role: str = pa.Field(isin=COMPLAINT_ROLES, title="身份", description="Complains, or is complained of")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="拖欠金额", description="Said to be owed, in fen")
    state: str = pa.Field(isin=COMPLAINT_STATES, title="办理状态")
    complained_on: pl.Date = pa.Field(title="投诉日期")

    happened = event_date_is("complained_on")


PAYMENT_COMPLAINT = Contract(
    code="F59",
    name="企业间合同与账款投诉",
    name_en="Payment complaint between enterprises",
    department="工信",
    schema=PaymentComplaint,
    grain=("case_no", "uscc", "role"),
    cadence="monthly",
    freshness_days=183,
    publish_lag_days=(10, 60),
    receive_lag_days=(3, 15),
    level="L2",
    controller="工业和信息化局",
    share_scope="by consent",
    legal_basis="保障中小企业款项支付条例",
    retention="3 years",
    act="拖欠账款被投诉",
    openness="on application",
    direction="adverse",
    million_rows=0.05,
    use=Use(months=36),
)
