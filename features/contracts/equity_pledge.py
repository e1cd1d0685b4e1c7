"""F10 股权出质: equity that holders pledged for a debt."""

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

PLEDGEE_TYPES = ("银行", "其他企业", "自然人")
BANK, COMPANY_PLEDGEE, PRIVATE_PLEDGEE = PLEDGEE_TYPES
PLEDGE_STATUSES = ("有效", "无效")


class EquityPledge(Delivered):
    """F10: one record per registration number. Publisher: market regulation, daily. Event date: the pledge.

    `uscc` is the enterprise whose equity is pledged. Some amounts arrive as a number of shares only.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    reg_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="质权登记编号")
    pledgor_hash: str = pa.Field(str_matches=HASH_PATTERN, title="出质人(密钥散列)")
    pledgee_type: str = pa.Field(isin=PLEDGEE_TYPES, title="质权人类型")
    pledgee_hash: str = pa.Field(str_matches=HASH_PATTERN, title="质权人(密钥散列)")
    amount_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="出质股权数额", description="In fen")
    shares_n: pl.Int64 = pa.Field(nullable=True, ge=0, title="出质股份数", description="Shares, if not an amount")
    pledged_on: pl.Date = pa.Field(title="出质设立日期")
    released_on: pl.Date = pa.Field(nullable=True, title="注销日期", description="Missing while in force")
    status: str = pa.Field(isin=PLEDGE_STATUSES, title="状态")

    happened = event_date_is("pledged_on")
    released = not_before("released_on", "pledged_on")

    @pa.dataframe_check(name="a pledge needs an amount or a number of shares")
    @classmethod
    def is_of_something(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("amount_fen").is_not_null() | pl.col("shares_n").is_not_null())


EQUITY_PLEDGE = Contract(
    code="F10",
    name="股权出质",
    name_en="Equity pledge",
    department="市场监管",
    schema=EquityPledge,
    grain=("uscc", "reg_no"),
    cadence="daily",
    publish_lag_days=(1, 20),
    receive_lag_days=(1, 2),
    level="L2",
    controller="市场监督管理局",
    share_scope="by consent; persons as keyed hashes only",
    legal_basis="民法典; 企业信息公示暂行条例",
    retention="until released, and 5 years",
    act="股权出质登记",
    openness="on application",
    direction="adverse",
    million_rows=0.2,
    personal=True,
    notice_given=True,
    use=Use(since="released_on"),
    doubts=(PUBLISHED_BEFORE_EVENT, Doubt("a number of shares, not an amount", pl.col("amount_fen").is_null())),
)
