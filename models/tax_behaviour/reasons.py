"""What tax_behaviour may say: its reason codes, and the features whose points each of them gathers.

All from the tax bureau: registration (F13), grade (F14), declarations (F15), arrears (F18) and violations (F19). The
order is that of the model's matrix. Features that say nearly the same share a code of the model's own.
"""

REASONS: dict[str, tuple[str, ...]] = {
    "TAX-GRADE": ("tax_grade",),
    "TAX-LATE": ("tax_late_declarations_12p", "tax_late_days_6p"),
    "TAX-PAYMENT": ("tax_paid_share_12p",),
    "TAX-SCALE": ("tax_paid_12p", "taxpayer_general"),
    "TAX-TREND": ("tax_paid_trend_6p",),
    "TAX-ZERO": ("zero_vat_declarations_12p",),
    "TAX-ARREARS": ("tax_arrears_count_24m", "tax_arrears_open"),
    "TAX-STANDING": ("taxpayer_normal", "taxpayer_state_changes_24m", "taxpayer_abnormal_36m"),
    "TAX-VIOLATION": ("tax_violations_36m", "tax_violation_fen_36m"),
}
