"""F01 登记基本信息: who exists."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    HASH_PATTERN,
    PUBLISHED_BEFORE_EVENT,
    USCC_PATTERN,
    Contract,
    Delivered,
    Doubt,
)

DIVISIONS_OF_2011 = ("O79", "P82", "Q83", "R85", "S90", "T96")
"""Industry divisions that are numbered so in the edition of 2011 alone; the next has all of theirs one further on."""
DISTRICT_DIGITS = 6
ENTITY_STATUSES = ("存续", "歇业", "注销", "吊销", "迁出")


class Registration(Delivered):
    """F01: one record per enterprise. Publisher: market regulation. Event date: day of establishment where known.

    No record says of which edition its industry code is, and one number may be two trades in the two. Sections have the
    same letters in both, so features tell trades apart by the section.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    reg_no: str = pa.Field(nullable=True, title="注册号", description="Legacy number of 15 digits")
    outside_key: str = pa.Field(nullable=True, title="外部编号", description="Its key in a source that knows no codes")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="名称")
    kind: str = pa.Field(title="主体类型", description="Enterprise, sole trader, cooperative, ...")
    legal_rep_hash: str = pa.Field(nullable=True, str_matches=HASH_PATTERN, title="法定代表人(密钥散列)")
    reg_capital_fen: pl.Int64 = pa.Field(nullable=True, ge=0, title="注册资本", description="In fen")
    est_date: pl.Date = pa.Field(nullable=True, title="成立日期")
    address: str = pa.Field(nullable=True, title="住所")
    division: str = pa.Field(nullable=True, str_matches="^[0-9]{6,9}$", title="区划代码", description="GB/T 2260")
    section: str = pa.Field(nullable=True, str_matches="^[A-T]$", title="行业门类", description="GB/T 4754 section")
    industry: str = pa.Field(nullable=True, str_matches="^[A-T]?[0-9]{2,4}$", title="行业代码", description="GB/T 4754")
    status: str = pa.Field(isin=ENTITY_STATUSES, title="登记状态")
    licence_end: pl.Date = pa.Field(nullable=True, title="营业期限止")


REGISTRATION = Contract(
    code="F01",
    name="登记基本信息",
    name_en="Entity registration",
    department="市场监管",
    schema=Registration,
    grain=("uscc",),
    cadence="daily",
    publish_lag_days=(1, 5),
    receive_lag_days=(1, 2),
    level="L1",
    controller="市场监督管理局",
    share_scope="public",
    legal_basis="企业信息公示暂行条例",
    retention="permanent",
    act="企业、个体工商户的登记事项",
    openness="public",
    direction="neutral",
    million_rows=4.3,
    outside_key="outside_key",
    number_column="reg_no",
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("an industry code of the edition of 2011", pl.col("industry").str.head(3).is_in(DIVISIONS_OF_2011)),
        # Features read the age of a firm off its event, and its district off six digits.
        Doubt("established on another day than that of its event", pl.col("est_date") != pl.col("event_date")),
        Doubt("a division below the district", pl.col("division").str.len_chars() > DISTRICT_DIGITS),
    ),
)
