"""Related firms (X01, X02): who shares an owner or an officer, and what the courts did to them.

One event stands once for each person shared, so only aggregates that repetition does not change are used.
"""

from features.contracts.related_event import BANKRUPT, DISHONEST, ENFORCED, RELATED_EVENT
from features.contracts.related_firm import RELATED_FIRM
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    NEUTRAL,
    Definition,
    Feature,
    days_since_last,
    difference,
    distinct,
    exists,
    ratio,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, ever, months

REFERENCE = "《市场主体登记管理条例》;市场监管部门股东(F03)、主要人员(F04)与法院记录派生(X01、X02)"
RELATIONS = Family(REFERENCE)
STILL_RELATED = ~col("ended_on").is_known() | (col("ended_on") > AS_OF)
RELATED_NOW = ~col("relation_ended_on").is_known() | (col("relation_ended_on") > AS_OF)
OPEN = ~col("closed_on").is_known() | (col("closed_on") > AS_OF)


def firms(within: Window, where: Condition | None = None) -> Feature:
    """Different related firms whose relation began in a window."""
    return Feature(feed=RELATED_FIRM, take=distinct(col("related_no")), within=within, where=where, missing=0)


def troubled(within: Window, where: Condition) -> Feature:
    """Different related firms with such an event in a window."""
    return Feature(feed=RELATED_EVENT, take=distinct(col("related_no")), within=within, where=where, missing=0)


def events(kind: str) -> Definition:
    """Different events of a kind in a window of months, at firms still related."""

    return Feature(
        feed=RELATED_EVENT,
        take=distinct(col("event_no")),
        within=months(24),
        where=col("kind").equals(kind) & RELATED_NOW,
        missing=0,
    )


RELATION_FEATURES = (
    RELATIONS.one(
        "related_firms",
        firms(ever(), STILL_RELATED),
        label="现有关联企业数(共同股东或主要人员)",
        label_en="Firms related now by a common owner or officer",
        unit="firms",
        sign=NEUTRAL,
        code="RELATED-FIRMS",
        zh="现有关联企业{value}家",
        en="{value} related firms",
    ),
    RELATIONS.one(
        "former_related_firms",
        # A firm that shares another person still is not formerly related.
        difference(firms(ever()), firms(ever(), STILL_RELATED)),
        label="已终止的关联企业数",
        label_en="Firms formerly related by a common owner or officer",
        unit="firms",
        sign=NEUTRAL,
        code="RELATED-FIRMS",
        zh="曾关联企业{value}家",
        en="{value} formerly related firms",
    ),
    *RELATIONS.over(
        months_back(12, 36),
        "new_related_firms_{span}",
        lambda window: firms(window, STILL_RELATED),
        label="{span}新增关联企业数",
        label_en="Firms newly related in {span}",
        unit="firms",
        sign=ADVERSE,
        code="RELATED-NEW",
        zh="{span}新增关联企业{value}家",
        en="{value} newly related firms in {span}",
    ),
    *RELATIONS.over(
        months_back(12, 36),
        "troubled_related_firms_{span}",
        lambda window: troubled(window, RELATED_NOW),
        label="{span}有被执行、失信或破产记录的关联企业数",
        label_en="Related firms with an enforcement, dishonesty or bankruptcy record in {span}",
        unit="firms",
        sign=ADVERSE,
        code="RELATED-TROUBLE",
        zh="{span}出险关联企业{value}家",
        en="{value} related firms in trouble in {span}",
    ),
    RELATIONS.one(
        "troubled_related_share_36m",
        ratio(troubled(months(36), RELATED_NOW), firms(ever(), STILL_RELATED)),
        label="关联企业中近36个月出险的占比",
        label_en="Share of related firms in trouble in the last 36 months",
        unit="share",
        sign=ADVERSE,
        code="RELATED-TROUBLE",
        zh="关联企业出险占比{value}",
        en="{value} of related firms are in trouble",
    ),
    RELATIONS.one(
        "related_enforcements_24m",
        events(ENFORCED),
        label="近24个月关联企业被执行案件数",
        label_en="Enforcement cases of related firms in the last 24 months",
        unit="cases",
        sign=ADVERSE,
        code="RELATED-ENFORCED",
        zh="近24个月关联企业被执行{value}次",
        en="{value} enforcement cases of related firms in 24 months",
    ),
    RELATIONS.one(
        "related_enforcements_open",
        Feature(
            feed=RELATED_EVENT,
            take=distinct(col("event_no")),
            within=ever(),
            where=col("kind").equals(ENFORCED) & OPEN & RELATED_NOW,
            missing=0,
        ),
        label="关联企业未结被执行案件数",
        label_en="Open enforcement cases of related firms",
        unit="cases",
        sign=ADVERSE,
        code="RELATED-ENFORCED",
        zh="关联企业未结被执行案件{value}件",
        en="{value} open enforcement cases of related firms",
    ),
    RELATIONS.one(
        "related_dishonest_listed",
        Feature(
            feed=RELATED_EVENT,
            take=exists(),
            within=ever(),
            where=col("kind").equals(DISHONEST) & OPEN & RELATED_NOW,
            missing=0,
        ),
        label="现有关联企业被列为失信被执行人",
        label_en="A related firm is listed as a dishonest judgment debtor",
        unit="flag",
        sign=ADVERSE,
        code="RELATED-DISHONEST",
        zh=("有关联企业被列为失信被执行人", "关联企业均未被列为失信被执行人"),
        en=("A related firm is listed as dishonest", "No related firm is listed as dishonest"),
    ),
    RELATIONS.one(
        "related_bankrupt",
        Feature(
            feed=RELATED_EVENT,
            take=exists(),
            within=ever(),
            where=col("kind").equals(BANKRUPT) & RELATED_NOW,
            missing=0,
        ),
        label="现有关联企业已被宣告破产",
        label_en="A related firm was declared bankrupt",
        unit="flag",
        sign=ADVERSE,
        code="RELATED-BANKRUPT",
        zh=("有关联企业被宣告破产", "无关联企业被宣告破产"),
        en=("A related firm was declared bankrupt", "No related firm was declared bankrupt"),
    ),
    RELATIONS.one(
        "days_since_related_event",
        Feature(feed=RELATED_EVENT, take=days_since_last(), within=ever(), where=RELATED_NOW),
        label="距关联企业最近一次风险事件天数",
        label_en="Days since the newest adverse event of a related firm",
        unit="days",
        sign=NEUTRAL,
        code="RELATED-TROUBLE",
        zh="距关联企业最近一次风险事件{value}天",
        en="{value} days since the newest adverse event of a related firm",
    ),
)
