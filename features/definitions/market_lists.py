"""Lists and endings of market regulation (F06, F07, F08): abnormal operation, serious violations, the end."""

from features.contracts.abnormal_listing import ABNORMAL_LISTING, LOST_CONTACT, NO_REPORT
from features.contracts.deregistration import CANCELLED, DEREGISTRATION, REVOKED
from features.contracts.serious_violation import SERIOUS_VIOLATION
from features.definitions.entry import CL0
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    count,
    days_since_first,
    days_since_last,
    distinct,
    exists,
    ratio,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import ever

_ABNORMAL = Family("《企业信息公示暂行条例》第十七条;市场监管部门经营异常名录(F06)", CL0)
_SERIOUS = Family("《市场监督管理严重违法失信名单管理办法》;市场监管部门严重违法失信名单(F07)", CL0)
_ENDED = Family("《中华人民共和国市场主体登记管理条例》;市场监管部门注销吊销(F08)", CL0)
LISTED = ~col("removed_on").is_known() | (col("removed_on") > AS_OF)
CURED = col("removal_reason").is_known()
"""Of some removals the reason arrives and not the day."""
ON_LIST = LISTED & ~CURED
UNSAFE_FOOD = "生产销售不合格食品"


def _abnormal(take: Aggregate, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=ABNORMAL_LISTING, take=take, within=ever(), where=where, missing=missing)


def _serious(take: Aggregate, where: Condition = LISTED, missing: int | None = 0) -> Feature:
    return Feature(feed=SERIOUS_VIOLATION, take=take, within=ever(), where=where, missing=missing)


def _ended(take: Aggregate, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=DEREGISTRATION, take=take, within=ever(), where=where, missing=missing)


_ABNORMAL_FEATURES = (
    _ABNORMAL.one(
        "abnormal_listed",
        _abnormal(exists(), ON_LIST),
        label="是否在列经营异常名录(1为在列)",
        label_en="On the abnormal-operation list (1 = listed)",
        unit="flag",
        sign=ADVERSE,
        code="ABNORMAL-LIST",
        zh=("当前在经营异常名录", "当前不在经营异常名录"),
        en=("On the abnormal-operation list", "Not on the abnormal-operation list"),
    ),
    _ABNORMAL.one(
        "abnormal_listed_days",
        _abnormal(days_since_first(), ON_LIST),
        label="当前在列经营异常名录的最长天数",
        label_en="Days of the longest listing on the abnormal-operation list in force",
        unit="days",
        sign=ADVERSE,
        code="ABNORMAL-LIST",
        zh="已在经营异常名录{value}天",
        en="On the abnormal-operation list for {value} days",
    ),
    *_ABNORMAL.over(
        months_back(12, 36),
        "abnormal_listings_{span}",
        lambda within: Feature(feed=ABNORMAL_LISTING, take=count(), within=within, missing=0),
        label="{span}列入经营异常名录次数",
        label_en="Listings on the abnormal-operation list in {span}",
        unit="listings",
        sign=ADVERSE,
        code="ABNORMAL-LIST",
        zh="{span}列入经营异常名录{value}次",
        en="Put on the abnormal-operation list {value} times in {span}",
    ),
    *_ABNORMAL.over(
        months_back(24),
        "lost_contact_listings_{span}",
        lambda within: Feature(
            feed=ABNORMAL_LISTING, take=count(), within=within, where=col("reason").equals(LOST_CONTACT), missing=0
        ),
        label="{span}因失联列入经营异常名录次数",
        label_en="Listings because the enterprise was not found in {span}",
        unit="listings",
        sign=ADVERSE,
        code="LOST-CONTACT",
        zh="{span}因无法联系被列异常{value}次",
        en="Listed {value} times in {span} because it was not found",
    ),
    *_ABNORMAL.over(
        months_back(36),
        "unreported_listings_{span}",
        lambda within: Feature(
            feed=ABNORMAL_LISTING, take=count(), within=within, where=col("reason").equals(NO_REPORT), missing=0
        ),
        label="{span}因未年报列入经营异常名录次数",
        label_en="Listings for an annual report not made in {span}",
        unit="listings",
        sign=ADVERSE,
        code="REPORT-TIMELY",
        zh="{span}因未年报被列异常{value}次",
        en="Listed {value} times in {span} for reports not made",
    ),
    _ABNORMAL.one(
        "abnormal_reasons",
        _abnormal(distinct(col("reason"))),
        label="列入经营异常名录的不同事由数",
        label_en="Different reasons of abnormal-operation listings",
        unit="reasons",
        sign=ADVERSE,
        code="ABNORMAL-LIST",
        zh="列入经营异常名录的事由有{value}种",
        en="Listed as abnormal for {value} different reasons",
    ),
    _ABNORMAL.one(
        "days_since_abnormal_listing",
        _abnormal(days_since_last(), missing=None),
        label="距最近一次列入经营异常名录天数",
        label_en="Days since the last abnormal-operation listing",
        unit="days",
        sign=FAVOURABLE,
        code="ABNORMAL-LIST",
        zh=("{value}天前列入经营异常名录", "最近一次列入经营异常名录已是{value}天前"),
        en=("Put on the abnormal-operation list {value} days ago", "Last put on the abnormal list {value} days ago"),
    ),
    _ABNORMAL.one(
        "abnormal_cured_share",
        ratio(_abnormal(count(), ~ON_LIST), _abnormal(count(), missing=None)),
        label="列入经营异常名录后已移出的比例",
        label_en="Abnormal-operation listings that were cured",
        unit="share",
        sign=FAVOURABLE,
        code="ABNORMAL-CURED",
        zh=("列入经营异常名录后仅移出{value}", "列入经营异常名录后已移出{value}"),
        en=("Only {value} of abnormal listings were cured", "{value} of abnormal listings were cured"),
    ),
)

_SERIOUS_FEATURES = (
    _SERIOUS.one(
        "serious_violation_listed",
        _serious(exists()),
        label="是否在列严重违法失信名单(1为在列)",
        label_en="On the list of serious violations (1 = listed)",
        unit="flag",
        sign=ADVERSE,
        code="SERIOUS-LIST",
        zh=("当前在严重违法失信名单", "当前不在严重违法失信名单"),
        en=("On the list of serious violations", "Not on the list of serious violations"),
    ),
    _SERIOUS.one(
        "serious_violation_days",
        _serious(days_since_first(), missing=None),
        label="当前在列严重违法失信名单的天数",
        label_en="Days on the list of serious violations",
        unit="days",
        sign=ADVERSE,
        code="SERIOUS-LIST",
        zh="已在严重违法失信名单{value}天",
        en="On the list of serious violations for {value} days",
    ),
    _SERIOUS.one(
        "serious_food_violation_listed",
        _serious(exists(), LISTED & col("basis").equals(UNSAFE_FOOD)),
        label="是否因食品违法在列严重违法失信名单(1为在列)",
        label_en="On the list of serious violations because of food (1 = listed)",
        unit="flag",
        sign=ADVERSE,
        code="SERIOUS-LIST",
        zh=("因食品严重违法被列入名单", "未因食品严重违法被列入名单"),
        en=("Listed for serious violations of food law", "Not listed for serious violations of food law"),
    ),
)

_ENDING_FEATURES = (
    _ENDED.one(
        "licence_revoked",
        _ended(exists(), col("kind").equals(REVOKED)),
        label="是否被吊销营业执照(1为是)",
        label_en="Business licence revoked (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="REGISTRATION-ENDED",
        zh=("营业执照已被吊销", "营业执照未被吊销"),
        en=("The business licence was revoked", "The business licence was not revoked"),
    ),
    _ENDED.one(
        "cancelled_simply",
        _ended(exists(), col("kind").equals(CANCELLED) & col("simple_flag").equals(True)),
        label="是否简易注销(1为是)",
        label_en="Cancelled by the simple procedure (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="REGISTRATION-ENDED",
        zh=("已简易注销", "未简易注销"),
        en=("Cancelled by the simple procedure", "Not cancelled by the simple procedure"),
    ),
    *_ENDED.over(
        months_back(12),
        "registration_cancelled_{span}",
        lambda within: Feature(
            feed=DEREGISTRATION, take=exists(), within=within, where=col("kind").equals(CANCELLED), missing=0
        ),
        label="{span}是否注销(1为是)",
        label_en="Cancelled in {span} (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="REGISTRATION-ENDED",
        zh=("{span}已注销", "{span}未注销"),
        en=("Cancelled in {span}", "Not cancelled in {span}"),
    ),
)

MARKET_LIST_FEATURES = (*_ABNORMAL_FEATURES, *_SERIOUS_FEATURES, *_ENDING_FEATURES)
