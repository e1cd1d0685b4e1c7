"""F32 自动履行证明与诚信履行名单: judgments performed of one's own accord."""

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


class VoluntaryPerformance(Delivered):
    """F32: one record per certificate. Publisher: court, monthly. Event date: day of performance."""

    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="履行人名称")
    person_hash: str = pa.Field(
        nullable=True, str_matches=HASH_PATTERN, title="履行人员标识", description="Keyed hash of who performed"
    )
    cert_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="证明编号")
    case_no: str = pa.Field(nullable=True, title="案号")
    performed_on: pl.Date = pa.Field(title="履行日期")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="履行金额", description="In fen")
    listed_from: pl.Date = pa.Field(nullable=True, title="名单起始日期")
    listed_to: pl.Date = pa.Field(nullable=True, title="名单截止日期")

    happened = event_date_is("performed_on")
    listed = not_before("listed_from", "performed_on")
    unlisted = not_before("listed_to", "listed_from")


VOLUNTARY_PERFORMANCE = Contract(
    code="F32",
    name="自动履行证明与诚信履行名单",
    name_en="Voluntary performance",
    department="法院",
    schema=VoluntaryPerformance,
    grain=("cert_no",),
    cadence="monthly",
    freshness_days=183,
    publish_lag_days=(7, 30),
    receive_lag_days=(2, 10),
    level="L1",
    controller="中级人民法院",
    share_scope="public while listed; persons as keyed hashes",
    legal_basis="最高人民法院关于在执行工作中进一步强化善意文明执行理念的意见",
    retention="until the listing ends, and 1 year",
    act="主动履行生效法律文书",
    openness="public",
    direction="favourable",
    million_rows=0.02,
    personal=True,
    notice_given=True,
    use=Use(months=12, since="listed_to"),
    name_column="name",
)
