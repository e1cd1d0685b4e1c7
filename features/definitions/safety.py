"""Work safety (F40) and fire (F41): what inspections find, what is put right, what goes wrong."""

from features.contracts.fire_inspection import FIRE_INSPECTION
from features.contracts.work_safety import ACCIDENT, INSPECTION, REINSPECTION, WORK_SAFETY
from features.definitions.entry import Entry
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Aggregate,
    Feature,
    count,
    days_since_last,
    distinct,
    largest,
    latest,
    mean,
    ratio,
    total,
)
from features.engine.rows import Condition, col
from features.engine.windows import EVER, Window, ever, months

SAFETY = Family("《中华人民共和国安全生产法》;应急管理部门安全生产检查与事故(F40)")
FIRE = Family("《中华人民共和国消防法》;消防部门消防检查(F41)")

HAZARDS, FIXED = col("hazard_n"), col("fixed_n")
INSPECTED = col("kind").one_of(INSPECTION, REINSPECTION)
ACCIDENTS = col("kind").equals(ACCIDENT)
LEVELS = {"一般": 1, "较大": 2, "重大": 3, "特别重大": 4}
RESULTS = {"合格": 0, "责令改正": 1, "不合格": 2, "临时查封": 3}
FAILED = ~col("result").equals("合格")


def checked(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = None) -> Feature:
    return Feature(feed=WORK_SAFETY, take=take, within=within, where=where, missing=missing)


def inspected(
    take: Aggregate, within: Window = EVER, where: Condition | None = None, missing: int | None = 0
) -> Feature:
    return Feature(feed=FIRE_INSPECTION, take=take, within=within, where=where, missing=missing)


SAFETY_FEATURES: tuple[Entry, ...] = (
    *SAFETY.over(
        months_back(12, 36),
        "safety_hazards_{span}",
        lambda within: checked(total(HAZARDS), within),
        label="{span}安全隐患数量",
        label_en="Safety hazards found in {span}",
        unit="hazards",
        sign=ADVERSE,
        code="SAFETY-HAZARD",
        zh="{span}查出安全隐患{value}处",
        en="{value} safety hazards were found in {span}",
    ),
    SAFETY.one(
        "safety_hazards_open_24m",
        checked(total(HAZARDS - FIXED), months(24)),
        label="近24个月未整改安全隐患数量",
        label_en="Safety hazards of the last 24 months not put right",
        unit="hazards",
        sign=ADVERSE,
        code="SAFETY-HAZARD",
        zh="近24个月未整改安全隐患{value}处",
        en="{value} safety hazards of 24 months are not put right",
    ),
    SAFETY.one(
        "safety_rectified_share_36m",
        ratio(checked(total(FIXED), months(36)), checked(total(HAZARDS), months(36))),
        label="近36个月安全隐患整改率",
        label_en="Share of safety hazards put right, last 36 months",
        unit="share",
        sign=FAVOURABLE,
        code="SAFETY-RECTIFIED",
        zh="近36个月安全隐患整改率{value}",
        en="{value} of safety hazards were put right in 36 months",
    ),
    SAFETY.one(
        "safety_most_hazards_36m",
        checked(largest(HAZARDS), months(36)),
        label="近36个月单次检查最多安全隐患数",
        label_en="Most hazards in one safety inspection, last 36 months",
        unit="hazards",
        sign=ADVERSE,
        code="SAFETY-HAZARD",
        zh="单次检查最多查出安全隐患{value}处",
        en="At most {value} hazards in one safety inspection",
    ),
    SAFETY.one(
        "safety_mean_hazards_24m",
        checked(mean(HAZARDS), months(24), INSPECTED),
        label="近24个月平均每次检查安全隐患数",
        label_en="Mean hazards per safety inspection, last 24 months",
        unit="hazards",
        sign=ADVERSE,
        code="SAFETY-HAZARD",
        zh="近24个月平均每次查出安全隐患{value}处",
        en="{value} hazards per safety inspection in 24 months",
    ),
    SAFETY.one(
        "safety_inspections_24m",
        checked(count(), months(24), INSPECTED, 0),
        label="近24个月安全生产检查次数",
        label_en="Safety inspections in the last 24 months",
        unit="inspections",
        sign=NEUTRAL,
        code="SAFETY-INSPECTION",
        zh="近24个月安全生产检查{value}次",
        en="{value} safety inspections in 24 months",
    ),
    SAFETY.one(
        "safety_clean_share_36m",
        ratio(checked(count(), months(36), INSPECTED & HAZARDS.equals(0), 0), checked(count(), months(36), INSPECTED)),
        label="近36个月无隐患检查占比",
        label_en="Share of safety inspections that found nothing, last 36 months",
        unit="share",
        sign=FAVOURABLE,
        code="SAFETY-INSPECTION",
        zh="近36个月无隐患检查占{value}",
        en="{value} of safety inspections found nothing in 36 months",
    ),
    SAFETY.one(
        "safety_accidents_36m",
        checked(count(), months(36), ACCIDENTS, 0),
        label="近36个月生产安全事故次数",
        label_en="Accidents at work in the last 36 months",
        unit="accidents",
        sign=ADVERSE,
        code="SAFETY-ACCIDENT",
        zh="近36个月发生生产安全事故{value}次",
        en="{value} accidents at work in 36 months",
    ),
    SAFETY.one(
        "safety_accident_worst_36m",
        checked(largest(col("accident_level").mapped(LEVELS)), months(36), ACCIDENTS, 0),
        label="近36个月最严重事故等级(4特别重大至1一般,0无)",
        label_en="Gravest accident of the last 36 months (4 to 1, 0 none)",
        unit="level",
        sign=ADVERSE,
        code="SAFETY-ACCIDENT",
        zh="近36个月最严重事故等级为{value}",
        en="The gravest accident of 36 months is of level {value}",
    ),
    SAFETY.one(
        "safety_days_since_accident",
        checked(days_since_last(), ever(), ACCIDENTS),
        label="距最近一次生产安全事故天数",
        label_en="Days since the last accident at work",
        unit="days",
        sign=FAVOURABLE,
        code="SAFETY-ACCIDENT",
        zh="最近一次事故距今{value}天",
        en="The last accident was {value} days ago",
    ),
    FIRE.one(
        "fire_inspections_36m",
        inspected(count(), months(36)),
        label="近36个月消防检查次数",
        label_en="Fire inspections in the last 36 months",
        unit="inspections",
        sign=NEUTRAL,
        code="FIRE",
        zh="近36个月消防检查{value}次",
        en="{value} fire inspections in 36 months",
    ),
    *FIRE.over(
        months_back(12, 36),
        "fire_failed_{span}",
        lambda within: inspected(count(), within, FAILED),
        label="{span}消防检查未合格次数",
        label_en="Fire inspections not passed in {span}",
        unit="inspections",
        sign=ADVERSE,
        code="FIRE",
        zh="{span}消防检查未合格{value}次",
        en="{value} fire inspections were not passed in {span}",
    ),
    FIRE.one(
        "fire_failed_share_36m",
        ratio(inspected(count(), months(36), FAILED), inspected(count(), months(36), missing=None)),
        label="近36个月消防检查未合格率",
        label_en="Share of fire inspections not passed, last 36 months",
        unit="share",
        sign=ADVERSE,
        code="FIRE",
        zh="近36个月消防检查未合格率{value}",
        en="{value} of fire inspections were not passed in 36 months",
    ),
    FIRE.one(
        "fire_result_latest",
        inspected(latest(col("result").mapped(RESULTS)), months(36), missing=None),
        label="最近一次消防检查结果(0合格1责改2不合格3查封,36个月内)",
        label_en="Latest fire inspection (0 passed, 1 ordered, 2 failed, 3 sealed), at most 36 months back",
        unit="grade",
        sign=ADVERSE,
        code="FIRE",
        zh="最近一次消防检查结果为{value}",
        en="The latest fire inspection has result {value}",
    ),
    FIRE.one(
        "fire_sealed_36m",
        inspected(count(), months(36), col("result").equals("临时查封")),
        label="近36个月被消防临时查封次数",
        label_en="Times sealed by the fire brigade in the last 36 months",
        unit="seals",
        sign=ADVERSE,
        code="FIRE-SEALED",
        zh="近36个月被消防临时查封{value}次",
        en="Sealed {value} times by the fire brigade in 36 months",
    ),
    FIRE.one(
        "fire_days_since_failed",
        inspected(days_since_last(), where=FAILED, missing=None),
        label="距最近一次消防检查未合格天数",
        label_en="Days since the last fire inspection not passed",
        unit="days",
        sign=FAVOURABLE,
        code="FIRE",
        zh="最近一次消防检查未合格距今{value}天",
        en="The last fire inspection not passed was {value} days ago",
    ),
    FIRE.one(
        "fire_places_36m",
        inspected(distinct(col("address")), months(36)),
        label="近36个月被消防检查的场所数",
        label_en="Places inspected for fire in the last 36 months",
        unit="places",
        sign=NEUTRAL,
        code="FIRE",
        zh="近36个月有{value}处场所被消防检查",
        en="{value} places were inspected for fire in 36 months",
    ),
)
