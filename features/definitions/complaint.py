"""Consumers' complaints (F12): how many, of what, for how much, and how they were settled."""

from features.contracts.complaint import (
    COMPLAINT,
    COMPLAINT_TOPICS,
    NOT_SETTLED,
    PRIVATE,
    PROSECUTED,
    REPORT,
    SETTLED,
    UNFOUNDED,
)
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    count,
    days_since_last,
    difference,
    largest,
    mean,
    months_active,
    ratio,
    total,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, months

_SAID = Family("《市场监督管理投诉举报处理暂行办法》;市场监管部门投诉举报(F12)")
CLOSED = col("closed_on").is_known() & (col("closed_on") <= AS_OF)
QUALITY, AFTER_SALE, PRICE, ADVERTISING, FOOD, CONTRACT, _OTHER = COMPLAINT_TOPICS
_IS_PRIVATE, _OUTCOME = col("kind").equals(PRIVATE), col("outcome")


def _count(within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=COMPLAINT, take=count(), within=within, where=where, missing=missing)


def _read(take: Aggregate, length: int, where: Condition | None = None, missing: int | None = None) -> Feature:
    return Feature(feed=COMPLAINT, take=take, within=months(length), where=where, missing=missing)


_HOW_MANY = (
    *_SAID.over(
        months_back(6, 12, 36),
        "complaints_{span}",
        _count,
        label="{span}被投诉举报次数",
        label_en="Complaints and reports in {span}",
        unit="complaints",
        sign=ADVERSE,
        code="COMPLAINT",
        zh="{span}被投诉举报{value}次",
        en="{value} complaints and reports in {span}",
    ),
    _SAID.one(
        "complaints_rise_6m",
        difference(_count(months(6)), _count(months(6, before=6))),
        label="近6个月与之前6个月投诉举报次数之差",
        label_en="Complaints of the last 6 months less those of the 6 months before",
        unit="complaints",
        sign=ADVERSE,
        code="COMPLAINT",
        zh="近6个月投诉举报与前6个月相差{value}次",
        en="Complaints differ by {value} from the 6 months before",
    ),
    *_SAID.over(
        months_back(24),
        "reports_of_breaches_{span}",
        lambda within: _count(within, col("kind").equals(REPORT)),
        label="{span}被举报违法次数",
        label_en="Reports of breaches in {span}",
        unit="reports",
        sign=ADVERSE,
        code="COMPLAINT-REPORT",
        zh="{span}被举报违法{value}次",
        en="Breaches were reported {value} times in {span}",
    ),
    *_SAID.over(
        months_back(36),
        "complaints_prosecuted_{span}",
        lambda within: _count(within, CLOSED & _OUTCOME.equals(PROSECUTED)),
        label="{span}投诉举报后被立案查处次数",
        label_en="Complaints of {span} that led to a case",
        unit="cases",
        sign=ADVERSE,
        code="COMPLAINT-REPORT",
        zh="{span}因投诉举报被立案查处{value}次",
        en="{value} complaints of {span} led to a case",
    ),
    _SAID.one(
        "complaint_months_24m",
        _read(months_active(), 24, missing=0),
        label="近24个月内有投诉举报的自然月数",
        label_en="Calendar months with a complaint within the last 24 months",
        unit="months",
        sign=ADVERSE,
        code="COMPLAINT",
        zh="近24个月内有{value}个自然月被投诉举报",
        en="Complaints came in {value} calendar months within 24 months",
    ),
    _SAID.one(
        "days_since_complaint",
        _read(days_since_last(), 36),
        label="距最近一次投诉举报天数(36个月内)",
        label_en="Days since the last complaint, at most 36 months",
        unit="days",
        sign=FAVOURABLE,
        code="COMPLAINT",
        zh=("{value}天前被投诉举报", "最近一次被投诉举报已是{value}天前"),
        en=("The last complaint was {value} days ago", "The last complaint was {value} days ago"),
    ),
)

_OF_WHAT = (
    *_SAID.over(
        months_back(24),
        "quality_complaints_{span}",
        lambda within: _count(within, col("topic").one_of(QUALITY, FOOD)),
        label="{span}质量与食品安全投诉举报次数",
        label_en="Complaints of quality and food safety in {span}",
        unit="complaints",
        sign=ADVERSE,
        code="PRODUCT-QUALITY",
        zh="{span}质量与食品安全投诉举报{value}次",
        en="{value} complaints of quality or food in {span}",
    ),
    *_SAID.over(
        months_back(24),
        "honesty_complaints_{span}",
        lambda within: _count(within, col("topic").one_of(PRICE, ADVERTISING, CONTRACT)),
        label="{span}价格、宣传与合同投诉举报次数",
        label_en="Complaints of prices, advertising and contracts in {span}",
        unit="complaints",
        sign=ADVERSE,
        code="COMPLAINT-HONESTY",
        zh="{span}价格、宣传与合同投诉举报{value}次",
        en="{value} complaints of prices, advertising or contracts in {span}",
    ),
    *_SAID.over(
        months_back(24),
        "after_sale_complaints_{span}",
        lambda within: _count(within, col("topic").equals(AFTER_SALE)),
        label="{span}售后投诉举报次数",
        label_en="Complaints of service after sale in {span}",
        unit="complaints",
        sign=ADVERSE,
        code="COMPLAINT",
        zh="{span}售后投诉举报{value}次",
        en="{value} complaints of service after sale in {span}",
    ),
    _SAID.one(
        "mean_complaint_24m",
        _read(mean(col("amount_fen")), 24),
        label="近24个月投诉举报平均金额",
        label_en="Mean amount of a complaint of the last 24 months",
        unit="fen",
        sign=ADVERSE,
        code="COMPLAINT-AMOUNT",
        zh="近24个月投诉举报平均金额{value}",
        en="A complaint of 24 months is about {value} on average",
    ),
    _SAID.one(
        "complaint_amount_12m",
        _read(total(col("amount_fen")), 12, missing=0),
        label="近12个月投诉举报涉及金额",
        label_en="Amount complained of in the last 12 months",
        unit="fen",
        sign=ADVERSE,
        code="COMPLAINT-AMOUNT",
        zh="近12个月投诉举报涉及{value}",
        en="Complaints of 12 months are about {value}",
    ),
    _SAID.one(
        "largest_complaint_36m",
        _read(largest(col("amount_fen")), 36),
        label="近36个月单次投诉举报最大金额",
        label_en="Largest amount of one complaint in the last 36 months",
        unit="fen",
        sign=ADVERSE,
        code="COMPLAINT-AMOUNT",
        zh="近36个月单次投诉举报最大金额{value}",
        en="The largest complaint of 36 months is about {value}",
    ),
)

_SETTLEMENT = (
    _SAID.one(
        "complaints_open",
        _read(count(), 36, ~CLOSED, missing=0),
        label="近36个月未办结投诉举报次数",
        label_en="Complaints of the last 36 months not closed",
        unit="complaints",
        sign=ADVERSE,
        code="COMPLAINT-SETTLED",
        zh="未办结投诉举报{value}次",
        en="{value} complaints are open",
    ),
    *_SAID.over(
        months_back(24),
        "complaints_settled_share_{span}",
        lambda within: ratio(
            _count(within, CLOSED & _OUTCOME.equals(SETTLED)),
            _count(within, CLOSED & _OUTCOME.one_of(SETTLED, NOT_SETTLED), missing=None),
        ),
        label="{span}投诉调解成功率",
        label_en="Complaints settled of those mediated in {span}",
        unit="share",
        sign=FAVOURABLE,
        code="COMPLAINT-SETTLED",
        zh=("{span}投诉调解成功仅{value}", "{span}投诉调解成功{value}"),
        en=(
            "Only {value} of complaints mediated in {span} were settled",
            "{value} of mediated complaints of {span} settled",
        ),
    ),
    *_SAID.over(
        months_back(36),
        "complaints_unfounded_share_{span}",
        lambda within: ratio(_count(within, CLOSED & _OUTCOME.equals(UNFOUNDED)), _count(within, CLOSED, missing=None)),
        label="{span}办结投诉举报中不成立占比",
        label_en="Closed complaints of {span} found without ground",
        unit="share",
        sign=FAVOURABLE,
        code="COMPLAINT-UNFOUNDED",
        zh=("{span}办结投诉举报中仅{value}不成立", "{span}办结投诉举报中{value}不成立"),
        en=(
            "Only {value} of closed complaints of {span} lacked ground",
            "{value} of closed complaints of {span} lacked ground",
        ),
    ),
    _SAID.one(
        "days_to_settle_24m",
        _read(mean(col("days_to_close")), 24, CLOSED & _IS_PRIVATE),
        label="近24个月投诉平均办理天数",
        label_en="Mean days to close a private complaint of the last 24 months",
        unit="days",
        sign=ADVERSE,
        code="COMPLAINT-SETTLED",
        zh="近24个月投诉平均{value}天办结",
        en="Complaints of 24 months took {value} days on average",
    ),
    _SAID.one(
        "longest_days_to_close_36m",
        _read(largest(col("days_to_close")), 36, CLOSED),
        label="近36个月投诉举报最长办理天数",
        label_en="Most days a complaint of the last 36 months took to close",
        unit="days",
        sign=ADVERSE,
        code="COMPLAINT-SETTLED",
        zh="近36个月投诉举报最长{value}天办结",
        en="A complaint of 36 months took up to {value} days",
    ),
)

COMPLAINT_FEATURES = (*_HOW_MANY, *_OF_WHAT, *_SETTLEMENT)
