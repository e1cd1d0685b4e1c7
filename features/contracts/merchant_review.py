"""F63 商户评价点赞投诉: what visitors of a shopping circle scan, like, review and complain about."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import HASH_PATTERN, USCC_PATTERN, Contract, Delivered, event_date_is, not_before
from features.contracts.use import Use

SCAN, LIKE, REVIEW, COMPLAINT = REVIEW_KINDS = ("扫码", "点赞", "评价", "投诉")


class MerchantReview(Delivered):
    """F63: one record per act of a visitor. Publisher: platform of the circle, as it happens.

    Robots like in bursts: count visitors, not likes. A complaint is closed in a new version, with the minutes it took.
    """

    merchant_id: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="商户编号")
    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    happened_on: pl.Date = pa.Field(title="发生日期")
    minute: pl.Int32 = pa.Field(
        in_range={"min_value": 0, "max_value": 1439}, title="发生时刻", description="Minute of the day, Shanghai"
    )
    kind: str = pa.Field(isin=REVIEW_KINDS, title="类型")
    visitor_hash: str = pa.Field(nullable=True, str_matches=HASH_PATTERN, title="访客(加密)")
    score: pl.Int32 = pa.Field(
        nullable=True, in_range={"min_value": 1, "max_value": 5}, title="评分", description="1 to 5; reviews only"
    )
    closed_on: pl.Date = pa.Field(nullable=True, title="投诉办结日期")
    handled_minutes: pl.Int32 = pa.Field(
        nullable=True, ge=0, title="投诉处理时长", description="Minutes from complaint to close"
    )

    happened = event_date_is("happened_on")
    closed = not_before("closed_on", "happened_on")

    @pa.dataframe_check(name="only a review has a score, and only a complaint is closed")
    @classmethod
    def kinds_agree(cls, data: pa.PolarsData) -> pl.LazyFrame:
        scored = (pl.col("kind") == REVIEW) | pl.col("score").is_null()
        handled = (pl.col("kind") == COMPLAINT) | (pl.col("closed_on").is_null() & pl.col("handled_minutes").is_null())
        return data.lazyframe.select(scored & handled)


MERCHANT_REVIEW = Contract(
    code="F63",
    name="商户评价点赞投诉",
    name_en="Merchant reviews",
    department="商圈平台",
    schema=MerchantReview,
    grain=("merchant_id", "happened_on", "minute", "kind", "visitor_hash"),
    cadence="daily",
    publish_lag_days=(0, 0),
    receive_lag_days=(0, 1),
    level="L2",
    controller="街道办事处",
    share_scope="by consent; sums shown in the circle",
    legal_basis="消费者权益保护法",
    retention="3 years",
    act="消费者对商户的评价与投诉",
    openness="on application",
    direction="mixed",
    million_rows=0.9,
    personal=True,
    notice_given=True,
    use=Use(months=36),
)
