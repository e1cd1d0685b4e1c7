"""Commitments and whether they were kept (F36)."""

from features.contracts.commitment import COMMITMENT
from features.definitions.entry import CL0, Entry
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Aggregate,
    Derived,
    Feature,
    count,
    days_since_last,
    distinct,
    ratio,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import EVER, Window, months

COMMITMENTS = Family("《深圳经济特区社会信用条例》第五十七条至第六十四条;各部门信用承诺及履约(F36)", CL0)

STATE = col("state")
ACTIVE, KEPT, LATE, BREACHED = (STATE.equals(state) for state in ("履行中", "已履行", "逾期后履行", "违约"))
OVERDUE = STATE.one_of("逾期", "整改中")
SETTLED = KEPT | LATE | OVERDUE | BREACHED
"""What is in progress or withdrawn says nothing about keeping."""


def committed(
    take: Aggregate, within: Window = EVER, where: Condition | None = None, missing: int | None = 0
) -> Feature:
    return Feature(feed=COMMITMENT, take=take, within=within, where=where, missing=missing)


def performance(within: Window) -> Derived:
    """Kept, in time or late, over settled; unknown while nothing is settled."""
    return ratio(committed(count(), within, KEPT | LATE), committed(count(), within, SETTLED, None))


COMMITMENT_FEATURES: tuple[Entry, ...] = (
    *COMMITMENTS.over(
        months_back(12, 36),
        "commitments_{span}",
        lambda within: committed(count(), within),
        label="{span}作出信用承诺数量",
        label_en="Commitments made in {span}",
        unit="commitments",
        sign=FAVOURABLE,
        code="COMMITMENT",
        zh="{span}作出信用承诺{value}项",
        en="{value} commitments were made in {span}",
    ),
    COMMITMENTS.one(
        "commitments_kept_36m",
        committed(count(), months(36), KEPT),
        label="近36个月已履行承诺数量",
        label_en="Commitments of the last 36 months kept in time",
        unit="commitments",
        sign=FAVOURABLE,
        code="COMMITMENT-KEPT",
        zh=("近36个月仅履行承诺{value}项", "近36个月履行承诺{value}项"),
        en=("Only {value} commitments of 36 months were kept", "{value} commitments of 36 months were kept"),
    ),
    *COMMITMENTS.over(
        months_back(12, 36),
        "commitment_performance_{span}",
        performance,
        label="{span}信用承诺履约率",
        label_en="Share of settled commitments kept, {span}",
        unit="share",
        sign=FAVOURABLE,
        code="COMMITMENT-KEPT",
        zh="{span}承诺履约率{value}",
        en="{value} of settled commitments were kept in {span}",
    ),
    COMMITMENTS.one(
        "commitment_late_share_36m",
        ratio(committed(count(), months(36), LATE), committed(count(), months(36), KEPT | LATE, None)),
        label="近36个月逾期后履行占已履行承诺比例",
        label_en="Share of kept commitments that were kept late, last 36 months",
        unit="share",
        sign=ADVERSE,
        code="COMMITMENT-OVERDUE",
        zh="近36个月已履行承诺中逾期后履行占{value}",
        en="{value} of kept commitments were late in 36 months",
    ),
    COMMITMENTS.one(
        "commitments_overdue",
        committed(count(), where=OVERDUE),
        label="逾期未履行承诺数量",
        label_en="Commitments overdue",
        unit="commitments",
        sign=ADVERSE,
        code="COMMITMENT-OVERDUE",
        zh="有{value}项承诺逾期未履行",
        en="{value} commitments are overdue",
    ),
    *COMMITMENTS.over(
        months_back(12, 36),
        "commitments_breached_{span}",
        lambda within: committed(count(), within, BREACHED),
        label="{span}违约承诺数量",
        label_en="Commitments of {span} breached",
        unit="commitments",
        sign=ADVERSE,
        code="COMMITMENT-BREACH",
        zh="{span}承诺违约{value}项",
        en="{value} commitments of {span} were breached",
    ),
    COMMITMENTS.one(
        "commitment_days_since_breach",
        committed(days_since_last(), where=BREACHED, missing=None),
        label="最近一项违约承诺作出距今天数",
        label_en="Days since the last commitment that was breached was made",
        unit="days",
        sign=FAVOURABLE,
        code="COMMITMENT-BREACH",
        zh="最近一项违约承诺距今{value}天",
        en="The last commitment breached was made {value} days ago",
    ),
    COMMITMENTS.one(
        "commitments_in_progress",
        committed(count(), where=ACTIVE),
        label="履行中的承诺数量",
        label_en="Commitments not settled yet",
        unit="commitments",
        sign=NEUTRAL,
        code="COMMITMENT",
        zh="有{value}项承诺履行中",
        en="{value} commitments are not settled yet",
    ),
    COMMITMENTS.one(
        "commitments_past_due_unchecked",
        committed(count(), where=ACTIVE & (col("due_on") < AS_OF)),
        label="到期未核查承诺数量",
        label_en="Commitments past their day and not checked",
        unit="commitments",
        sign=ADVERSE,
        code="COMMITMENT-OVERDUE",
        zh="有{value}项承诺到期未核查",
        en="{value} commitments are past their day and unchecked",
    ),
    COMMITMENTS.one(
        "commitments_missing_documents_24m",
        committed(count(), months(24), col("kind").equals("容缺受理")),
        label="近24个月容缺受理次数",
        label_en="Acceptances with missing documents in the last 24 months",
        unit="commitments",
        sign=NEUTRAL,
        code="COMMITMENT",
        zh="近24个月容缺受理{value}次",
        en="{value} acceptances with missing documents in 24 months",
    ),
    COMMITMENTS.one(
        "commitments_voluntary_24m",
        committed(count(), months(24), col("kind").equals("主动承诺")),
        label="近24个月主动承诺数量",
        label_en="Commitments of its own accord in the last 24 months",
        unit="commitments",
        sign=FAVOURABLE,
        code="COMMITMENT",
        zh="近24个月主动承诺{value}项",
        en="{value} commitments of its own accord in 24 months",
    ),
    COMMITMENTS.one(
        "commitment_repairs_36m",
        committed(count(), months(36), col("kind").equals("信用修复")),
        label="近36个月信用修复承诺数量",
        label_en="Commitments made for a repair in the last 36 months",
        unit="commitments",
        sign=ADVERSE,
        code="COMMITMENT-REPAIR",
        zh="近36个月信用修复承诺{value}项",
        en="{value} commitments were made for a repair in 36 months",
    ),
    COMMITMENTS.one(
        "commitment_items_36m",
        committed(distinct(col("item")), months(36)),
        label="近36个月承诺事项种数",
        label_en="Different items committed to in the last 36 months",
        unit="items",
        sign=FAVOURABLE,
        code="COMMITMENT",
        zh="近36个月承诺事项{value}种",
        en="{value} different items were committed to in 36 months",
    ),
    COMMITMENTS.one(
        "commitments_withdrawn_36m",
        committed(count(), months(36), col("state").equals("已撤回")),
        label="近36个月撤回承诺数量",
        label_en="Commitments of the last 36 months withdrawn",
        unit="commitments",
        sign=ADVERSE,
        code="COMMITMENT-BREACH",
        zh="近36个月撤回承诺{value}项",
        en="{value} commitments of 36 months were withdrawn",
    ),
)
