"""Figures of an enterprise's peers: the others of its industry section and district at the last
month's end.

A reason made of them cites the group and its size (at least 20), never another firm.
"""

from features.definitions.court import COURT_FEATURES
from features.definitions.entry import CL0, CL1, Entry, own_definition
from features.definitions.penalty import PENALTY_FEATURES
from features.definitions.registration import REGISTRATION_FEATURES
from features.definitions.sales_invoice import SALES_INVOICE_FEATURES
from features.definitions.social_insurance import SOCIAL_INSURANCE_FEATURES
from features.definitions.tax import TAX_FEATURES
from features.definitions.utilities import UTILITIES_FEATURES
from features.engine.algebra import ADVERSE, FAVOURABLE, NEUTRAL, Population, Reason, Sign, Statistic

_KNOWN = {
    entry.name: entry
    for entry in (
        *REGISTRATION_FEATURES,
        *COURT_FEATURES,
        *PENALTY_FEATURES,
        *SALES_INVOICE_FEATURES,
        *SOCIAL_INSURANCE_FEATURES,
        *TAX_FEATURES,
        *UTILITIES_FEATURES,
    )
}
SECTION, DISTRICT = "industry_section", "registration_district"
MICRO = 1_000_000
"""Shares and changes are summed in millionths."""
_GROUPS = {
    "section": ((SECTION,), "同行业", "of the same industry section"),
    "district": ((DISTRICT,), "同区", "of the same district"),
    "section_district": ((SECTION, DISTRICT), "同区同行业", "of the same industry section and district"),
}


_MEASURES = {
    "tax_arrears_count_24m": ("欠税次数", "tax-arrears notices"),
    "tax_late_declarations_12p": ("逾期申报次数", "late declarations"),
    "sales_trend_6p": ("开票金额变化", "change of sales"),
    "sales_void_share_12p": ("作废发票占比", "share of voided invoices"),
    "insured_trend_3p": ("参保人数变化", "change of insured staff"),
    "power_trend_6p": ("用电量变化", "change of electricity use"),
    "defendant_cases_24m": ("被诉案件数", "cases as defendant"),
    "enforcement_open_count": ("未结被执行案件数", "open enforcement cases"),
    "penalties_36m": ("行政处罚次数", "administrative penalties"),
    "age_days": ("成立天数", "age in days"),
}


def peers(of: str, group: str, statistic: Statistic, sign: Sign, code: str) -> Entry:
    """A figure of the peers of one group."""
    (by, zh, en), (what, what_en), base = _GROUPS[group], _MEASURES[of], _KNOWN[of]
    parts = [base, *(_KNOWN[name] for name in by)]
    if statistic is Statistic.MEAN:
        prefix, label = "peer", f"{zh}其他企业的平均{what}"
        label_en = f"Mean {what_en} of other firms {en}"
    else:
        prefix, label = "above_peer", f"{what}与{zh}其他企业平均之差"
        label_en = f"{what_en.capitalize()} less the mean of other firms {en}"
    text, text_en = f"{label}为{{value}}", f"{label_en}: {{value}}"
    return Entry(
        name=f"{prefix}_{of}_{group}",
        definition=Population(
            statistic,
            own_definition(base),
            of,
            tuple(own_definition(_KNOWN[name]) for name in by),
            by,
            MICRO if base.unit in ("share", "change") else 1,
        ),
        label=label,
        label_en=label_en,
        unit="change" if statistic is Statistic.ABOVE and base.unit == "share" else base.unit,
        sign=sign,
        reason=Reason(code, text, text, text_en, text_en),
        reference="; ".join(dict.fromkeys(part.reference for part in parts)),
        consent=CL0 if all(part.consent == CL0 for part in parts) else CL1,
        purposes=tuple(purpose for purpose in base.purposes if all(purpose in part.purposes for part in parts)),
    )


_MEAN, _ABOVE = Statistic.MEAN, Statistic.ABOVE
POPULATION_FEATURES = (
    peers("tax_arrears_count_24m", "section_district", _MEAN, ADVERSE, "PEERS-ARREARS"),
    peers("tax_late_declarations_12p", "section", _MEAN, ADVERSE, "PEERS-TAX"),
    peers("tax_late_declarations_12p", "section_district", _ABOVE, ADVERSE, "PEERS-TAX"),
    peers("sales_trend_6p", "section", _MEAN, FAVOURABLE, "PEERS-SALES"),
    peers("sales_trend_6p", "section_district", _MEAN, FAVOURABLE, "PEERS-SALES"),
    peers("sales_trend_6p", "section", _ABOVE, FAVOURABLE, "PEERS-SALES-GAP"),
    peers("sales_void_share_12p", "section", _ABOVE, ADVERSE, "PEERS-VOID"),
    peers("insured_trend_3p", "section", _MEAN, FAVOURABLE, "PEERS-STAFF"),
    peers("insured_trend_3p", "section_district", _ABOVE, FAVOURABLE, "PEERS-STAFF-GAP"),
    peers("power_trend_6p", "section", _MEAN, FAVOURABLE, "PEERS-POWER"),
    peers("power_trend_6p", "section", _ABOVE, FAVOURABLE, "PEERS-POWER-GAP"),
    peers("defendant_cases_24m", "section_district", _MEAN, ADVERSE, "PEERS-COURT"),
    peers("defendant_cases_24m", "district", _MEAN, ADVERSE, "PEERS-COURT"),
    peers("enforcement_open_count", "section", _MEAN, ADVERSE, "PEERS-ENFORCED"),
    peers("penalties_36m", "section", _MEAN, ADVERSE, "PEERS-PENALTY"),
    peers("age_days", "section_district", _MEAN, NEUTRAL, "PEERS-AGE"),
)
