"""What sba_default may say: its reason codes, and the features whose points each of them gathers.

Only what the application said and how others' loans had gone by then. Term, disbursement and balances are written or
written anew after the approval, and the weight of a row tells how it was drawn: none of them is a feature.
"""

REASONS: dict[str, tuple[str, ...]] = {
    "LOAN-AMOUNT": ("guaranteed_loan_amount",),
    "LOAN-COVER": ("guaranteed_loan_cover",),
    "LOAN-STAFF": ("guaranteed_loan_employees", "guaranteed_loan_jobs_created", "guaranteed_loan_jobs_retained"),
    "LOAN-NEW-FIRM": ("guaranteed_loan_new_firm",),
    "LOAN-FRANCHISE": ("guaranteed_loan_franchise",),
    "LOAN-AREA": ("guaranteed_loan_urban",),
    "LOAN-REVOLVING": ("guaranteed_loan_revolving",),
    "LOAN-SHORT-FORM": ("guaranteed_loan_short_form",),
    "LOAN-SECTOR": ("guaranteed_loan_sector",),
    "LOAN-STATE": ("guaranteed_loan_state",),
    "LOAN-LENDER": ("guaranteed_loan_lender_state", "guaranteed_loan_lender_near"),
    "LOAN-RATE-LENDER": ("guaranteed_loan_bad_rate_lender",),
    "LOAN-RATE-STATE": ("guaranteed_loan_bad_rate_state",),
    "LOAN-RATE-SECTOR": ("guaranteed_loan_bad_rate_sector",),
    "LOAN-RATE-STATE-SECTOR": ("guaranteed_loan_bad_rate_state_sector",),
}
