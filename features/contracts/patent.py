"""F52 专利: patents an enterprise has filed and been granted."""

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

INVENTION, UTILITY_MODEL, DESIGN = PATENT_KINDS = ("发明", "实用新型", "外观设计")
PENDING, VALID, LAPSED, REFUSED = PATENT_STATES = ("审查中", "有效", "失效", "驳回")


class Patent(Delivered):
    """F52: one record per patent and applicant. Publisher: intellectual property office, monthly.

    Event date: day of filing; an application is published months later. Grant, lapse and pledge are new versions.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    patent_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="专利号")
    kind: str = pa.Field(isin=PATENT_KINDS, title="专利类型")
    filed_on: pl.Date = pa.Field(title="申请日期")
    granted_on: pl.Date = pa.Field(nullable=True, title="授权日期")
    status: str = pa.Field(isin=PATENT_STATES, title="法律状态")
    pledged: bool = pa.Field(title="是否质押")
    owners: pl.Int32 = pa.Field(ge=1, title="权利人数", description="Joint owners, the enterprise included")

    happened = event_date_is("filed_on")
    granted = not_before("granted_on", "filed_on")


PATENT = Contract(
    code="F52",
    name="专利",
    name_en="Patent",
    department="知识产权",
    schema=Patent,
    grain=("uscc", "patent_no"),
    cadence="monthly",
    publish_lag_days=(120, 600),
    receive_lag_days=(10, 30),
    level="L1",
    controller="知识产权局",
    share_scope="public",
    legal_basis="专利法",
    retention="permanent",
    act="申请与取得专利",
    openness="public",
    direction="favourable",
    million_rows=3.2,
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("in force and never granted", (pl.col("status") == VALID) & pl.col("granted_on").is_null()),
    ),
)
