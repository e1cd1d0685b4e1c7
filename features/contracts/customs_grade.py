"""F44 海关信用等级: how far customs trust a declarant."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, not_before
from features.contracts.use import Use

CUSTOMS_GRADES = ("高级认证", "注册", "失信")


class CustomsGrade(Delivered):
    """F44: one record per enterprise and grade it was given. Publisher: customs, monthly. Event date: first day of it.

    The end of a grade is known when it ends; 失信 stops every benefit.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    grade: str = pa.Field(isin=CUSTOMS_GRADES, title="信用等级", description="Certified, registered, dishonest")
    begins_on: pl.Date = pa.Field(title="认定日期")
    ends_on: pl.Date = pa.Field(nullable=True, title="终止日期")

    happened = event_date_is("begins_on")
    ended = not_before("ends_on", "begins_on")


CUSTOMS_GRADE = Contract(
    code="F44",
    name="海关信用等级",
    name_en="Customs credit grade",
    department="海关",
    schema=CustomsGrade,
    grain=("uscc", "begins_on"),
    cadence="monthly",
    freshness_days=92,
    publish_lag_days=(5, 20),
    receive_lag_days=(3, 10),
    level="L1",
    controller="海关",
    share_scope="public",
    legal_basis="海关注册登记和备案企业信用管理办法",
    retention="until the grade ends, and 5 years",
    act="海关企业信用等级认定",
    openness="public",
    direction="mixed",
    million_rows=0.15,
    use=Use(months=60, since="ends_on"),
)
