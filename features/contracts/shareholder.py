"""F03 股东及出资: who holds an enterprise, how much was promised and how much was paid."""

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

HOLDER_TYPES = ("自然人", "企业", "其他")
PERSON, COMPANY, OTHER_HOLDER = HOLDER_TYPES
BASIS_POINTS = {"min_value": 0, "max_value": 10_000}


class Shareholder(Delivered):
    """F03: one record per enterprise, holder and day of entry. Publisher: market regulation, daily.

    Event date: the day of entry. A person arrives as a keyed hash only; a company may arrive by its name only.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    holder_type: str = pa.Field(isin=HOLDER_TYPES, title="股东类型")
    holder_hash: str = pa.Field(nullable=True, str_matches=HASH_PATTERN, title="股东(密钥散列)")
    holder_name: str = pa.Field(
        nullable=True,
        str_length={"min_value": 1, "max_value": 200},
        title="股东名称",
        description="Of a company written by its name only; never of a person",
    )
    subscribed_fen: pl.Int64 = pa.Field(ge=0, title="认缴出资额", description="In fen")
    paid_fen: pl.Int64 = pa.Field(ge=0, title="实缴出资额", description="In fen")
    pct_bp: pl.Int32 = pa.Field(in_range=BASIS_POINTS, title="持股比例", description="In basis points")
    due_date: pl.Date = pa.Field(nullable=True, title="认缴出资期限")
    entered_on: pl.Date = pa.Field(title="入股日期")
    left_on: pl.Date = pa.Field(nullable=True, title="退出日期", description="Missing while the holder stays")

    happened = event_date_is("entered_on")
    left = not_before("left_on", "entered_on")

    @pa.dataframe_check(name="a holder needs a hash or a name")
    @classmethod
    def is_somebody(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("holder_hash").is_not_null() | pl.col("holder_name").is_not_null())

    @pa.dataframe_check(name="holder_name must be empty for a person")
    @classmethod
    def person_has_no_name(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("holder_name").is_null() | (pl.col("holder_type") != PERSON))


_NEWEST = pl.col("version") == pl.col("version").max().over("record_id")
_HELD = pl.when(_NEWEST & pl.col("left_on").is_null()).then("pct_bp").otherwise(0)

SHAREHOLDER = Contract(
    code="F03",
    name="股东及出资",
    name_en="Shareholder and contribution",
    department="市场监管",
    schema=Shareholder,
    grain=("uscc", "holder_hash", "holder_name", "entered_on"),
    cadence="daily",
    publish_lag_days=(1, 7),
    receive_lag_days=(1, 2),
    level="L3",
    controller="市场监督管理局",
    share_scope="by consent; persons as keyed hashes only",
    legal_basis="公司法; 市场主体登记管理条例; 企业信息公示暂行条例",
    retention="permanent",
    act="股东认缴与实缴出资",
    openness="on application",
    direction="neutral",
    million_rows=9,
    personal=True,
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("the holders of one enterprise hold more than the whole", _HELD.sum().over("uscc") > 10_000),
        Doubt("a company written by its name only", pl.col("holder_hash").is_null()),
    ),
)
