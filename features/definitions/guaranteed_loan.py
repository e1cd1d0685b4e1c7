"""Guaranteed loans (F62L): what was applied for, and how often the others of a group were charged off.

An application is read from its approval; nothing that came later is in that record. A row's weight tells how a sample
was drawn, and so its outcome: it enters sums of others only, never a feature of its own loan.
"""

from features.contracts.guaranteed_loan import (
    APPROVED,
    CHARGED_OFF,
    EXISTING,
    GUARANTEED_LOAN,
    NEW,
    NO,
    RURAL,
    URBAN,
    YES,
)
from features.definitions.entry import CL1, Entry
from features.definitions.families import Family
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Feature,
    GroupRate,
    Reason,
    Sign,
    Statistic,
    latest,
    ratio,
    total,
)
from features.engine.rows import Expression, col
from features.engine.windows import ever, months

LOANS = Family(reference="《融资担保公司监督管理条例》;政府性担保计划的贷款台账(F62L)")
STATES = (
    *("AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI", "IA", "ID", "IL", "IN", "KS"),
    *("KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY"),
    *("OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY"),
)
SECTORS = (
    *("11", "21", "22", "23", "31", "32", "33", "42", "44", "45", "48", "49"),
    *("51", "52", "53", "54", "55", "56", "61", "62", "71", "72", "81", "92"),
)
"""Sectors of the North American industry classification, by their first two digits."""
LEAST_OTHERS = 30
"""Approvals of others below which a group's rate is not told."""

IS_APPROVAL, IS_CHARGE_OFF = col("stage").equals(APPROVED), col("stage").equals(CHARGED_OFF)


def applied(value: Expression, categories: tuple[str, ...] = ()) -> Feature:
    """What the newest approval says."""
    return Feature(feed=GUARANTEED_LOAN, take=latest(value, categories=categories), within=ever(), where=IS_APPROVAL)


AMOUNT, GUARANTEED = applied(col("amount_usd_cents")), applied(col("guaranteed_usd_cents"))


def _flag(column: str, yes: str, no: str) -> Feature:
    return applied(col(column).mapped({yes: 1, no: 0}))


def _people(name: str, column: str, zh: str, en: str) -> Entry:
    return LOANS.one(
        f"guaranteed_loan_{name}",
        applied(col(column)),
        label=f"担保贷款申请时{zh}",
        label_en=f"{en} on the application for a guaranteed loan",
        unit="people",
        sign=NEUTRAL,
        code="LOAN-STAFF",
        zh=f"申请担保贷款时{zh}{{value}}人",
        en=f"{en} on the application: {{value}}",
    )


_APPLICATION = (
    LOANS.one(
        "guaranteed_loan_amount",
        AMOUNT,
        label="担保贷款批准金额",
        label_en="Amount of the guaranteed loan",
        unit="US cents",
        sign=NEUTRAL,
        code="LOAN-AMOUNT",
        zh="担保贷款批准金额{value}美分",
        en="The guaranteed loan is of {value} US cents",
    ),
    LOANS.one(
        "guaranteed_loan_cover",
        ratio(GUARANTEED, AMOUNT),
        label="担保贷款的担保比例",
        label_en="Share of the loan that is guaranteed",
        unit="share",
        sign=NEUTRAL,
        code="LOAN-COVER",
        zh="贷款的{value}有担保",
        en="{value} of the loan is guaranteed",
    ),
    _people("employees", "employees", "员工人数", "Employees"),
    _people("jobs_created", "jobs_created", "拟新增岗位", "Jobs to be created"),
    _people("jobs_retained", "jobs_retained", "拟保留岗位", "Jobs to be kept"),
    LOANS.one(
        "guaranteed_loan_new_firm",
        _flag("firm_stage", NEW, EXISTING),
        label="申请担保贷款时是否新办企业(1为新办)",
        label_en="Whether the firm was new when it applied for a guaranteed loan (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="LOAN-NEW-FIRM",
        zh=("申请担保贷款时为新办企业", "申请担保贷款时已经营"),
        en=("The firm was new when it applied", "The firm was in business when it applied"),
    ),
    LOANS.one(
        "guaranteed_loan_franchise",
        _flag("franchise", YES, NO),
        label="担保贷款是否用于特许经营(1为是)",
        label_en="Whether the guaranteed loan is for a franchise (1 = yes)",
        unit="flag",
        sign=NEUTRAL,
        code="LOAN-FRANCHISE",
        zh="担保贷款与特许经营有关",
        en="Whether the loan is for a franchise counted",
    ),
    LOANS.one(
        "guaranteed_loan_urban",
        _flag("area", URBAN, RURAL),
        label="担保贷款借款人是否在城市(1为城市)",
        label_en="Whether the borrower of the guaranteed loan is in a town (1 = yes)",
        unit="flag",
        sign=NEUTRAL,
        code="LOAN-AREA",
        zh="借款人所在地的城乡类别",
        en="Whether the borrower is in a town counted",
    ),
    LOANS.one(
        "guaranteed_loan_revolving",
        _flag("revolving", YES, NO),
        label="担保贷款是否循环额度(1为是)",
        label_en="Whether the guaranteed loan is a revolving line (1 = yes)",
        unit="flag",
        sign=NEUTRAL,
        code="LOAN-REVOLVING",
        zh="担保贷款的循环额度安排",
        en="Whether the loan is a revolving line counted",
    ),
    LOANS.one(
        "guaranteed_loan_short_form",
        _flag("short_form", YES, NO),
        label="担保贷款是否简易申请(1为是)",
        label_en="Whether the guaranteed loan came by the short form (1 = yes)",
        unit="flag",
        sign=NEUTRAL,
        code="LOAN-SHORT-FORM",
        zh="担保贷款的申请方式",
        en="Whether the loan came by the short form counted",
    ),
    LOANS.one(
        "guaranteed_loan_sector",
        applied(col("sector"), SECTORS),
        label="担保贷款借款人行业",
        label_en="Sector of the guaranteed loan's borrower (NAICS)",
        unit="class",
        sign=NEUTRAL,
        code="LOAN-SECTOR",
        zh="借款人行业为{value}",
        en="The borrower's sector is {value}",
    ),
    LOANS.one(
        "guaranteed_loan_state",
        applied(col("state"), STATES),
        label="担保贷款借款人所在州",
        label_en="State of the guaranteed loan's borrower",
        unit="class",
        sign=NEUTRAL,
        code="LOAN-STATE",
        zh="借款人所在州为{value}",
        en="The borrower's state is {value}",
    ),
    LOANS.one(
        "guaranteed_loan_lender_state",
        applied(col("lender_state"), STATES),
        label="担保贷款机构所在州",
        label_en="State of the guaranteed loan's lender",
        unit="class",
        sign=NEUTRAL,
        code="LOAN-LENDER",
        zh="贷款机构所在州为{value}",
        en="The lender's state is {value}",
    ),
    LOANS.one(
        "guaranteed_loan_lender_near",
        _flag("lender_near", YES, NO),
        label="担保贷款机构与借款人是否同州(1为同州)",
        label_en="Whether lender and borrower of the guaranteed loan share a state (1 = yes)",
        unit="flag",
        sign=FAVOURABLE,
        code="LOAN-LENDER",
        zh=("贷款机构不在借款人所在州", "贷款机构与借款人同州"),
        en=("The lender is of another state", "The lender is of the borrower's state"),
    ),
)


def _part(name: str, definition: Feature) -> Entry:
    """A part of figures of peers, which nobody reads by itself."""
    return LOANS.one(name, definition, label=name, label_en=name, unit="items", sign=NEUTRAL, code="PART", zh="", en="")


CHARGED_OFF_60M = _part(
    "guaranteed_loan_charged_off_60m",
    Feature(feed=GUARANTEED_LOAN, take=total(col("weight_milli")), within=months(60), where=IS_CHARGE_OFF),
)
APPROVED_60M = _part(
    "guaranteed_loan_approved_60m",
    Feature(feed=GUARANTEED_LOAN, take=total(col("weight_milli")), within=months(60), where=IS_APPROVAL),
)
LENDER = _part("guaranteed_loan_lender_no", Feature(feed=GUARANTEED_LOAN, take=latest(col("lender_no")), within=ever()))
GUARANTEED_LOAN_PARTS = (CHARGED_OFF_60M, APPROVED_60M, LENDER)

_NAMED = {entry.name: entry for entry in (*_APPLICATION, LENDER)}


def _rate(group: str, by: tuple[str, ...], zh: str, en: str) -> Entry:
    """Charge-offs known in the last five years over approvals in them, of the others of a group."""
    label, label_en = f"{zh}担保贷款近5年核销率", f"Charge-off rate of guaranteed loans of {en} in five years"
    return Entry(
        name=f"guaranteed_loan_bad_rate_{group}",
        definition=GroupRate(
            statistic=Statistic.RATE,
            of=_definition(CHARGED_OFF_60M),
            of_name=CHARGED_OFF_60M.name,
            by=tuple(_definition(_NAMED[name]) for name in by),
            by_names=by,
            scale=1,
            least=LEAST_OTHERS,
            whole=_definition(APPROVED_60M),
            whole_name=APPROVED_60M.name,
        ),
        label=label,
        label_en=label_en,
        unit="share",
        sign=Sign.ADVERSE,
        reason=Reason(
            f"LOAN-RATE-{group.upper().replace('_', '-')}",
            f"{label}为{{value}}",
            f"{label}为{{value}}",
            f"{label_en}: {{value}}",
            f"{label_en}: {{value}}",
        ),
        reference=LOANS.reference,
        consent=CL1,
    )


def _definition(entry: Entry) -> Feature:
    if not isinstance(entry.definition, Feature):
        raise TypeError(f"{entry.name} is no aggregate of records.")
    return entry.definition


_STATE, _SECTOR = "guaranteed_loan_state", "guaranteed_loan_sector"
GUARANTEED_LOAN_FEATURES = (
    *_APPLICATION,
    _rate("lender", (LENDER.name,), "同一贷款机构其他", "the same lender's others"),
    _rate("state", (_STATE,), "同州其他", "others of the same state"),
    _rate("sector", (_SECTOR,), "同行业其他", "others of the same sector"),
    _rate("state_sector", (_STATE, _SECTOR), "同州同行业其他", "others of the same state and sector"),
)
