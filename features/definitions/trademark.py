"""Trademarks and copyrights (F53): brands and software an enterprise has built and keeps."""

from features.contracts.trademark import COPYRIGHT, MARK_REVOKED, MARK_VALID, TRADEMARK, TRADEMARK_RIGHT
from features.definitions.entry import CL0, Entry
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
    ratio,
    trend,
)
from features.engine.rows import Condition, col
from features.engine.windows import Window, ever, months

FAMILY = Family("《中华人民共和国商标法》《中华人民共和国著作权法》;知识产权与版权部门登记(F53)", consent=CL0)
HOLDS = col("status").equals(MARK_VALID)
BRAND = col("kind").equals(TRADEMARK_RIGHT)
WORK = col("kind").equals(COPYRIGHT)
EVER = ever()


def marks(take: Aggregate, where: Condition | None = None, within: Window = EVER, missing: int | None = 0) -> Feature:
    return Feature(feed=TRADEMARK, take=take, within=within, where=where, missing=missing)


TRADEMARK_FEATURES: tuple[Entry, ...] = (
    FAMILY.one(
        "trademarks_valid",
        marks(count(), HOLDS & BRAND),
        label="有效商标件数",
        label_en="Trademarks in force",
        unit="trademarks",
        sign=FAVOURABLE,
        code="TRADEMARKS",
        zh="有效商标{value}件",
        en="{value} trademarks are in force",
    ),
    FAMILY.one(
        "copyrights_valid",
        marks(count(), HOLDS & WORK),
        label="有效著作权件数",
        label_en="Copyrights in force",
        unit="copyrights",
        sign=FAVOURABLE,
        code="COPYRIGHTS",
        zh="有效著作权{value}件",
        en="{value} copyrights are in force",
    ),
    FAMILY.one(
        "trademark_classes",
        marks(distinct(col("nice_class")), HOLDS & BRAND),
        label="有效商标覆盖的商品服务类别数",
        label_en="Classes of goods and services with a trademark in force",
        unit="classes",
        sign=FAVOURABLE,
        code="TRADEMARK-CLASSES",
        zh="有效商标覆盖{value}个类别",
        en="Trademarks in force cover {value} classes",
    ),
    *FAMILY.over(
        months_back(12, 24),
        "trademarks_new_{span}",
        lambda within: marks(count(), BRAND, within),
        label="{span}新登记商标件数",
        label_en="Trademarks registered in {span}",
        unit="trademarks",
        sign=FAVOURABLE,
        code="TRADEMARKS-NEW",
        zh="{span}新登记商标{value}件",
        en="{value} trademarks were registered in {span}",
    ),
    FAMILY.one(
        "copyrights_new_24m",
        marks(count(), WORK, months(24)),
        label="近24个月新登记著作权件数",
        label_en="Copyrights registered in the last 24 months",
        unit="copyrights",
        sign=FAVOURABLE,
        code="COPYRIGHTS-NEW",
        zh="近24个月新登记著作权{value}件",
        en="{value} copyrights were registered in 24 months",
    ),
    FAMILY.one(
        "marks_trend_24m",
        trend(marks(count(), None, months(24)), marks(count(), None, months(24, before=24))),
        label="近24个月商标与著作权登记较此前24个月变化",
        label_en="Change of registrations of the last 24 months on the 24 months before",
        unit="change",
        sign=FAVOURABLE,
        code="MARKS-TREND",
        zh="近24个月商标与著作权登记较此前变化{value}",
        en="Registrations of 24 months changed by {value} on the 24 months before",
    ),
    FAMILY.one(
        "trademark_revoked_share",
        ratio(marks(count(), BRAND & col("status").equals(MARK_REVOKED)), marks(count(), BRAND)),
        label="商标中被撤销的占比",
        label_en="Share of trademarks revoked",
        unit="share",
        sign=ADVERSE,
        code="TRADEMARKS-REVOKED",
        zh=("商标{value}被撤销", "商标仅{value}被撤销"),
        en=("{value} of trademarks were revoked", "Only {value} of trademarks were revoked"),
    ),
    FAMILY.one(
        "marks_days_since_first",
        marks(days_since_first(), missing=None),
        label="首件商标或著作权登记距今天数",
        label_en="Days since the first trademark or copyright",
        unit="days",
        sign=FAVOURABLE,
        code="MARKS-FIRST",
        zh=("首件商标或著作权登记仅{value}天", "首件商标或著作权已登记{value}天"),
        en=("The first registration is only {value} days old", "The first registration is {value} days old"),
    ),
    FAMILY.one(
        "marks_days_since_last",
        marks(days_since_last(), missing=None),
        label="最近一件商标或著作权登记距今天数",
        label_en="Days since the last trademark or copyright",
        unit="days",
        sign=ADVERSE,
        code="MARKS-LAST",
        zh=("已有{value}天没有新的商标或著作权登记", "最近一件商标或著作权登记在{value}天前"),
        en=("Nothing was registered for {value} days", "The last registration was {value} days ago"),
    ),
)
