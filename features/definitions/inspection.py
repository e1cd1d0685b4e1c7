"""Random inspections (F09): how often inspectors came, and what they found."""

from features.contracts.inspection import INSPECTION, INSPECTION_RESULTS, NORMAL, NOT_FOUND, TO_CORRECT, UNLAWFUL
from features.definitions.entry import CL0
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
    latest,
    ratio,
    smallest,
)
from features.engine.rows import Condition, col
from features.engine.windows import Window, months

_SAID = Family("《企业公示信息抽查暂行办法》;市场监管及各部门双随机抽查结果(F09)", CL0)
RESULT = col("result")
CODED = RESULT.is_known()
QUALITY_SAMPLING, MARKET_REGULATION = "商品质量抽检", "市场监管"
SCORE = {NORMAL: 4, TO_CORRECT: 3, INSPECTION_RESULTS[2]: 2, NOT_FOUND: 1, UNLAWFUL: 0}
"""From nothing found down to a breach of the law."""


def _found(within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=INSPECTION, take=count(), within=within, where=where, missing=missing)


def _within_36m(take: Aggregate, where: Condition | None = None, missing: int | None = None) -> Feature:
    return Feature(feed=INSPECTION, take=take, within=months(36), where=where, missing=missing)


INSPECTION_FEATURES = (
    *_SAID.over(
        months_back(12, 36),
        "inspections_{span}",
        _found,
        label="{span}双随机抽查次数",
        label_en="Random inspections in {span}",
        unit="inspections",
        sign=NEUTRAL,
        code="INSPECTION",
        zh="{span}被抽查{value}次",
        en="Inspected {value} times in {span}",
    ),
    *_SAID.over(
        months_back(24),
        "inspection_normal_share_{span}",
        lambda within: ratio(_found(within, RESULT.equals(NORMAL)), _found(within, CODED, missing=None)),
        label="{span}抽查结果正常占比",
        label_en="Normal results of random inspections in {span}",
        unit="share",
        sign=FAVOURABLE,
        code="INSPECTION-RESULT",
        zh=("{span}抽查结果正常仅占{value}", "{span}抽查结果正常占{value}"),
        en=("Only {value} of inspections in {span} were normal", "{value} of inspections in {span} were normal"),
    ),
    *_SAID.over(
        months_back(6),
        "inspection_problems_{span}",
        lambda within: _found(within, CODED & ~RESULT.equals(NORMAL)),
        label="{span}抽查发现问题次数",
        label_en="Inspections that found a problem in {span}",
        unit="inspections",
        sign=ADVERSE,
        code="INSPECTION-RESULT",
        zh="{span}抽查发现问题{value}次",
        en="{value} inspections found a problem in {span}",
    ),
    *_SAID.over(
        months_back(24),
        "inspection_orders_{span}",
        lambda within: _found(within, RESULT.equals(TO_CORRECT)),
        label="{span}抽查责令改正次数",
        label_en="Orders to correct after inspections in {span}",
        unit="orders",
        sign=ADVERSE,
        code="INSPECTION-RESULT",
        zh="{span}抽查被责令改正{value}次",
        en="Ordered to correct {value} times in {span}",
    ),
    *_SAID.over(
        months_back(36),
        "inspection_breaches_{span}",
        lambda within: _found(within, RESULT.equals(UNLAWFUL)),
        label="{span}抽查发现违法次数",
        label_en="Breaches of the law found by inspections in {span}",
        unit="breaches",
        sign=ADVERSE,
        code="INSPECTION-RESULT",
        zh="{span}抽查发现违法{value}次",
        en="{value} breaches were found by inspections in {span}",
    ),
    *_SAID.over(
        months_back(24),
        "inspection_not_found_{span}",
        lambda within: _found(within, RESULT.equals(NOT_FOUND)),
        label="{span}抽查时无法联系次数",
        label_en="Inspections that did not find the enterprise in {span}",
        unit="inspections",
        sign=ADVERSE,
        code="LOST-CONTACT",
        zh="{span}抽查时无法联系{value}次",
        en="Not found by {value} inspections in {span}",
    ),
    _SAID.one(
        "inspection_latest_score",
        _within_36m(latest(RESULT.mapped(SCORE)), CODED),
        label="近36个月最近一次抽查结果得分(正常4至违法0)",
        label_en="Score of the newest inspection of 36 months (4 normal to 0 unlawful)",
        unit="points",
        sign=FAVOURABLE,
        code="INSPECTION-RESULT",
        zh="最近一次抽查结果{value}分(满分4)",
        en="The newest inspection scored {value} of 4",
    ),
    _SAID.one(
        "inspection_worst_score_36m",
        _within_36m(smallest(RESULT.mapped(SCORE))),
        label="近36个月最差抽查结果得分(正常4至违法0)",
        label_en="Score of the worst inspection of 36 months (4 normal to 0 unlawful)",
        unit="points",
        sign=FAVOURABLE,
        code="INSPECTION-RESULT",
        zh="近36个月最差抽查结果{value}分(满分4)",
        en="The worst inspection of 36 months scored {value} of 4",
    ),
    _SAID.one(
        "quality_samples_passed_share_36m",
        ratio(
            _within_36m(count(), col("item").equals(QUALITY_SAMPLING) & RESULT.equals(NORMAL), missing=0),
            _within_36m(count(), col("item").equals(QUALITY_SAMPLING) & CODED),
        ),
        label="近36个月商品质量抽检合格率",
        label_en="Product samples passed in the last 36 months",
        unit="share",
        sign=FAVOURABLE,
        code="PRODUCT-QUALITY",
        zh=("近36个月商品抽检合格率仅{value}", "近36个月商品抽检合格率{value}"),
        en=("Only {value} of product samples passed in 36 months", "{value} of product samples passed in 36 months"),
    ),
    _SAID.one(
        "inspections_by_others_36m",
        _within_36m(count(), ~col("org").equals(MARKET_REGULATION), missing=0),
        label="近36个月市场监管以外部门抽查次数",
        label_en="Inspections of the last 36 months by others than market regulation",
        unit="inspections",
        sign=NEUTRAL,
        code="INSPECTION",
        zh="近36个月其他部门抽查{value}次",
        en="Others than market regulation inspected {value} times in 36 months",
    ),
    _SAID.one(
        "items_with_problems_36m",
        _within_36m(distinct(col("item")), CODED & ~RESULT.equals(NORMAL), missing=0),
        label="近36个月发现问题的抽查事项数",
        label_en="Items in which inspections of 36 months found a problem",
        unit="items",
        sign=ADVERSE,
        code="INSPECTION-RESULT",
        zh="近36个月有{value}类抽查事项发现问题",
        en="Problems were found in {value} items in 36 months",
    ),
    _SAID.one(
        "days_since_inspection",
        _within_36m(days_since_last()),
        label="距最近一次双随机抽查天数(36个月内)",
        label_en="Days since the last random inspection, at most 36 months",
        unit="days",
        sign=NEUTRAL,
        code="INSPECTION",
        zh="{value}天前接受抽查",
        en="Last inspected {value} days ago",
    ),
)
