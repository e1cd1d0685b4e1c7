"""F51 租赁备案与楼宇园区入驻: where an enterprise sits, from when, and for what rent."""

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


class Tenancy(Delivered):
    """F51: one record per lease. Publisher: housing bureau and parks, monthly. Event date: first day of the lease.

    The building is found from the address text; in about one of seven none is. A hosted address (托管) is a desk
    without rooms: no area and no rent.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    address: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="租赁地址")
    building_id: str = pa.Field(
        nullable=True, str_length={"min_value": 1, "max_value": 64}, title="楼宇编号", description="Empty: not matched"
    )
    starts_on: pl.Date = pa.Field(title="起租日期")
    ends_on: pl.Date = pa.Field(nullable=True, title="退租日期", description="By contract, or the day it moved out")
    area_m2: pl.Int64 = pa.Field(ge=0, title="面积", description="Square metres")
    rent_fen: pl.Int64 = pa.Field(ge=0, title="月租金", description="Per month, in fen")
    hosted: bool = pa.Field(title="是否托管地址")

    happened = event_date_is("starts_on")
    ended = not_before("ends_on", "starts_on")


TENANCY = Contract(
    code="F51",
    name="租赁备案与楼宇园区入驻",
    name_en="Lease and tenancy",
    department="住建、园区",
    schema=Tenancy,
    grain=("uscc", "address", "starts_on"),
    cadence="monthly",
    publish_lag_days=(20, 90),
    receive_lag_days=(5, 20),
    level="L2",
    controller="住房和建设局",
    share_scope="by consent",
    legal_basis="商品房屋租赁管理办法",
    retention="to the end of the lease and 2 years",
    act="租赁场所与入驻楼宇园区",
    openness="closed",
    direction="neutral",
    million_rows=5,
    use=Use(months=24, since="ends_on"),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("no building was found for the address", pl.col("building_id").is_null()),
        Doubt("let for no rent", ~pl.col("hosted") & (pl.col("rent_fen") == 0)),
    ),
)
