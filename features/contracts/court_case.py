"""F26 立案与裁判: civil cases of an enterprise."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import SUBJECT_PATTERN, Contract, Delivered, event_date_is, not_before
from features.contracts.use import Use

CASE_ROLES = ("原告", "被告")


class CourtCase(Delivered):
    """F26: one record per party and case. Publisher: court, weekly. Event date: day of filing.

    One in ten comes with a name only; two in five state no amount.
    """

    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="当事人名称")
    case_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="案号")
    role: str = pa.Field(isin=CASE_ROLES, title="诉讼地位")
    cause: str = pa.Field(title="案由")
    amount_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="标的金额", description="In fen")
    filed_on: pl.Date = pa.Field(title="立案日期")
    judged_on: pl.Date = pa.Field(nullable=True, title="裁判日期")
    outcome: str = pa.Field(nullable=True, title="裁判结果")

    happened = event_date_is("filed_on")
    judged = not_before("judged_on", "filed_on")


COURT_CASE = Contract(
    code="F26",
    name="立案与裁判",
    name_en="Court case",
    department="法院",
    schema=CourtCase,
    grain=("case_no", "name", "role"),
    cadence="weekly",
    publish_lag_days=(45, 200),
    receive_lag_days=(7, 30),
    level="L1",
    controller="中级人民法院",
    share_scope="public, private parts masked",
    legal_basis="最高人民法院关于人民法院在互联网公布裁判文书的规定",
    retention="used for 5 years",
    act="诉讼立案与裁判",
    openness="public",
    direction="adverse",
    million_rows=3.2,
    use=Use(months=60),
    name_column="name",
)
