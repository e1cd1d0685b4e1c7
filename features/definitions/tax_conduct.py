"""A taxpayer's state (F13) and what inspectors established about it (F19)."""

from features.contracts.tax_registration import TAX_REGISTRATION
from features.contracts.tax_violation import TAX_VIOLATION
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    count,
    days_since_last,
    exists,
    largest,
    latest,
    ratio,
    total,
)
from features.engine.rows import Condition, col
from features.engine.windows import Window, ever, months

STATE = Family("《税务登记管理办法》;税务部门税务登记与状态(F13)")
VIOLATION = Family("《中华人民共和国税收征收管理法》;税务部门税收违法与稽查(F19)")

ABNORMAL = col("state").equals("非正常")
INVOICE_FRAUD = col("kind").one_of("虚开发票", "骗取出口退税")
EVASION = col("kind").one_of("偷税", "逃避追缴欠税")


def states(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=TAX_REGISTRATION, take=take, within=within, where=where, missing=missing)


def violations(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=TAX_VIOLATION, take=take, within=within, where=where, missing=missing)


TAX_STATE_FEATURES = (
    STATE.one(
        "taxpayer_normal",
        states(latest(col("state").mapped({"正常": 1, "非正常": 0, "停业": 0, "注销": 0})), ever(), missing=None),
        label="当前纳税人状态是否正常",
        label_en="Whether the taxpayer's present state is normal",
        unit="flag",
        sign=FAVOURABLE,
        code="TAXPAYER-STATE",
        zh=("当前纳税人状态不正常", "当前纳税人状态正常"),
        en=("The taxpayer's present state is not normal", "The taxpayer's present state is normal"),
    ),
    STATE.one(
        "taxpayer_general",
        states(latest(col("taxpayer_type").mapped({"一般": 1, "小规模": 0})), ever(), missing=None),
        label="是否为增值税一般纳税人",
        label_en="Whether it is a general taxpayer of value-added tax",
        unit="flag",
        sign=FAVOURABLE,
        code="TAXPAYER-TYPE",
        zh=("为小规模纳税人", "为一般纳税人"),
        en=("It is a small-scale taxpayer", "It is a general taxpayer"),
    ),
    STATE.one(
        "taxpayer_state_days",
        states(days_since_last(), ever(), missing=None),
        label="当前纳税人状态持续天数",
        label_en="Days in the taxpayer's present state",
        unit="days",
        sign=FAVOURABLE,
        code="TAXPAYER-STATE",
        zh=("当前纳税人状态仅持续{value}天", "当前纳税人状态已持续{value}天"),
        en=("The taxpayer's state has lasted only {value} days", "The taxpayer's state has lasted {value} days"),
    ),
    *STATE.over(
        months_back(12, 36),
        "taxpayer_abnormal_{span}",
        lambda within: states(count(), within, ABNORMAL),
        label="{span}被认定非正常户次数",
        label_en="Times found abnormal by the tax bureau in {span}",
        unit="findings",
        sign=ADVERSE,
        code="TAXPAYER-ABNORMAL",
        zh="{span}被认定非正常户{value}次",
        en="Found an abnormal taxpayer {value} times in {span}",
    ),
    STATE.one(
        "taxpayer_abnormal_days_ago",
        states(days_since_last(), ever(), ABNORMAL, missing=None),
        label="距最近一次被认定非正常户的天数",
        label_en="Days since the taxpayer was last found abnormal",
        unit="days",
        sign=FAVOURABLE,
        code="TAXPAYER-ABNORMAL",
        zh=("{value}天前曾被认定非正常户", "最近一次被认定非正常户已过{value}天"),
        en=("Found an abnormal taxpayer {value} days ago", "{value} days have passed since it was found abnormal"),
    ),
    STATE.one(
        "taxpayer_suspended_36m",
        states(count(), months(36), col("state").equals("停业")),
        label="近36个月停业次数",
        label_en="Times suspended as a taxpayer in the last 36 months",
        unit="suspensions",
        sign=ADVERSE,
        code="TAXPAYER-SUSPENDED",
        zh="近36个月停业{value}次",
        en="Suspended {value} times in 36 months",
    ),
    STATE.one(
        "taxpayer_state_changes_24m",
        states(count(), months(24)),
        label="近24个月纳税人状态登记次数",
        label_en="Entries of the taxpayer's state in the last 24 months",
        unit="changes",
        sign=ADVERSE,
        code="TAXPAYER-STATE",
        zh="近24个月纳税人状态登记{value}次",
        en="The taxpayer's state was entered {value} times in 24 months",
    ),
)

TAX_VIOLATION_FEATURES = (
    *VIOLATION.over(
        months_back(12, 36),
        "tax_violations_{span}",
        lambda within: violations(count(), within),
        label="{span}税收违法次数",
        label_en="Tax violations in {span}",
        unit="violations",
        sign=ADVERSE,
        code="TAX-VIOLATION",
        zh="{span}税收违法{value}次",
        en="{value} tax violations in {span}",
    ),
    VIOLATION.one(
        "tax_violation_fen_36m",
        violations(total(col("amount_fen")), months(36)),
        label="近36个月税收违法涉案税额",
        label_en="Tax at issue in violations of the last 36 months",
        unit="fen",
        sign=ADVERSE,
        code="TAX-VIOLATION",
        zh="近36个月税收违法涉案税额{value}",
        en="Tax of {value} was at issue in violations of 36 months",
    ),
    VIOLATION.one(
        "tax_evasion_fen_24m",
        violations(total(col("amount_fen")), months(24), EVASION),
        label="近24个月偷税和逃避追缴税额",
        label_en="Tax evaded, or its recovery evaded, in the last 24 months",
        unit="fen",
        sign=ADVERSE,
        code="TAX-EVASION",
        zh="近24个月偷税和逃避追缴税额{value}",
        en="Tax of {value} was evaded in 24 months",
    ),
    VIOLATION.one(
        "tax_penalty_largest_36m",
        violations(largest(col("penalty_fen")), months(36)),
        label="近36个月单次税收违法最高罚款",
        label_en="Largest fine for a tax violation of the last 36 months",
        unit="fen",
        sign=ADVERSE,
        code="TAX-PENALTY",
        zh="近36个月单次税收违法最高罚款{value}",
        en="The largest fine for a tax violation in 36 months is {value}",
    ),
    VIOLATION.one(
        "tax_penalty_rate_36m",
        ratio(
            violations(total(col("penalty_fen")), months(36), missing=None),
            violations(total(col("amount_fen")), months(36), missing=None),
        ),
        label="近36个月税收违法罚款与涉案税额之比",
        label_en="Fines over tax at issue, violations of the last 36 months",
        unit="share",
        sign=ADVERSE,
        code="TAX-PENALTY",
        zh=("税收违法罚款达涉案税额的{value},情节较重", "税收违法罚款为涉案税额的{value}"),
        en=("Fines reach {value} of the tax at issue", "Fines are {value} of the tax at issue"),
    ),
    VIOLATION.one(
        "tax_found_abnormal_36m",
        violations(count(), months(36), col("kind").equals("认定非正常户")),
        label="近36个月稽查认定非正常户次数",
        label_en="Times inspectors found it an abnormal taxpayer in the last 36 months",
        unit="findings",
        sign=ADVERSE,
        code="TAX-VIOLATION",
        zh="近36个月被稽查认定非正常户{value}次",
        en="Inspectors found it an abnormal taxpayer {value} times in 36 months",
    ),
    VIOLATION.one(
        "tax_invoice_fraud_36m",
        violations(count(), months(36), INVOICE_FRAUD),
        label="近36个月虚开发票和骗取出口退税次数",
        label_en="False invoices and frauds on export refunds in the last 36 months",
        unit="violations",
        sign=ADVERSE,
        code="TAX-FRAUD",
        zh="近36个月虚开发票或骗取出口退税{value}次",
        en="{value} cases of false invoices or refund fraud in 36 months",
    ),
    VIOLATION.one(
        "tax_major_violation",
        violations(exists(), months(36), col("major").equals(True)),
        label="近36个月是否为重大税收违法失信主体",
        label_en="Whether published as a major tax violator in the last 36 months",
        unit="flag",
        sign=ADVERSE,
        code="TAX-MAJOR",
        zh=("被公布为重大税收违法失信主体", "未被公布为重大税收违法失信主体"),
        en=("It was published as a major tax violator", "It was not published as a major tax violator"),
    ),
    VIOLATION.one(
        "tax_violation_days_ago",
        violations(days_since_last(), ever(), missing=None),
        label="距最近一次税收违法决定的天数",
        label_en="Days since the newest decision on a tax violation",
        unit="days",
        sign=FAVOURABLE,
        code="TAX-VIOLATION",
        zh=("{value}天前曾有税收违法", "最近一次税收违法已过{value}天"),
        en=("A tax violation was established {value} days ago", "{value} days have passed since a tax violation"),
    ),
)

TAX_CONDUCT_FEATURES = (*TAX_STATE_FEATURES, *TAX_VIOLATION_FEATURES)
