"""What employers pay in for their staff: social-insurance contributions owed (F23) and the housing fund (F24)."""

from features.contracts.housing_fund import HOUSING_FUND
from features.contracts.insurance_arrears import INSURANCE_ARREARS
from features.contracts.social_insurance import SOCIAL_INSURANCE
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Derived,
    Feature,
    count,
    days_since_last,
    distinct,
    largest,
    latest,
    mean,
    months_active,
    ratio,
    total,
    trend,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, ever, months, periods

ARREARS = Family("《社会保险费征缴暂行条例》;人社部门社保欠缴(F23)")
FUND = Family("《住房公积金管理条例》;公积金中心公积金月缴存(F24)")
COVERAGE = Family("《住房公积金管理条例》;公积金月缴存(F24)、社保月缴费(F22)")

UNCLEARED = (col("arrears_fen") > 0) & (~col("cleared_on").is_known() | (col("cleared_on") > AS_OF))
"""Of some months the balance of nothing arrives and not the day it was cleared."""
MISSED = col("arrears_months") > 0


def owed(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=INSURANCE_ARREARS, take=take, within=within, where=where, missing=missing)


def fund(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = None) -> Feature:
    return Feature(feed=HOUSING_FUND, take=take, within=within, where=where, missing=missing)


def fund_wage(within: Window) -> Derived:
    """The monthly base of a member, fen."""
    return ratio(fund(total(col("base_total_fen")), within), fund(total(col("members")), within))


INSURANCE_ARREARS_FEATURES = (
    *ARREARS.over(
        months_back(12, 36),
        "insurance_arrears_months_{span}",
        lambda within: owed(distinct(col("period")), within),
        label="{span}社保欠缴月数",
        label_en="Months of contributions found owed in {span}",
        unit="months",
        sign=ADVERSE,
        code="INSURANCE-ARREARS",
        zh="{span}社保欠缴{value}个月",
        en="Contributions of {value} months were owed in {span}",
    ),
    ARREARS.one(
        "insurance_arrears_open_fen",
        owed(total(col("arrears_fen")), ever(), UNCLEARED),
        label="尚未补缴的社保欠费",
        label_en="Contributions owed and not yet paid up",
        unit="fen",
        sign=ADVERSE,
        code="INSURANCE-ARREARS-OPEN",
        zh="尚欠社保费{value}",
        en="Contributions of {value} are owed",
    ),
    ARREARS.one(
        "insurance_arrears_open_months_12m",
        owed(count(), months(12), UNCLEARED),
        label="近12个月社保欠缴中尚未补缴的月数",
        label_en="Months of contributions found owed in the last 12 months and still open",
        unit="months",
        sign=ADVERSE,
        code="INSURANCE-ARREARS-OPEN",
        zh="近12个月有{value}个月社保费尚未补缴",
        en="Contributions of {value} months of the last 12 are still open",
    ),
    ARREARS.one(
        "insurance_arrears_largest_24m",
        owed(largest(col("arrears_fen")), months(24)),
        label="近24个月单月最高社保欠缴额",
        label_en="Largest month of contributions owed, last 24 months",
        unit="fen",
        sign=ADVERSE,
        code="INSURANCE-ARREARS",
        zh="近24个月单月社保欠缴最高{value}",
        en="The largest month of contributions owed in 24 months is {value}",
    ),
    ARREARS.one(
        "insurance_arrears_cleared_36m",
        ratio(owed(count(), months(36), ~UNCLEARED), owed(count(), months(36), missing=None)),
        label="近36个月社保欠缴的补缴率",
        label_en="Share of contributions owed in the last 36 months that was paid up",
        unit="share",
        sign=FAVOURABLE,
        code="INSURANCE-ARREARS-OPEN",
        zh=("近36个月社保欠缴仅补缴{value}", "近36个月社保欠缴已补缴{value}"),
        en=("Only {value} of arrears were paid up", "{value} of arrears were paid up"),
    ),
    ARREARS.one(
        "insurance_arrears_days_ago",
        owed(days_since_last(), ever(), missing=None),
        label="距最近一次社保欠缴的天数",
        label_en="Days since contributions were last found owed",
        unit="days",
        sign=FAVOURABLE,
        code="INSURANCE-ARREARS",
        zh=("{value}天前曾欠缴社保费", "最近一次社保欠缴已过{value}天"),
        en=("Contributions were owed {value} days ago", "{value} days have passed since contributions were owed"),
    ),
)

HOUSING_FUND_FEATURES = (
    FUND.one(
        "fund_members",
        fund(latest(col("members")), periods(3), missing=0),
        label="最近一条公积金缴存记录的人数(3个月内)",
        label_en="Members in the newest record of the housing fund, at most 3 published months back",
        unit="people",
        sign=FAVOURABLE,
        code="FUND-LEVEL",
        zh=("最近一条公积金缴存记录仅{value}人", "最近一条公积金缴存记录为{value}人"),
        en=(
            "The newest record of the housing fund has only {value} members",
            "The newest record of the housing fund has {value} members",
        ),
    ),
    FUND.one(
        "fund_members_trend_6p",
        trend(fund(mean(col("members")), periods(6)), fund(mean(col("members")), periods(6, before=12))),
        label="近6个已公布月公积金账户平均缴存人数同比变化",
        label_en="Change of the average members of a fund account, last 6 published months on the same a year earlier",
        unit="change",
        sign=FAVOURABLE,
        code="FUND-TREND",
        zh="近6个月公积金账户平均缴存人数同比变化{value}",
        en="Members of a housing-fund account changed by {value} year on year",
    ),
    FUND.one(
        "fund_missed_months_12p",
        fund(count(), periods(12), MISSED, 0),
        label="近12个已公布月公积金账户欠缴月数合计",
        label_en="Months left owing by all housing-fund accounts, last 12 published months",
        unit="months",
        sign=ADVERSE,
        code="FUND-ARREARS",
        zh="近12个月公积金各账户欠缴合计{value}个月",
        en="Housing-fund accounts left {value} months owing within 12 months",
    ),
    FUND.one(
        "fund_arrears_now",
        fund(latest(col("arrears_months")), periods(3)),
        label="最近一条公积金缴存记录的累计欠缴月数",
        label_en="Months owed by the newest record of the housing fund",
        unit="months",
        sign=ADVERSE,
        code="FUND-ARREARS",
        zh="最近一条公积金缴存记录累计欠缴{value}个月",
        en="The newest record of the housing fund owes {value} months",
    ),
    FUND.one(
        "fund_arrears_longest_24p",
        fund(largest(col("arrears_months")), periods(24)),
        label="近24个已公布月公积金最长连续欠缴月数",
        label_en="Longest run of housing fund owed in the last 24 published months",
        unit="months",
        sign=ADVERSE,
        code="FUND-ARREARS",
        zh="近24个月公积金最长连续欠缴{value}个月",
        en="The longest run of housing fund owed in 24 months is {value} months",
    ),
    FUND.one(
        "fund_paid_rate_12p",
        ratio(fund(total(col("paid_fen")), periods(12)), fund(total(col("base_total_fen")), periods(12))),
        label="近12个已公布月公积金实缴额占缴存基数比重",
        label_en="Housing fund paid over its base, last 12 published months",
        unit="share",
        sign=FAVOURABLE,
        code="FUND-PAYMENT",
        zh=("近12个月公积金实缴仅占基数{value}", "近12个月公积金实缴占基数{value}"),
        en=("Only {value} of the base was paid to the fund", "{value} of the base was paid to the fund"),
    ),
    FUND.one(
        "fund_wage_6p",
        fund_wage(periods(6)),
        label="近6个已公布月人均公积金缴存基数",
        label_en="Monthly housing-fund base of a member, last 6 published months",
        unit="fen",
        sign=FAVOURABLE,
        code="FUND-WAGE",
        zh=("近6个月人均公积金缴存基数仅{value}", "近6个月人均公积金缴存基数{value}"),
        en=("A member's monthly base is only {value}", "A member's monthly base is {value}"),
    ),
    FUND.one(
        "fund_wage_trend_6p",
        trend(fund_wage(periods(6)), fund_wage(periods(6, before=12))),
        label="近6个已公布月人均公积金缴存基数同比变化",
        label_en="Change of a member's base, last 6 published months on the same months a year earlier",
        unit="change",
        sign=FAVOURABLE,
        code="FUND-WAGE",
        zh="近6个月人均公积金缴存基数同比变化{value}",
        en="A member's base changed by {value} year on year",
    ),
    FUND.one(
        "fund_months_24p",
        fund(months_active(), periods(24), col("paid_fen") > 0, 0),
        label="近24个已公布月中缴存公积金的月数",
        label_en="Months with housing fund paid among the last 24 published",
        unit="months",
        sign=FAVOURABLE,
        code="FUND-PAYMENT",
        zh=("近24个月仅{value}个月缴存公积金", "近24个月有{value}个月缴存公积金"),
        en=("Housing fund was paid in only {value} of 24 months", "Housing fund was paid in {value} of 24 months"),
    ),
    COVERAGE.one(
        "fund_coverage_6p",
        ratio(
            fund(total(col("members")), periods(6)),
            Feature(feed=SOCIAL_INSURANCE, take=total(col("insured_n")), within=periods(6)),
        ),
        label="近6个已公布月公积金缴存人数与参保人数之比",
        label_en="Housing-fund members over insured staff, last 6 published months",
        unit="share",
        sign=FAVOURABLE,
        code="FUND-COVERAGE",
        zh=("公积金仅覆盖参保人数的{value}", "公积金覆盖参保人数的{value}"),
        en=(
            "The housing fund covers only {value} of insured staff",
            "The housing fund covers {value} of insured staff",
        ),
    ),
)

CONTRIBUTION_FEATURES = (*INSURANCE_ARREARS_FEATURES, *HOUSING_FUND_FEATURES)
