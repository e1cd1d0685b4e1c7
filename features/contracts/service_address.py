"""F64 送达地址承诺与托管: where legal papers reach an enterprise by e-mail and mobile, and who hosts its address."""

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


class ServiceAddress(Delivered):
    """F64: one record per commitment. Publisher: Qianhai authority, daily. Event date: day of consent.

    A bounced e-mail and a withdrawal are new versions.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    commit_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="承诺书编号")
    email_hash: str = pa.Field(nullable=True, str_matches=HASH_PATTERN, title="电子邮箱(加密)")
    mobile_hash: str = pa.Field(nullable=True, str_matches=HASH_PATTERN, title="手机号(加密)")
    consented_on: pl.Date = pa.Field(title="承诺日期")
    host_id: str = pa.Field(nullable=True, title="托管机构编号", description="Empty: its own address")
    bounced_on: pl.Date = pa.Field(nullable=True, title="邮件退回日期")
    replied_on: pl.Date = pa.Field(nullable=True, title="退回后联系上的日期")
    withdrawn_on: pl.Date = pa.Field(nullable=True, title="撤回日期")

    happened = event_date_is("consented_on")
    bounced = not_before("bounced_on", "consented_on")
    replied = not_before("replied_on", "bounced_on")
    withdrawn = not_before("withdrawn_on", "consented_on")


SERVICE_ADDRESS = Contract(
    code="F64",
    name="送达地址承诺与托管",
    name_en="E-service address and hosting",
    department="前海管理局",
    schema=ServiceAddress,
    grain=("uscc", "commit_no"),
    cadence="daily",
    freshness_days=31,
    publish_lag_days=(1, 3),
    receive_lag_days=(1, 2),
    level="L3",
    controller="前海管理局",
    share_scope="by consent, contacts masked",
    legal_basis="广东省优化营商环境条例",
    retention="while active and 5 years",
    act="承诺电子送达地址",
    openness="closed",
    direction="neutral",
    million_rows=0.2,
    personal=True,
    notice_given=True,
    use=Use(months=60, since="withdrawn_on"),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("neither e-mail nor mobile", pl.col("email_hash").is_null() & pl.col("mobile_hash").is_null()),
        Doubt("its e-mail bounced", pl.col("bounced_on").is_not_null()),
    ),
)
