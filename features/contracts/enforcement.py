"""F27 被执行: judgments enforced against an enterprise."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    PUBLISHED_BEFORE_EVENT,
    SUBJECT_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
    not_before,
)
from features.contracts.use import Use

YEARS_ENFORCED = 1
"""How long a case is taken to be open of which no closing is told."""


class Enforcement(Delivered):
    """F27: one record per debtor and case. Publisher: court, daily. Event date: day of filing.

    A closed case is removed at the source without notice: its absence arrives as a withdrawal, or not at all.
    """

    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="被执行人名称")
    case_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="案号")
    court: str = pa.Field(title="执行法院")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="执行标的", description="In fen")
    filed_on: pl.Date = pa.Field(title="立案日期")
    closed_on: pl.Date = pa.Field(nullable=True, title="结案日期")
    closed_way: str = pa.Field(nullable=True, title="结案方式")

    happened = event_date_is("filed_on")
    closed = not_before("closed_on", "filed_on")


ENFORCEMENT = Contract(
    code="F27",
    name="被执行",
    name_en="Enforcement",
    department="法院",
    schema=Enforcement,
    grain=("case_no", "name"),
    cadence="daily",
    publish_lag_days=(3, 20),
    receive_lag_days=(1, 5),
    level="L1",
    controller="中级人民法院",
    share_scope="public",
    legal_basis="最高人民法院关于人民法院执行公开的若干规定",
    retention="until closed, or a year after filing if nothing is told, and 2 years",
    act="被人民法院执行",
    openness="public",
    direction="adverse",
    million_rows=1.4,
    use=Use(
        months=24,
        since="closed_on",
        undated_months=YEARS_ENFORCED * 12 + 24,
        question="A closed case is removed at the source without notice and may stay here without the day it was "
        "closed, so that its two years would never begin, and no record tells it from one open still. The time a court "
        "has for it, six months that may be extended, was not read: both are taken to be closed a year after filing.",
    ),
    name_column="name",
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("closed without its day", pl.col("closed_way").is_not_null() & pl.col("closed_on").is_null()),
    ),
)
