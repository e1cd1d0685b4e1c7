"""F18 欠税信息: taxes announced as owed."""

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
from features.contracts.tax_declaration import TAX_KINDS
from features.contracts.use import Use


class TaxArrears(Delivered):
    """F18: one record per enterprise, kind of tax and period owed. Publisher: tax bureau, monthly.

    Event date: day the balance was struck. Departments forget the clearing day of about 15% of settled arrears.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    tax_kind: str = pa.Field(isin=TAX_KINDS, title="税种")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the period owed")
    arrears_fen: pl.Int64 = pa.Field(ge=0, title="欠税余额", description="Balance owed, in fen")
    struck_on: pl.Date = pa.Field(title="结算日期", description="Day the balance was struck")
    cleared_on: pl.Date = pa.Field(nullable=True, title="清缴日期")

    happened = event_date_is("struck_on")
    cleared = not_before("cleared_on", "struck_on")


TAX_ARREARS = Contract(
    code="F18",
    name="欠税信息",
    name_en="Tax arrears",
    department="税务",
    schema=TaxArrears,
    grain=("uscc", "tax_kind", "period"),
    cadence="monthly",
    publish_lag_days=(30, 90),
    receive_lag_days=(5, 30),
    level="L1",
    controller="税务局",
    share_scope="announced part public",
    legal_basis="欠税公告办法(试行)",
    retention="until cleared, or struck where no clearing is told, and 5 years",
    act="逾期未缴税款",
    openness="public",
    direction="adverse",
    million_rows=1.4,
    use=Use(
        months=60,
        since="cleared_on",
        undated_months=60,
        question="Departments forget the clearing day of some 15% of settled arrears, whose five years would never "
        "begin, and no record tells them from those owed still: they are counted from the day the balance was struck, "
        "which is never later, of both.",
    ),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("nothing owed and no day it was cleared", pl.col("arrears_fen").eq(0) & pl.col("cleared_on").is_null()),
    ),
)
