"""F33 行政许可: administrative licences."""

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

LICENCE_STATES = ("有效", "注销", "撤销", "吊销")
"""In force, given up, withdrawn as wrongly granted, revoked as a penalty."""
ENDED_WHEN_PUBLISHED = Doubt(
    "called in force after its last day", (pl.col("status") == "有效") & (pl.col("to_on") < pl.col("publish_date"))
)


class Licence(Delivered):
    """F33: one record per licence document. Publisher: all departments, daily. Event date: its first day.

    The same licence may arrive from two departments, under two numbers.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    doc_no: str = pa.Field(str_length={"min_value": 1, "max_value": 128}, title="许可决定书文号")
    item: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="许可事项")
    from_on: pl.Date = pa.Field(title="有效期起")
    to_on: pl.Date = pa.Field(nullable=True, title="有效期止", description="Empty: without end")
    org: str = pa.Field(str_length={"min_value": 1, "max_value": 100}, title="许可机关")
    status: str = pa.Field(isin=LICENCE_STATES, title="许可状态")

    happened = event_date_is("from_on")
    ended = not_before("to_on", "from_on")


LICENCE = Contract(
    code="F33",
    name="行政许可",
    name_en="Administrative licence",
    department="各部门",
    schema=Licence,
    grain=("uscc", "doc_no"),
    cadence="daily",
    publish_lag_days=(3, 7),
    receive_lag_days=(1, 3),
    level="L1",
    controller="作出许可的部门",
    share_scope="public",
    legal_basis="行政许可法",
    retention="until its last day, and 5 years",
    act="取得行政许可",
    openness="public",
    direction="favourable",
    million_rows=24,
    use=Use(months=60, since="to_on"),
    doubts=(PUBLISHED_BEFORE_EVENT, ENDED_WHEN_PUBLISHED),
)
