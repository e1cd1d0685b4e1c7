"""Wage arrears and disputes with staff (F25), as employer and as contractor."""

from features.contracts.labour_dispute import LABOUR_DISPUTE
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    count,
    days_since_last,
    distinct,
    exists,
    largest,
    ratio,
    total,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, ever, months

DISPUTE = Family("《中华人民共和国劳动争议调解仲裁法》《保障农民工工资支付条例》;人社部门欠薪与劳动仲裁(F25)")

UNDECIDED = ~col("closed_on").is_known() | (col("closed_on") > AS_OF)
EMPLOYER = col("party").equals("用人单位")
WAGES = col("type").one_of("欠薪投诉", "劳动报酬")


def disputes(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=LABOUR_DISPUTE, take=take, within=within, where=where, missing=missing)


LABOUR_FEATURES = (
    *DISPUTE.over(
        months_back(12, 36),
        "labour_disputes_{span}",
        lambda within: disputes(count(), within, EMPLOYER),
        label="{span}作为用人单位的劳动争议件数",
        label_en="Labour disputes as employer in {span}",
        unit="disputes",
        sign=ADVERSE,
        code="LABOUR-DISPUTE",
        zh="{span}作为用人单位发生劳动争议{value}件",
        en="{value} labour disputes as employer in {span}",
    ),
    DISPUTE.one(
        "labour_wage_claims_24m",
        disputes(count(), months(24), WAGES),
        label="近24个月欠薪投诉与劳动报酬争议件数",
        label_en="Wage complaints and disputes of the last 24 months",
        unit="disputes",
        sign=ADVERSE,
        code="LABOUR-WAGES",
        zh="近24个月欠薪与劳动报酬争议{value}件",
        en="{value} wage complaints and disputes in 24 months",
    ),
    DISPUTE.one(
        "labour_claimed_fen_24m",
        disputes(total(col("amount_fen")), months(24)),
        label="近24个月劳动争议涉及金额",
        label_en="Amount claimed in labour disputes of the last 24 months",
        unit="fen",
        sign=ADVERSE,
        code="LABOUR-AMOUNT",
        zh="近24个月劳动争议涉及{value}",
        en="{value} was claimed in labour disputes of 24 months",
    ),
    DISPUTE.one(
        "labour_workers_24m",
        disputes(total(col("n_workers")), months(24)),
        label="近24个月劳动争议涉及人数",
        label_en="Workers in labour disputes of the last 24 months",
        unit="people",
        sign=ADVERSE,
        code="LABOUR-WORKERS",
        zh="近24个月劳动争议涉及{value}人",
        en="{value} workers were in labour disputes of 24 months",
    ),
    DISPUTE.one(
        "labour_largest_group_36m",
        disputes(largest(col("n_workers")), months(36)),
        label="近36个月单件劳动争议最多涉及人数",
        label_en="Most workers in one labour dispute of the last 36 months",
        unit="people",
        sign=ADVERSE,
        code="LABOUR-WORKERS",
        zh="近36个月单件劳动争议最多涉及{value}人",
        en="One labour dispute of 36 months had {value} workers",
    ),
    DISPUTE.one(
        "labour_disputes_open",
        disputes(count(), ever(), UNDECIDED),
        label="未结劳动争议件数",
        label_en="Labour disputes not closed",
        unit="disputes",
        sign=ADVERSE,
        code="LABOUR-OPEN",
        zh="有{value}件劳动争议未结",
        en="{value} labour disputes are open",
    ),
    DISPUTE.one(
        "labour_wage_complaint_open",
        disputes(exists(), months(36), UNDECIDED & col("type").equals("欠薪投诉")),
        label="近36个月是否有未结欠薪投诉",
        label_en="Whether a wage complaint of the last 36 months is open",
        unit="flag",
        sign=ADVERSE,
        code="LABOUR-OPEN",
        zh=("有未结欠薪投诉", "无未结欠薪投诉"),
        en=("A wage complaint is open", "No wage complaint is open"),
    ),
    DISPUTE.one(
        "labour_disputes_lost_36m",
        disputes(count(), months(36), col("result").one_of("支持", "部分支持")),
        label="近36个月劳动者请求获支持的争议件数",
        label_en="Labour disputes of the last 36 months decided for the workers, wholly or in part",
        unit="disputes",
        sign=ADVERSE,
        code="LABOUR-LOST",
        zh="近36个月劳动者请求获支持{value}件",
        en="{value} labour disputes were decided for the workers in 36 months",
    ),
    DISPUTE.one(
        "labour_settled_share_36m",
        ratio(
            disputes(count(), months(36), col("result").one_of("调解", "撤回")),
            disputes(count(), months(36), col("result").is_known(), missing=None),
        ),
        label="近36个月已结劳动争议的和解率",
        label_en="Share of closed labour disputes of the last 36 months settled or withdrawn",
        unit="share",
        sign=FAVOURABLE,
        code="LABOUR-LOST",
        zh=("近36个月劳动争议和解率仅{value}", "近36个月劳动争议和解率{value}"),
        en=("Only {value} of closed labour disputes were settled", "{value} of closed labour disputes were settled"),
    ),
    DISPUTE.one(
        "labour_contractor_disputes_36m",
        disputes(count(), months(36), ~EMPLOYER),
        label="近36个月作为承包单位的劳动争议件数",
        label_en="Labour disputes as contractor in the last 36 months",
        unit="disputes",
        sign=ADVERSE,
        code="LABOUR-CONTRACTOR",
        zh="近36个月作为承包单位涉及劳动争议{value}件",
        en="{value} labour disputes as contractor in 36 months",
    ),
    DISPUTE.one(
        "labour_dispute_types_36m",
        disputes(distinct(col("type")), months(36)),
        label="近36个月劳动争议类型数",
        label_en="Different types of labour dispute in the last 36 months",
        unit="types",
        sign=ADVERSE,
        code="LABOUR-DISPUTE",
        zh="近36个月劳动争议涉及{value}类",
        en="Labour disputes of {value} types in 36 months",
    ),
    DISPUTE.one(
        "labour_dispute_days_ago",
        disputes(days_since_last(), ever(), missing=None),
        label="距最近一次劳动争议的天数",
        label_en="Days since the newest labour dispute",
        unit="days",
        sign=FAVOURABLE,
        code="LABOUR-DISPUTE",
        zh=("{value}天前曾发生劳动争议", "最近一次劳动争议已过{value}天"),
        en=("A labour dispute arose {value} days ago", "{value} days have passed since a labour dispute"),
    ),
)
