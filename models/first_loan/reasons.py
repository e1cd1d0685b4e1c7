"""What first_loan may say: its reason codes, and the features whose points each of them gathers.

The order is that of the model's matrix. No loan, bank, guarantee or need of finance is among them. Enforcement and the
dishonest-debtor list are left out too: they mostly follow a loan gone bad, which is history of credit by a back door.
Features that say nearly the same share a code of the model's own, as in sme_default.
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
    "CUSTOMERS": ("sales_top1_bp_12p", "sales_top5_bp_12p", "sales_counterparties_12p"),
    "INVOICE-VOID": ("sales_void_share_12p",),
    "INVOICE-RED": ("sales_red_amount_share_12p",),
    "STAFF-COURSE": ("insured_trend_3p", "staff_net_leaving_6p"),
    "STAFF-CONTRIBUTIONS": ("social_insurance_paid_share_6p",),
    "POWER-TREND": ("power_trend_6p",),
    "POWER-PAYMENT": ("power_unpaid_share_6p",),
    "POWER-ARREARS": ("power_arrears_count_24m",),
    "COURT-DEFENDANT": ("defendant_cases_24m",),
    "PENALTY": ("penalties_36m", "penalty_fines_36m"),
}
