"""Financing (F61, F62): what an enterprise asked for and was answered, who stands for it, and what was claimed."""

from features.contracts.financing_demand import DECLINED, FINANCING_DEMAND, GRANTED, RECALLED
from features.contracts.guarantee import BOND, GUARANTEE, LOAN_GUARANTEE, LOAN_INSURANCE, PROPERTY_INSURANCE
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
    exists,
    largest,
    mean,
    ratio,
    total,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, ever, months

DEMAND = Family("《加强信用信息共享应用促进中小微企业融资实施方案》;融资平台融资需求(F61)")
COVER = Family("《融资担保公司监督管理条例》《中华人民共和国保险法》;担保与保险机构(F62)")
MEANT = col("amount_fen") >= 100_000
"""Submissions below 1,000 yuan try the form."""
RUNNING = (col("starts_on") <= AS_OF) & (col("ends_on") >= AS_OF)
FOR_LOANS = col("kind").one_of(LOAN_GUARANTEE, LOAN_INSURANCE)
CLAIMED = col("claimed_on").is_known() & (col("claimed_on") <= AS_OF)
EVER = ever()


def asked(take: Aggregate, within: Window, where: Condition = MEANT, missing: int | None = 0) -> Feature:
    return Feature(feed=FINANCING_DEMAND, take=take, within=within, where=where, missing=missing)


def covered(take: Aggregate, where: Condition | None, within: Window = EVER, missing: int | None = 0) -> Feature:
    return Feature(feed=GUARANTEE, take=take, within=within, where=where, missing=missing)


DEMAND_FEATURES: tuple[Entry, ...] = (
    *DEMAND.over(
        months_back(6, 24),
        "demands_{span}",
        lambda within: asked(count(), within),
        label="{span}融资需求次数",
        label_en="Demands for finance in {span}",
        unit="demands",
        sign=ADVERSE,
        code="DEMANDS",
        zh="{span}提出融资需求{value}次",
        en="Finance was asked for {value} times in {span}",
    ),
    DEMAND.one(
        "demanded_fen_12m",
        asked(total(col("amount_fen")), months(12)),
        label="近12个月融资需求金额合计",
        label_en="Finance asked for in the last 12 months",
        unit="fen",
        sign=ADVERSE,
        code="DEMANDED-SUM",
        zh="近12个月融资需求合计{value}",
        en="{value} was asked for in 12 months",
    ),
    DEMAND.one(
        "demand_largest_fen_36m",
        asked(largest(col("amount_fen")), months(36), missing=None),
        label="近36个月单笔最大融资需求",
        label_en="Largest demand for finance in the last 36 months",
        unit="fen",
        sign=NEUTRAL,
        code="DEMAND-LARGEST",
        zh="近36个月单笔最大融资需求{value}",
        en="The largest demand of 36 months was {value}",
    ),
    DEMAND.one(
        "demands_declined_24m",
        asked(count(), months(24), MEANT & col("state").equals(DECLINED)),
        label="近24个月融资需求被拒次数",
        label_en="Demands for finance declined in the last 24 months",
        unit="demands",
        sign=ADVERSE,
        code="DEMANDS-DECLINED",
        zh="近24个月融资需求被拒{value}次",
        en="{value} demands were declined in 24 months",
    ),
    DEMAND.one(
        "demand_granted_share_36m",
        ratio(
            asked(count(), months(36), MEANT & col("state").equals(GRANTED)),
            asked(count(), months(36), MEANT & col("state").one_of(GRANTED, DECLINED)),
        ),
        label="近36个月已答复融资需求的授信占比",
        label_en="Share of the demands answered in the last 36 months that were granted",
        unit="share",
        sign=FAVOURABLE,
        code="DEMANDS-GRANTED",
        zh=("近36个月融资需求仅{value}获授信", "近36个月融资需求{value}获授信"),
        en=("Only {value} of demands in 36 months were granted", "{value} of demands in 36 months were granted"),
    ),
    DEMAND.one(
        "demands_recalled_24m",
        asked(count(), months(24), MEANT & col("state").equals(RECALLED)),
        label="近24个月撤回的融资需求次数",
        label_en="Demands for finance recalled in the last 24 months",
        unit="demands",
        sign=NEUTRAL,
        code="DEMANDS-RECALLED",
        zh="近24个月撤回融资需求{value}次",
        en="{value} demands were recalled in 24 months",
    ),
    DEMAND.one(
        "demand_unsecured_share_36m",
        ratio(asked(count(), months(36), MEANT & col("guarantee").equals("信用")), asked(count(), months(36))),
        label="近36个月融资需求中信用方式的占比",
        label_en="Share of unsecured demands in the last 36 months",
        unit="share",
        sign=NEUTRAL,
        code="DEMANDS-UNSECURED",
        zh="近36个月融资需求中信用方式占{value}",
        en="{value} of demands in 36 months were unsecured",
    ),
    DEMAND.one(
        "demand_mean_term_36m",
        asked(mean(col("term_months")), months(36), missing=None),
        label="近36个月融资需求平均期限(月)",
        label_en="Mean term asked for in the last 36 months, months",
        unit="months",
        sign=NEUTRAL,
        code="DEMAND-TERM",
        zh="近36个月融资需求平均期限{value}个月",
        en="The mean term asked for in 36 months is {value} months",
    ),
    DEMAND.one(
        "demand_days_since_last",
        asked(days_since_last(), EVER, missing=None),
        label="最近一次融资需求距今天数",
        label_en="Days since finance was last asked for",
        unit="days",
        sign=FAVOURABLE,
        code="DEMAND-LAST",
        zh=("{value}天前刚提出过融资需求", "已有{value}天没有融资需求"),
        en=("Finance was asked for only {value} days ago", "No finance was asked for during {value} days"),
    ),
)

GUARANTEE_FEATURES: tuple[Entry, ...] = (
    COVER.one(
        "loans_guaranteed_fen",
        covered(total(col("amount_fen")), RUNNING & FOR_LOANS),
        label="在保融资担保与贷款保证保险金额",
        label_en="Loan guarantees and loan insurance in force",
        unit="fen",
        sign=ADVERSE,
        code="LOANS-GUARANTEED",
        zh="在保融资担保与贷款保证保险{value}",
        en="Loans of {value} are guaranteed",
    ),
    COVER.one(
        "property_insured_fen",
        covered(total(col("amount_fen")), RUNNING & col("kind").equals(PROPERTY_INSURANCE)),
        label="在保财产保险金额",
        label_en="Property insurance in force",
        unit="fen",
        sign=FAVOURABLE,
        code="PROPERTY-INSURED",
        zh="在保财产保险{value}",
        en="Property is insured for {value}",
    ),
    COVER.one(
        "bonds_36m",
        covered(count(), col("kind").equals(BOND), months(36)),
        label="近36个月履约保证次数",
        label_en="Performance bonds in the last 36 months",
        unit="bonds",
        sign=FAVOURABLE,
        code="BONDS",
        zh="近36个月取得履约保证{value}次",
        en="{value} performance bonds in 36 months",
    ),
    COVER.one(
        "cover_kinds",
        covered(distinct(col("kind")), RUNNING),
        label="在保担保与保险的种类数",
        label_en="Kinds of guarantees and insurance in force",
        unit="kinds",
        sign=FAVOURABLE,
        code="COVER-KINDS",
        zh="在保担保与保险{value}种",
        en="{value} kinds of cover are in force",
    ),
    COVER.one(
        "claims_36m",
        covered(count(), CLAIMED, months(36)),
        label="近36个月起保的保单中发生赔付或代偿的笔数",
        label_en="Policies begun in the last 36 months under which something was claimed",
        unit="policies",
        sign=ADVERSE,
        code="CLAIMS",
        zh="近36个月发生赔付或代偿{value}笔",
        en="Something was claimed under {value} policies of 36 months",
    ),
    COVER.one(
        "loan_guarantee_called",
        covered(exists(), CLAIMED & FOR_LOANS),
        label="是否发生过贷款代偿(1为发生过)",
        label_en="Whether a guarantor or insurer ever paid for a loan (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="GUARANTEE-CALLED",
        zh=("贷款发生过代偿", "贷款未发生代偿"),
        en=("A guarantor or insurer had to pay for a loan", "No guarantor or insurer had to pay for a loan"),
    ),
    COVER.one(
        "claimed_share_60m",
        ratio(
            covered(total(col("claim_fen")), CLAIMED, months(60)), covered(total(col("amount_fen")), None, months(60))
        ),
        label="近60个月赔付与代偿金额占保额之比",
        label_en="Claims over cover of the policies of the last 60 months",
        unit="share",
        sign=ADVERSE,
        code="CLAIMED-SHARE",
        zh=("近60个月赔付与代偿占保额{value}", "近60个月赔付与代偿仅占保额{value}"),
        en=("Claims were {value} of cover in 60 months", "Claims were only {value} of cover in 60 months"),
    ),
    COVER.one(
        "cover_days_since_last",
        covered(days_since_last(), None, missing=None),
        label="最近一次取得担保或投保距今天数",
        label_en="Days since a guarantee or insurance last began",
        unit="days",
        sign=NEUTRAL,
        code="COVER-LAST",
        zh="最近一次取得担保或投保在{value}天前",
        en="The last cover began {value} days ago",
    ),
)

FINANCING_FEATURES = (*DEMAND_FEATURES, *GUARANTEE_FEATURES)
