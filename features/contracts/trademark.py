"""F53 商标与著作权: registered trademarks and copyrights."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, not_before

TRADEMARK_RIGHT, COPYRIGHT = MARK_KINDS = ("商标", "著作权")
MARK_VALID, MARK_EXPIRED, MARK_REVOKED = MARK_STATES = ("有效", "期满", "撤销")


class Trademark(Delivered):
    """F53: one record per registration. Publishers: intellectual property and copyright offices, monthly.

    Event date: first day of protection. A trademark protects ten years in one class of goods or services; a copyright
    has no class. The end of a right is a new version.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    reg_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="登记号")
    kind: str = pa.Field(isin=MARK_KINDS, title="类型")
    nice_class: pl.Int32 = pa.Field(
        nullable=True,
        in_range={"min_value": 1, "max_value": 45},
        title="国际分类",
        description="Nice classification, 1 to 45; trademarks only",
    )
    starts_on: pl.Date = pa.Field(title="登记日期")
    ends_on: pl.Date = pa.Field(nullable=True, title="有效期至")
    status: str = pa.Field(isin=MARK_STATES, title="状态")

    happened = event_date_is("starts_on")
    ended = not_before("ends_on", "starts_on")

    @pa.dataframe_check(name="a trademark must state its nice_class, and only a trademark")
    @classmethod
    def trademarks_have_classes(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("nice_class").is_not_null() == (pl.col("kind") == TRADEMARK_RIGHT))


TRADEMARK = Contract(
    code="F53",
    name="商标与著作权",
    name_en="Trademark and copyright",
    department="知识产权、版权",
    schema=Trademark,
    grain=("uscc", "reg_no"),
    cadence="monthly",
    publish_lag_days=(90, 400),
    receive_lag_days=(10, 30),
    level="L1",
    controller="知识产权局、版权局",
    share_scope="public",
    legal_basis="商标法; 著作权法",
    retention="permanent",
    act="登记商标与著作权",
    openness="public",
    direction="favourable",
    million_rows=6,
)
