"""Merchants of a shopping circle (F63): who comes, how they judge, and how complaints are answered."""

from features.contracts.merchant_review import COMPLAINT, LIKE, MERCHANT_REVIEW, REVIEW, SCAN
from features.definitions.entry import Entry
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    count,
    days_since_last,
    distinct,
    largest,
    mean,
    months_active,
    ratio,
    smallest,
    trend,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, months

FAMILY = Family("《中华人民共和国消费者权益保护法》;商圈平台商户评价点赞投诉(F63)")
SCANNED, LIKED = col("kind").equals(SCAN), col("kind").equals(LIKE)
JUDGED, COMPLAINED = col("kind").equals(REVIEW), col("kind").equals(COMPLAINT)
OPEN = ~col("closed_on").is_known() | (col("closed_on") > AS_OF)
A_DAY = 24 * 60
PROMPT = col("handled_minutes") <= A_DAY


def acts(take: Aggregate, where: Condition, within: Window, missing: int | None = 0) -> Feature:
    return Feature(feed=MERCHANT_REVIEW, take=take, within=within, where=where, missing=missing)


def visitors(within: Window) -> Feature:
    return acts(distinct(col("visitor_hash")), SCANNED, within)


MERCHANT_FEATURES: tuple[Entry, ...] = (
    *FAMILY.over(
        months_back(6, 24),
        "shop_visitors_{span}",
        visitors,
        label="{span}扫码的不同访客人数",
        label_en="Different visitors who scanned in {span}",
        unit="visitors",
        sign=FAVOURABLE,
        code="SHOP-VISITORS",
        zh="{span}有{value}名不同访客扫码",
        en="{value} different visitors scanned in {span}",
    ),
    FAMILY.one(
        "shop_visitors_trend_12m",
        trend(visitors(months(6)), visitors(months(6, before=6))),
        label="近6个月访客人数较此前6个月变化",
        label_en="Change of visitors, last 6 months on the 6 months before",
        unit="change",
        sign=FAVOURABLE,
        code="SHOP-TREND",
        zh="近6个月访客人数变化{value}",
        en="Visitors changed by {value} in 6 months",
    ),
    FAMILY.one(
        "shop_likers_12m",
        acts(distinct(col("visitor_hash")), LIKED, months(12)),
        label="近12个月点赞的不同访客人数",
        label_en="Different visitors who liked in the last 12 months",
        unit="visitors",
        sign=FAVOURABLE,
        code="SHOP-LIKES",
        zh="近12个月有{value}名不同访客点赞",
        en="{value} different visitors liked the shop in 12 months",
    ),
    FAMILY.one(
        "shop_likes_per_liker_12m",
        ratio(acts(count(), LIKED, months(12)), acts(distinct(col("visitor_hash")), LIKED, months(12))),
        label="近12个月每名点赞访客的点赞次数",
        label_en="Likes per visitor who liked in the last 12 months",
        unit="times",
        sign=ADVERSE,
        code="SHOP-ROBOTS",
        zh=("点赞来源集中,每名访客点赞{value}次", "每名访客点赞{value}次"),
        en=("Likes come from few: {value} from each visitor", "Each visitor liked {value} times"),
    ),
    FAMILY.one(
        "shop_score_12m",
        acts(mean(col("score")), JUDGED, months(12), missing=None),
        label="近12个月评价平均分(1至5)",
        label_en="Mean score of reviews in the last 12 months (1 to 5)",
        unit="points",
        sign=FAVOURABLE,
        code="SHOP-SCORE",
        zh=("近12个月评价平均仅{value}分", "近12个月评价平均{value}分"),
        en=("The mean score of 12 months is only {value}", "The mean score of 12 months is {value}"),
    ),
    FAMILY.one(
        "shop_worst_score_24m",
        acts(smallest(col("score")), JUDGED, months(24), missing=None),
        label="近24个月评价最低分",
        label_en="Lowest score of a review in the last 24 months",
        unit="points",
        sign=FAVOURABLE,
        code="SHOP-WORST",
        zh="近24个月评价最低{value}分",
        en="The lowest score of 24 months is {value}",
    ),
    FAMILY.one(
        "shop_low_share_24m",
        ratio(acts(count(), JUDGED & (col("score") <= 2), months(24)), acts(count(), JUDGED, months(24))),
        label="近24个月低分评价(不高于2分)占比",
        label_en="Share of reviews with a score of 2 or less in the last 24 months",
        unit="share",
        sign=ADVERSE,
        code="SHOP-LOW",
        zh=("近24个月低分评价占{value}", "近24个月低分评价仅占{value}"),
        en=("{value} of reviews in 24 months are bad", "Only {value} of reviews in 24 months are bad"),
    ),
    *FAMILY.over(
        months_back(6, 24),
        "shop_complaints_{span}",
        lambda within: acts(count(), COMPLAINED, within),
        label="{span}投诉次数",
        label_en="Complaints in {span}",
        unit="complaints",
        sign=ADVERSE,
        code="SHOP-COMPLAINTS",
        zh="{span}被投诉{value}次",
        en="{value} complaints in {span}",
    ),
    FAMILY.one(
        "shop_complaint_rate_24m",
        ratio(acts(count(), COMPLAINED, months(24)), acts(count(), SCANNED, months(24))),
        label="近24个月投诉与扫码次数之比",
        label_en="Complaints over scans in the last 24 months",
        unit="share",
        sign=ADVERSE,
        code="SHOP-COMPLAINTRATE",
        zh=("近24个月投诉率{value}", "近24个月投诉率仅{value}"),
        en=("Complaints are {value} of scans in 24 months", "Complaints are only {value} of scans in 24 months"),
    ),
    FAMILY.one(
        "shop_prompt_share_36m",
        ratio(acts(count(), COMPLAINED & PROMPT, months(36)), acts(count(), COMPLAINED, months(36))),
        label="近36个月投诉24小时内办结占比",
        label_en="Share of complaints closed within 24 hours, last 36 months",
        unit="share",
        sign=FAVOURABLE,
        code="SHOP-PROMPT",
        zh=("近36个月投诉仅{value}在24小时内办结", "近36个月投诉{value}在24小时内办结"),
        en=("Only {value} of complaints were closed within a day", "{value} of complaints were closed within a day"),
    ),
    FAMILY.one(
        "shop_handling_minutes_36m",
        acts(mean(col("handled_minutes")), COMPLAINED, months(36), missing=None),
        label="近36个月投诉平均办结时长(分钟)",
        label_en="Mean minutes to close a complaint, last 36 months",
        unit="minutes",
        sign=ADVERSE,
        code="SHOP-HANDLING",
        zh="近36个月投诉平均{value}分钟办结",
        en="A complaint took {value} minutes on average in 36 months",
    ),
    FAMILY.one(
        "shop_slowest_minutes_36m",
        acts(largest(col("handled_minutes")), COMPLAINED, months(36), missing=None),
        label="近36个月投诉最长办结时长(分钟)",
        label_en="Most minutes a complaint took, last 36 months",
        unit="minutes",
        sign=ADVERSE,
        code="SHOP-SLOWEST",
        zh="近36个月投诉最长{value}分钟办结",
        en="The slowest complaint of 36 months took {value} minutes",
    ),
    FAMILY.one(
        "shop_open_complaints",
        acts(count(), COMPLAINED & OPEN, months(36)),
        label="近36个月未办结投诉件数",
        label_en="Complaints of the last 36 months still open",
        unit="complaints",
        sign=ADVERSE,
        code="SHOP-OPEN",
        zh="未办结投诉{value}件",
        en="{value} complaints are open",
    ),
    FAMILY.one(
        "shop_months_visited_12m",
        acts(months_active(), SCANNED, months(12)),
        label="近12个月内有访客扫码的自然月数",
        label_en="Calendar months with a scan within the last 12 months",
        unit="months",
        sign=FAVOURABLE,
        code="SHOP-RHYTHM",
        zh="近12个月内有{value}个自然月有访客扫码",
        en="There were scans in {value} calendar months within 12 months",
    ),
    FAMILY.one(
        "shop_days_since_visit",
        acts(days_since_last(), SCANNED, months(36), missing=None),
        label="最近一次访客扫码距今天数",
        label_en="Days since a visitor last scanned",
        unit="days",
        sign=ADVERSE,
        code="SHOP-IDLE",
        zh=("已有{value}天没有访客扫码", "最近一次访客扫码在{value}天前"),
        en=("Nobody scanned for {value} days", "A visitor scanned {value} days ago"),
    ),
)
