"""F54 高企/专精特新等资质: lists of recognised innovative enterprises."""

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

NATIONAL, PROVINCIAL, MUNICIPAL = QUALIFICATION_LEVELS = ("国家级", "省级", "市级")


class Qualification(Delivered):
    """F54: one record per enterprise, list and year. Publishers: science and industry bureaus, yearly.

    Event date: first day of validity. A list names the enterprise as it was called when it applied.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    list_code: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="名单代码")
    list_name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="名单名称")
    year: pl.Int32 = pa.Field(in_range={"min_value": 2000, "max_value": 2100}, title="认定年度")
    level: str = pa.Field(isin=QUALIFICATION_LEVELS, title="级别")
    starts_on: pl.Date = pa.Field(title="有效期起")
    ends_on: pl.Date = pa.Field(title="有效期止")

    happened = event_date_is("starts_on")
    ended = not_before("ends_on", "starts_on")


QUALIFICATION = Contract(
    code="F54",
    name="高企专精特新等资质",
    name_en="Qualification lists",
    department="科技、工信",
    schema=Qualification,
    grain=("uscc", "list_code", "year"),
    cadence="yearly",
    publish_lag_days=(30, 90),
    receive_lag_days=(5, 20),
    level="L1",
    controller="科技创新局、工业和信息化局",
    share_scope="public",
    legal_basis="高新技术企业认定管理办法; 优质中小企业梯度培育管理暂行办法",
    retention="to the end of validity and 3 years",
    act="被认定为创新型企业",
    openness="public",
    direction="favourable",
    million_rows=0.4,
    use=Use(months=36, since="ends_on"),
    doubts=(PUBLISHED_BEFORE_EVENT, Doubt("valid from another year", pl.col("starts_on").dt.year() != pl.col("year"))),
)
