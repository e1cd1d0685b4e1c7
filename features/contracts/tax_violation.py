"""F19 税收违法: what tax inspectors established, and how grave it is."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import PUBLISHED_BEFORE_EVENT, USCC_PATTERN, Contract, Delivered, Doubt, event_date_is
from features.contracts.use import Use

VIOLATION_KINDS = ("偷税", "虚开发票", "骗取出口退税", "逃避追缴欠税", "认定非正常户", "其他")
_LONG_AGO = pl.col("publish_date") > pl.col("event_date").dt.offset_by("1y")


class TaxViolation(Delivered):
    """F19: one record per case. Publisher: tax bureau, monthly. Event date: day of the decision.

    Many are published long after the decision. A major one makes its subject a 重大税收违法失信主体.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    case_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="案件编号")
    kind: str = pa.Field(isin=VIOLATION_KINDS, title="违法类型")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="涉案税额", description="Tax evaded or falsified, in fen")
    penalty_fen: pl.Int64 = pa.Field(ge=0, title="罚款", description="In fen")
    decided_on: pl.Date = pa.Field(title="决定日期")
    major: bool = pa.Field(title="重大税收违法失信", description="Published as a major violation")

    happened = event_date_is("decided_on")


TAX_VIOLATION = Contract(
    code="F19",
    name="税收违法与稽查",
    name_en="Tax violation and inspection",
    department="税务",
    schema=TaxViolation,
    grain=("uscc", "case_no"),
    cadence="monthly",
    publish_lag_days=(60, 300),
    receive_lag_days=(5, 30),
    level="L2",
    controller="税务局",
    share_scope="major ones public; others by consent",
    legal_basis="税收征收管理法; 重大税收违法失信主体信息公布管理办法",
    retention="3 years from the decision",
    act="税收违法行为",
    openness="on application",
    direction="adverse",
    million_rows=0.9,
    use=Use(law="tax_violation"),
    doubts=(PUBLISHED_BEFORE_EVENT, Doubt("published more than a year after the decision", _LONG_AGO)),
)
