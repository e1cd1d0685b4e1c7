"""What courts do to debtors and for them: restrictions (F29), freezes (F30), insolvency (F31), performance (F32).

The law of use drops restrictions once lifted, or after five years where no lifting is told. Insolvency is marked, and a
restructured enterprise treated as any other.
"""

from features.contracts.bankruptcy import BANKRUPTCY, BANKRUPTCY_STAGES, RESTRUCTURED
from features.contracts.consumption_restriction import CONSUMPTION_RESTRICTION
from features.contracts.judicial_freeze import JUDICIAL_FREEZE
from features.contracts.voluntary_performance import VOLUNTARY_PERFORMANCE
from features.definitions.entry import CL0, Entry
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Aggregate,
    Feature,
    count,
    days_since_first,
    days_since_last,
    exists,
    latest,
    total,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import EVER, Window, ever, months

RESTRICTION = Family("《最高人民法院关于限制被执行人高消费及有关消费的若干规定》;法院限制消费(F29)", CL0)
FREEZE = Family("《最高人民法院关于人民法院强制执行股权若干问题的规定》;法院股权冻结与保全(F30)", CL0)
INSOLVENCY = Family("《中华人民共和国企业破产法》;法院破产重整(F31)", CL0)
PERFORMANCE = Family(
    "《最高人民法院关于在执行工作中进一步强化善意文明执行理念的意见》;法院自动履行证明与诚信履行名单(F32)", CL0
)

AMOUNT = col("amount_fen")
IN_FORCE = ~col("to_on").is_known() | (col("to_on") > AS_OF)
RENEWED = col("renew").equals(True)
LISTED = (col("listed_from") <= AS_OF) & (~col("listed_to").is_known() | (col("listed_to") >= AS_OF))
UNDER_WAY = {"受理": 1, "宣告": 1, "重整批准": 0, "执行完毕": 0, "终结": 0}


def restricted(take: Aggregate, within: Window = EVER, missing: int | None = 0) -> Feature:
    return Feature(feed=CONSUMPTION_RESTRICTION, take=take, within=within, missing=missing)


def frozen(take: Aggregate, within: Window = EVER, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=JUDICIAL_FREEZE, take=take, within=within, where=where, missing=missing)


def bankrupt(take: Aggregate, missing: int | None = None) -> Feature:
    return Feature(feed=BANKRUPTCY, take=take, within=ever(), missing=missing)


def performed(take: Aggregate, within: Window = EVER, where: Condition | None = None) -> Feature:
    return Feature(feed=VOLUNTARY_PERFORMANCE, take=take, within=within, where=where, missing=0)


COURT_MEASURE_FEATURES: tuple[Entry, ...] = (
    RESTRICTION.one(
        "restrictions_in_force",
        restricted(count()),
        label="在限的限制消费令数量",
        label_en="Consumption restrictions in force",
        unit="orders",
        sign=ADVERSE,
        code="RESTRICTION",
        zh="有{value}件限制消费令在限",
        en="{value} consumption restrictions are in force",
    ),
    RESTRICTION.one(
        "restrictions_12m",
        restricted(count(), months(12)),
        label="近12个月新增且未解除的限制消费令数量",
        label_en="Consumption restrictions of the last 12 months, not lifted",
        unit="orders",
        sign=ADVERSE,
        code="RESTRICTION",
        zh="近12个月新增未解除限制消费令{value}件",
        en="{value} consumption restrictions of 12 months are not lifted",
    ),
    RESTRICTION.one(
        "restriction_days_in_force",
        restricted(days_since_first(), missing=None),
        label="最早一件在限限制消费令已持续天数",
        label_en="Days since the oldest consumption restriction in force began",
        unit="days",
        sign=ADVERSE,
        code="RESTRICTION",
        zh="限制消费已持续{value}天",
        en="Consumption has been restricted for {value} days",
    ),
    FREEZE.one(
        "freezes_in_force",
        frozen(count(), where=IN_FORCE),
        label="在冻的股权冻结与保全数量",
        label_en="Judicial freezes in force",
        unit="freezes",
        sign=ADVERSE,
        code="FREEZE",
        zh="有{value}项股权或财产在冻结",
        en="{value} judicial freezes are in force",
    ),
    FREEZE.one(
        "frozen_fen",
        frozen(total(AMOUNT), where=IN_FORCE),
        label="在冻的股权冻结与保全金额",
        label_en="Amount under judicial freezes in force",
        unit="fen",
        sign=ADVERSE,
        code="FREEZE",
        zh="在冻结金额{value}",
        en="{value} are frozen",
    ),
    *FREEZE.over(
        months_back(6, 24),
        "freezes_{span}",
        lambda within: frozen(count(), within),
        label="{span}股权冻结与保全次数",
        label_en="Judicial freezes in {span}",
        unit="freezes",
        sign=ADVERSE,
        code="FREEZE",
        zh="{span}被冻结、保全{value}次",
        en="{value} judicial freezes in {span}",
    ),
    FREEZE.one(
        "freezes_renewed_36m",
        frozen(count(), months(36), RENEWED),
        label="近36个月续行冻结次数",
        label_en="Renewed judicial freezes in the last 36 months",
        unit="freezes",
        sign=ADVERSE,
        code="FREEZE",
        zh="近36个月续行冻结{value}次",
        en="{value} freezes were renewed in 36 months",
    ),
    FREEZE.one(
        "freeze_days_since_last",
        frozen(days_since_last(), missing=None),
        label="距最近一次股权冻结与保全天数",
        label_en="Days since the last judicial freeze",
        unit="days",
        sign=FAVOURABLE,
        code="FREEZE",
        zh=("最近一次冻结、保全距今仅{value}天", "最近一次冻结、保全已过{value}天"),
        en=(
            "The last judicial freeze was only {value} days ago",
            "{value} days have passed since the last judicial freeze",
        ),
    ),
    INSOLVENCY.one(
        "bankruptcy_stage",
        bankrupt(latest(col("stage"), categories=BANKRUPTCY_STAGES)),
        label="破产程序最新阶段",
        label_en="Latest stage of insolvency proceedings",
        unit="stage",
        sign=NEUTRAL,
        code="BANKRUPTCY",
        zh="破产程序阶段为{value}",
        en="The stage of insolvency proceedings is {value}",
    ),
    INSOLVENCY.one(
        "bankruptcy_under_way",
        bankrupt(latest(col("stage").mapped(UNDER_WAY)), 0),
        label="是否处于破产程序(1=受理或宣告)",
        label_en="In insolvency proceedings, accepted or declared (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="BANKRUPTCY",
        zh=("已被受理或宣告破产", "不在破产程序中"),
        en=("In insolvency proceedings", "Not in insolvency proceedings"),
    ),
    INSOLVENCY.one(
        "restructured",
        Feature(feed=BANKRUPTCY, take=exists(), within=ever(), where=col("stage").one_of(*RESTRUCTURED), missing=0),
        label="是否重整成功企业(1=重整计划获批准或执行完毕)",
        label_en="Restructured: plan approved or carried out (1 = yes)",
        unit="flag",
        sign=NEUTRAL,
        code="RESTRUCTURED",
        zh=("属重整企业", "不属重整企业"),
        en=("A restructured enterprise", "Not a restructured enterprise"),
    ),
    PERFORMANCE.one(
        "performances_listed",
        performed(count(), where=LISTED),
        label="在列诚信履行名单数量",
        label_en="Entries on the list of honest performers",
        unit="entries",
        sign=FAVOURABLE,
        code="PERFORMANCE",
        zh="在诚信履行名单上{value}项",
        en="{value} entries on the list of honest performers",
    ),
    PERFORMANCE.one(
        "performances_36m",
        performed(count(), months(36)),
        label="近36个月自动履行次数",
        label_en="Judgments performed of its own accord in the last 36 months",
        unit="judgments",
        sign=FAVOURABLE,
        code="PERFORMANCE",
        zh="近36个月自动履行{value}次",
        en="{value} judgments performed of its own accord in 36 months",
    ),
    PERFORMANCE.one(
        "performed_fen_36m",
        performed(total(AMOUNT), months(36)),
        label="近36个月自动履行金额",
        label_en="Amount performed of its own accord in the last 36 months",
        unit="fen",
        sign=FAVOURABLE,
        code="PERFORMANCE",
        zh="近36个月自动履行{value}",
        en="{value} performed of its own accord in 36 months",
    ),
)
