"""X01 关联企业: firms that share an owner or an officer, derived from F03 and F04."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered


class RelatedFirm(Delivered):
    """X01: one record per enterprise, related enterprise and shared person. Event date: the day both ends held.

    Known from the day both ends were known. `related_no` tells firms apart inside the platform and never leaves it.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    related_no: pl.Int64 = pa.Field(title="关联企业(内部编号)")
    ended_on: pl.Date = pa.Field(nullable=True, title="关联终止日期", description="The first end of either side")
    tie_no: pl.Int64 = pa.Field(title="自身登记记录(内部编号)", description="The enterprise's own record of the person")


RELATED_FIRM = Contract(
    code="X01",
    name="关联企业",
    name_en="Related firm",
    department="平台",
    schema=RelatedFirm,
    grain=("uscc", "related_no"),
    cadence="daily",
    publish_lag_days=(0, 0),
    receive_lag_days=(0, 0),
    level="L3",
    controller="征信平台",
    share_scope="as counts over a group of firms only; never another firm's records",
    legal_basis="征信业务管理办法第二条",
    retention="as long as the records it is made of",
    act="与其他企业有共同股东或主要人员",
    openness="closed",
    direction="neutral",
    million_rows=10,
    channel="平台由其他数据派生",
    personal=False,
    derived_from=("F03", "F04"),
)
