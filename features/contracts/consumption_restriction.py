"""F29 限制消费: debtors, and those who lead them, forbidden to spend beyond need."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    HASH_PATTERN,
    SUBJECT_PATTERN,
    Contract,
    Delivered,
    event_date_is,
    not_before,
)
from features.contracts.use import Use


class ConsumptionRestriction(Delivered):
    """F29: one record per debtor and case. Publisher: court, daily. Event date: day of the order.

    An order against an enterprise also binds its legal representative, who is named by a keyed hash only. Not every
    lifting is told.
    """

    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="被限制企业名称")
    person_hash: str = pa.Field(
        nullable=True, str_matches=HASH_PATTERN, title="被限制人员标识", description="Keyed hash of the person bound"
    )
    case_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="案号")
    from_on: pl.Date = pa.Field(title="限制开始日期", description="Day of the order")
    lifted_on: pl.Date = pa.Field(nullable=True, title="解除日期")

    happened = event_date_is("from_on")
    lifted = not_before("lifted_on", "from_on")


CONSUMPTION_RESTRICTION = Contract(
    code="F29",
    name="限制消费",
    name_en="Consumption restriction",
    department="法院",
    schema=ConsumptionRestriction,
    grain=("case_no", "name"),
    cadence="daily",
    publish_lag_days=(10, 60),
    receive_lag_days=(1, 5),
    level="L1",
    controller="中级人民法院",
    share_scope="public while in force; persons as keyed hashes",
    legal_basis="最高人民法院关于限制被执行人高消费及有关消费的若干规定",
    retention="while in force, 5 years if no end is told; erased 5 years after its end",
    act="被人民法院限制消费",
    openness="public",
    direction="adverse",
    million_rows=0.55,
    personal=True,
    notice_given=True,
    use=Use(
        since="lifted_on",
        ended_by=("lifted_on",),
        undated_months=60,
        question="An order is used until it is lifted, and erased five years after that by the law on persons. Not "
        "every lifting is told, and the five years would never begin: they are counted from the day of the order, "
        "which is never later, and end its use, also where it is in force still.",
    ),
    name_column="name",
)
