"""Lists of the dishonest, the watched and the honest (F35). The law of use drops an entry once it is left."""

from features.contracts.public_list import BLACK, FOCUS, PUBLIC_LIST, RED
from features.definitions.entry import Entry
from features.definitions.families import Family
from features.engine.algebra import ADVERSE, FAVOURABLE, Aggregate, Feature, count, days_since_first, exists
from features.engine.rows import Condition, col
from features.engine.windows import EVER, Window, months

LISTS = Family("《深圳经济特区社会信用条例》;信用办及各部门重点关注与红黑名单(F35)")

BLACK_LISTED = col("list_kind").equals(BLACK)
FOCUS_LISTED = col("list_kind").equals(FOCUS)
RED_LISTED = col("list_kind").equals(RED)
WATCHED = col("list_kind").one_of(BLACK, FOCUS)
VETO_DOMAINS = ("拖欠农民工工资", "安全生产", "食品药品", "生态环境", "政府采购", "海关", "统计")


def listed(take: Aggregate, where: Condition, within: Window = EVER, missing: int | None = 0) -> Feature:
    return Feature(feed=PUBLIC_LIST, take=take, within=within, where=where, missing=missing)


PUBLIC_LIST_FEATURES: tuple[Entry, ...] = (
    LISTS.one(
        "black_listed",
        listed(count(), BLACK_LISTED),
        label="在列黑名单数量",
        label_en="Black lists it is on",
        unit="lists",
        sign=ADVERSE,
        code="BLACK-LIST",
        zh="在列黑名单{value}个",
        en="On {value} black lists",
    ),
    LISTS.one(
        "black_listed_days",
        listed(days_since_first(), BLACK_LISTED, missing=None),
        label="最早一个在列黑名单已持续天数",
        label_en="Days since the oldest black list it is on was entered",
        unit="days",
        sign=ADVERSE,
        code="BLACK-LIST",
        zh="列入黑名单已{value}天",
        en="Black-listed for {value} days",
    ),
    LISTS.one(
        "veto_listed",
        listed(exists(), BLACK_LISTED & col("domain").one_of(*VETO_DOMAINS)),
        label="是否在列一票否决领域黑名单(1为在列)",
        label_en="On a black list of a domain that vetoes (1 = listed)",
        unit="flag",
        sign=ADVERSE,
        code="VETO-LIST",
        zh=("在列拖欠农民工工资、安全、食药、环保、采购、海关或统计黑名单", "不在一票否决领域黑名单"),
        en=(
            "On a black list of wages, safety, food, environment, procurement, customs or statistics",
            "On no black list that vetoes",
        ),
    ),
    LISTS.one(
        "focus_listed",
        listed(count(), FOCUS_LISTED),
        label="在列重点关注名单数量",
        label_en="Focus lists it is on",
        unit="lists",
        sign=ADVERSE,
        code="FOCUS-LIST",
        zh="在列重点关注名单{value}个",
        en="On {value} focus lists",
    ),
    LISTS.one(
        "watched_12m",
        listed(count(), WATCHED, months(12)),
        label="近12个月列入且未移出的黑名单与重点关注名单数量",
        label_en="Black and focus lists entered in the last 12 months and not left",
        unit="lists",
        sign=ADVERSE,
        code="FOCUS-LIST",
        zh="近12个月列入黑名单或重点关注名单{value}次",
        en="Entered {value} black or focus lists in 12 months",
    ),
    LISTS.one(
        "red_listed",
        listed(count(), RED_LISTED),
        label="在列红名单数量",
        label_en="Red lists it is on",
        unit="lists",
        sign=FAVOURABLE,
        code="RED-LIST",
        zh="在列红名单{value}个",
        en="On {value} red lists of the honest",
    ),
    LISTS.one(
        "red_listed_days",
        listed(days_since_first(), RED_LISTED, missing=None),
        label="最早一个在列红名单已持续天数",
        label_en="Days since the oldest red list it is on was entered",
        unit="days",
        sign=FAVOURABLE,
        code="RED-LIST",
        zh="列入红名单已{value}天",
        en="Red-listed for {value} days",
    ),
)
