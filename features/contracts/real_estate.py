"""F50 不动产登记与抵押: what an enterprise owns of land and buildings, and what it has mortgaged."""

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

OWNERSHIP, MORTGAGE = RIGHTS = ("所有权", "抵押权")
PROPERTY_PURPOSES = ("工业", "商业", "办公", "住宅", "仓储", "其他")


class RealEstate(Delivered):
    """F50: one record per right in a property and owner. Publisher: natural resources, weekly.

    Event date: day of registration. A mortgage is a record of its own beside the ownership; the enterprise owns the
    share `share_bp` of a property held in common, and area and mortgage are those of the whole.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    cert_no_hash: str = pa.Field(str_matches=HASH_PATTERN, title="不动产权证号(加密)")
    right_kind: str = pa.Field(isin=RIGHTS, title="权利类型")
    purpose: str = pa.Field(isin=PROPERTY_PURPOSES, title="用途")
    area_m2: pl.Int64 = pa.Field(ge=0, title="面积", description="Square metres")
    share_bp: pl.Int32 = pa.Field(
        in_range={"min_value": 1, "max_value": 10_000}, title="共有份额", description="In basis points"
    )
    mortgage_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="被担保债权数额", description="In fen")
    mortgagee: str = pa.Field(nullable=True, title="抵押权人")
    sealed: bool = pa.Field(title="是否查封")
    starts_on: pl.Date = pa.Field(title="登记日期")
    ends_on: pl.Date = pa.Field(nullable=True, title="注销或转移日期")

    happened = event_date_is("starts_on")
    ended = not_before("ends_on", "starts_on")

    @pa.dataframe_check(name="a mortgage must state its mortgage_fen, and only a mortgage")
    @classmethod
    def mortgages_have_sums(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("mortgage_fen").is_not_null() == (pl.col("right_kind") == MORTGAGE))


REAL_ESTATE = Contract(
    code="F50",
    name="不动产登记与抵押",
    name_en="Real estate and mortgage",
    department="自然资源",
    schema=RealEstate,
    grain=("uscc", "cert_no_hash", "right_kind", "starts_on"),
    cadence="weekly",
    publish_lag_days=(3, 15),
    receive_lag_days=(2, 10),
    level="L4",
    controller="不动产登记中心",
    share_scope="derived values only, by consent",
    legal_basis="不动产登记暂行条例",
    retention="status and 5 years",
    act="取得、抵押或转移不动产",
    openness="on application",
    direction="mixed",
    million_rows=1.5,
    use=Use(months=60, since="ends_on"),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("held in common with others", pl.col("share_bp") < 10_000),
        Doubt("mortgaged to nobody named", (pl.col("right_kind") == MORTGAGE) & pl.col("mortgagee").is_null()),
    ),
)
