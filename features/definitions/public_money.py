"""Public money and business with public bodies: subsidies (F56), tenders (F57), complaints about payment (F59)."""

from features.contracts.payment_complaint import PAYMENT_COMPLAINT
from features.contracts.procurement import PROCUREMENT
from features.contracts.subsidy import SUBSIDY
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
    exists,
    largest,
    mean,
    months_active,
    ratio,
    total,
    trend,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, ever, months

MONEY = Family("《中华人民共和国预算法》;各区和财政部门惠企资金拨付(F56)")
TENDER = Family("《中华人民共和国政府采购法》;财政部门政府采购与招投标(F57)", CL0)
COMPLAINT = Family("《保障中小企业款项支付条例》;工信部门企业间合同与账款投诉(F59)")

AMOUNT = col("amount_fen")
WON = col("role").equals("中标")
COMPLAINED_OF = col("role").equals("被投诉人")
RECOVERED = col("recovered_on").is_known() & (col("recovered_on") <= AS_OF)


def paid(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=SUBSIDY, take=take, within=within, where=where, missing=missing)


def tenders(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=PROCUREMENT, take=take, within=within, where=where, missing=missing)


def complaints(take: Aggregate, within: Window, where: Condition, missing: int | None = 0) -> Feature:
    return Feature(feed=PAYMENT_COMPLAINT, take=take, within=within, where=where, missing=missing)


SUBSIDY_FEATURES = (
    *MONEY.over(
        months_back(12, 36),
        "subsidies_{span}",
        lambda within: paid(count(), within, ~RECOVERED),
        label="{span}获惠企资金次数(未追回)",
        label_en="Subsidies received in {span} and not recovered",
        unit="payments",
        sign=FAVOURABLE,
        code="SUBSIDY",
        zh=("{span}仅获惠企资金{value}次", "{span}获惠企资金{value}次"),
        en=("Only {value} subsidies received in {span}", "{value} subsidies received in {span}"),
    ),
    MONEY.one(
        "subsidy_fen_24m",
        paid(total(AMOUNT), months(24), ~RECOVERED),
        label="近24个月获惠企资金金额(未追回)",
        label_en="Subsidies of the last 24 months not recovered, amount",
        unit="fen",
        sign=FAVOURABLE,
        code="SUBSIDY",
        zh=("近24个月仅获惠企资金{value}", "近24个月获惠企资金{value}"),
        en=("Only {value} of subsidies in 24 months", "{value} of subsidies in 24 months"),
    ),
    MONEY.one(
        "subsidy_mean_fen_36m",
        paid(mean(AMOUNT), months(36), missing=None),
        label="近36个月单次惠企资金平均金额",
        label_en="Average subsidy of the last 36 months",
        unit="fen",
        sign=FAVOURABLE,
        code="SUBSIDY-SIZE",
        zh=("近36个月单次惠企资金平均仅{value}", "近36个月单次惠企资金平均{value}"),
        en=("The average subsidy of 36 months is only {value}", "The average subsidy of 36 months is {value}"),
    ),
    MONEY.one(
        "subsidy_policies_60m",
        paid(distinct(col("policy_code")), months(60)),
        label="近60个月享受惠企政策数",
        label_en="Different policies that paid in the last 60 months",
        unit="policies",
        sign=FAVOURABLE,
        code="SUBSIDY-POLICIES",
        zh=("近60个月仅享受{value}项惠企政策", "近60个月享受{value}项惠企政策"),
        en=("Only {value} policies paid in 60 months", "{value} policies paid in 60 months"),
    ),
    MONEY.one(
        "subsidy_recovered",
        paid(exists(), ever(), RECOVERED),
        label="惠企资金是否曾被追回",
        label_en="Whether a subsidy was ever recovered",
        unit="flag",
        sign=ADVERSE,
        code="SUBSIDY-RECOVERED",
        zh=("惠企资金曾被追回", "惠企资金未被追回"),
        en=("A subsidy was recovered", "No subsidy was recovered"),
    ),
    MONEY.one(
        "subsidy_days_ago",
        paid(days_since_last(), ever(), missing=None),
        label="距最近一次获惠企资金的天数",
        label_en="Days since the newest subsidy",
        unit="days",
        sign=ADVERSE,
        code="SUBSIDY",
        zh=("最近一次获惠企资金已是{value}天前", "最近一次获惠企资金在{value}天前"),
        en=("The newest subsidy is {value} days old", "The newest subsidy was {value} days ago"),
    ),
)

PROCUREMENT_FEATURES = (
    *TENDER.over(
        months_back(12, 36),
        "procurement_wins_{span}",
        lambda within: tenders(count(), within, WON),
        label="{span}政府采购中标次数",
        label_en="Public tenders won in {span}",
        unit="tenders",
        sign=FAVOURABLE,
        code="TENDER-WINS",
        zh=("{span}仅中标{value}次", "{span}中标{value}次"),
        en=("Only {value} public tenders won in {span}", "{value} public tenders won in {span}"),
    ),
    TENDER.one(
        "procurement_won_fen_24m",
        tenders(total(AMOUNT), months(24), WON & ~col("consortium").equals(True)),
        label="近24个月单独中标金额",
        label_en="Amount of public tenders won alone in the last 24 months",
        unit="fen",
        sign=FAVOURABLE,
        code="TENDER-AMOUNT",
        zh=("近24个月单独中标仅{value}", "近24个月单独中标{value}"),
        en=("Only {value} of tenders won alone in 24 months", "{value} of tenders won alone in 24 months"),
    ),
    TENDER.one(
        "procurement_largest_win_36m",
        tenders(largest(AMOUNT), months(36), WON),
        label="近36个月最大中标金额",
        label_en="Largest public tender won in the last 36 months",
        unit="fen",
        sign=FAVOURABLE,
        code="TENDER-AMOUNT",
        zh=("近36个月最大中标金额仅{value}", "近36个月最大中标金额{value}"),
        en=("The largest tender won in 36 months is only {value}", "The largest tender won in 36 months is {value}"),
    ),
    TENDER.one(
        "procurement_won_trend_12m",
        trend(
            tenders(total(AMOUNT), months(12), WON),
            tenders(total(AMOUNT), months(12, before=12), WON, missing=None),
        ),
        label="近12个月中标金额较前12个月变化",
        label_en="Change of tenders won, last 12 months on the 12 before",
        unit="change",
        sign=FAVOURABLE,
        code="TENDER-TREND",
        zh="近12个月中标金额较前12个月变化{value}",
        en="Tenders won changed by {value} on the year before",
    ),
    TENDER.one(
        "procurement_bid_months_24m",
        tenders(months_active(), months(24)),
        label="近24个月内有招投标记录的自然月数",
        label_en="Calendar months with a record of a public tender within the last 24 months",
        unit="months",
        sign=FAVOURABLE,
        code="TENDER-ACTIVITY",
        zh=("近24个月内仅{value}个自然月有招投标记录", "近24个月内有{value}个自然月有招投标记录"),
        en=(
            "Only {value} calendar months within 24 months have records of tenders",
            "{value} calendar months within 24 months have records of tenders",
        ),
    ),
    TENDER.one(
        "procurement_win_rate_36m",
        ratio(tenders(count(), months(36), WON), tenders(count(), months(36), missing=None)),
        label="近36个月招投标记录(含违约)中中标的占比",
        label_en="Share of records of public tenders, breaches among them, that are wins, last 36 months",
        unit="share",
        sign=FAVOURABLE,
        code="TENDER-RATE",
        zh=("近36个月招投标记录中仅{value}为中标", "近36个月招投标记录中{value}为中标"),
        en=(
            "Only {value} of the records of tenders in 36 months are wins",
            "{value} of the records of tenders in 36 months are wins",
        ),
    ),
    TENDER.one(
        "procurement_consortium_share_36m",
        ratio(
            tenders(count(), months(36), col("consortium").equals(True)),
            tenders(count(), months(36), missing=None),
        ),
        label="近36个月以联合体参加招投标的比重",
        label_en="Share of public tenders entered with others, last 36 months",
        unit="share",
        sign=NEUTRAL,
        code="TENDER-ACTIVITY",
        zh="近36个月{value}的招投标以联合体参加",
        en="{value} of tenders were entered with others in 36 months",
    ),
    TENDER.one(
        "procurement_breaches_36m",
        tenders(count(), months(36), col("role").equals("违约")),
        label="近36个月政府采购违约次数",
        label_en="Breaches of public contracts in the last 36 months",
        unit="breaches",
        sign=ADVERSE,
        code="TENDER-BREACH",
        zh="近36个月政府采购违约{value}次",
        en="{value} breaches of public contracts in 36 months",
    ),
    TENDER.one(
        "procurement_win_days_ago",
        tenders(days_since_last(), ever(), WON, missing=None),
        label="距最近一次中标的天数",
        label_en="Days since the newest public tender won",
        unit="days",
        sign=ADVERSE,
        code="TENDER-WINS",
        zh=("最近一次中标已是{value}天前", "最近一次中标在{value}天前"),
        en=("The newest tender won is {value} days old", "The newest tender was won {value} days ago"),
    ),
)

COMPLAINT_FEATURES = (
    COMPLAINT.one(
        "payment_complaints_against_24m",
        complaints(count(), months(24), COMPLAINED_OF & ~col("state").equals("不予受理")),
        label="近24个月被投诉拖欠账款次数(不予受理除外)",
        label_en="Complaints of unpaid bills against it in the last 24 months, dismissed ones left out",
        unit="complaints",
        sign=ADVERSE,
        code="PAYMENT-COMPLAINT",
        zh="近24个月被投诉拖欠账款{value}次",
        en="{value} complaints of unpaid bills against it in 24 months",
    ),
    COMPLAINT.one(
        "payment_complaint_fen_36m",
        complaints(total(AMOUNT), months(36), COMPLAINED_OF & ~col("state").equals("不予受理")),
        label="近36个月被投诉拖欠账款金额(不予受理除外)",
        label_en="Bills said to be unpaid in complaints of the last 36 months, dismissed ones left out",
        unit="fen",
        sign=ADVERSE,
        code="PAYMENT-COMPLAINT",
        zh="近36个月被投诉拖欠账款{value}",
        en="Complaints of 36 months speak of {value} unpaid",
    ),
    COMPLAINT.one(
        "payment_complaints_open",
        complaints(count(), ever(), COMPLAINED_OF & col("state").one_of("受理", "处理中")),
        label="未办结的被投诉拖欠账款件数",
        label_en="Complaints of unpaid bills against it not settled",
        unit="complaints",
        sign=ADVERSE,
        code="PAYMENT-COMPLAINT-OPEN",
        zh="有{value}件被投诉拖欠账款未办结",
        en="{value} complaints of unpaid bills are open",
    ),
    COMPLAINT.one(
        "payment_complaint_days_ago",
        complaints(days_since_last(), ever(), COMPLAINED_OF, missing=None),
        label="距最近一次被投诉拖欠账款的天数",
        label_en="Days since the newest complaint of unpaid bills against it",
        unit="days",
        sign=FAVOURABLE,
        code="PAYMENT-COMPLAINT",
        zh=("{value}天前曾被投诉拖欠账款", "最近一次被投诉拖欠账款已过{value}天"),
        en=("A complaint of unpaid bills is {value} days old", "{value} days have passed since such a complaint"),
    ),
    COMPLAINT.one(
        "payment_complaints_made_24m",
        complaints(count(), months(24), col("role").equals("投诉人")),
        label="近24个月投诉他人拖欠账款次数",
        label_en="Complaints it made of unpaid bills in the last 24 months",
        unit="complaints",
        sign=ADVERSE,
        code="PAYMENT-OWED",
        zh="近24个月因账款被拖欠投诉{value}次",
        en="It complained of unpaid bills {value} times in 24 months",
    ),
)

PUBLIC_MONEY_FEATURES = (*SUBSIDY_FEATURES, *PROCUREMENT_FEATURES, *COMPLAINT_FEATURES)
