"""F30 股权冻结与保全: shares and assets a court has frozen."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    HASH_PATTERN,
    PUBLISHED_BEFORE_EVENT,
    USCC_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
    not_before,
)
from features.contracts.use import Use

YEARS_FROZEN = 3
"""The longest a freeze of shares lasts before it is renewed."""
BEYOND_THREE_YEARS = Doubt(
    "frozen for more than three years without a renewal",
    pl.col("to_on") > pl.col("from_on").dt.offset_by(f"{YEARS_FROZEN}y"),
)


class JudicialFreeze(Delivered):
    """F30: one record per notice and enterprise. Publisher: court, daily. Event date: first day of the freeze.

    Unfrozen rows are often kept: a freeze lifted before its term may go on to its last day on paper.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    notice_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="协助执行通知书文号")
    holder_hash: str = pa.Field(str_matches=HASH_PATTERN, title="被冻结人标识", description="Keyed hash of the holder")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="冻结金额", description="In fen")
    from_on: pl.Date = pa.Field(title="冻结开始日期")
    to_on: pl.Date = pa.Field(nullable=True, title="冻结结束日期", description="The day named, or the day unfrozen")
    renew: bool = pa.Field(title="是否续行冻结", description="Goes on from an earlier freeze")

    happened = event_date_is("from_on")
    ended = not_before("to_on", "from_on")


JUDICIAL_FREEZE = Contract(
    code="F30",
    name="股权冻结与保全",
    name_en="Judicial freeze",
    department="法院",
    schema=JudicialFreeze,
    grain=("uscc", "notice_no"),
    cadence="daily",
    publish_lag_days=(5, 30),
    receive_lag_days=(1, 5),
    level="L1",
    controller="中级人民法院",
    share_scope="public; holders as keyed hashes",
    legal_basis="最高人民法院关于人民法院强制执行股权若干问题的规定",
    retention="until its end, or three years where none is named, and 1 year",
    act="股权或财产被司法冻结、保全",
    openness="public",
    direction="adverse",
    million_rows=0.3,
    personal=True,
    notice_given=True,
    use=Use(
        months=12,
        since="to_on",
        undated_months=YEARS_FROZEN * 12 + 12,
        question="A freeze of shares lasts three years at most unless it is renewed, and a notice may name no last "
        "day: it is taken to end three years after its first. A renewal is a record with a first day of its own.",
    ),
    doubts=(PUBLISHED_BEFORE_EVENT, BEYOND_THREE_YEARS),
)
