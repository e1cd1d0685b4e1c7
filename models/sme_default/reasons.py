"""What sme_default may say: its reason codes, and the features whose points each of them gathers.

The order is that of the model's matrix. Nothing about a loan, a bank or its verdict is among them, and nothing
about persons. Enforcement and the dishonest-debtor list mostly follow a default: read as of the day before a loan,
they speak of older debts only.

Features that say nearly the same (rank correlation above 0.5 on a city's loans) share a code of the model's own: on
which of them a fit leans is chance, and a reason must not hang on it. The sentence is of the feature that counts most.
"""

REASONS: dict[str, tuple[str, ...]] = {
    "AGE": ("age_days",),
    "BUSINESS-SCALE": ("registered_capital", "tax_paid_12p", "sales_amount_12p", "insured_staff"),
    "BUSINESS-TREND": ("tax_paid_trend_6p", "sales_trend_6p", "sales_yoy_3p"),
    "INDUSTRY": ("industry_section",),
    "CONTROL-CHANGE": ("control_changes_12m",),
    "ADDRESS-CHANGE": ("address_changes_24m",),
    "TAX-GRADE": ("tax_grade",),
    "TAX-LATE": ("tax_late_declarations_12p", "tax_late_days_6p"),
    "TAX-PAYMENT": ("tax_paid_share_12p",),
    "TAX-ZERO": ("zero_vat_declarations_12p",),
    "TAX-ARREARS": ("tax_arrears_count_24m", "tax_arrears_open"),
    "SALES-RHYTHM": ("sales_active_months_12p", "sales_gap_days_12p", "sales_recency_days"),
    "SALES-VOLATILITY": ("sales_peak_month_12p", "sales_low_month_12p"),
    "CUSTOMERS": ("sales_top1_bp_12p", "sales_top5_bp_12p", "sales_counterparties_12p"),
    "INVOICE-VOID": ("sales_void_share_12p",),
    "INVOICE-RED": ("sales_red_amount_share_12p",),
    "PURCHASE-TREND": ("purchase_trend_6p",),
    "STAFF-COURSE": ("insured_trend_3p", "staff_net_leaving_6p"),
    "STAFF-CONTRIBUTIONS": ("social_insurance_paid_share_6p",),
    "POWER-TREND": ("power_trend_6p",),
    "POWER-PAYMENT": ("power_unpaid_share_6p",),
    "POWER-ARREARS": ("power_arrears_count_24m",),
    "COURT-DEFENDANT": ("defendant_cases_24m",),
    "ENFORCEMENT": ("enforcement_open_count", "enforcement_open_fen"),
    "DISHONEST-LIST": ("dishonest_listed",),
    "PENALTY": ("penalties_36m", "penalty_fines_36m"),
}
