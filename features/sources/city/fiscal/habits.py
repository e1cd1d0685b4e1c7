"""How the records of this group answer to the hidden state.

Rates are per month and enterprise; `stress`, `integrity` and `quality` are changes of log-odds or of a logarithm.
"""

from datetime import date

from features.sources.city.shapes import Delay, Effect, Positive, Rate, Share, Size, Spread, Strict


class TaxRegistrationHabits(Strict):
    """merged_on, rebuilt_share: when tax systems merged, and how many older states were given that day."""

    delay_months: Delay
    abnormal: Rate
    stress: Effect
    integrity: Effect
    suspended: Rate
    restored_share: Share
    restored_days: Positive
    dormant_share: Share
    merged_on: date
    rebuilt_share: Share


class TaxViolationHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: Effect
    integrity: Effect
    major_share: Share
    amount_scale: Positive


class ExportRefundHabits(Strict):
    refunded_share: Share
    class_integrity: Effect


class FinancialStatementHabits(Strict):
    """Log-odds: skipped of a statement, debt of liabilities in assets, cash in current assets.

    sole_traders: share of those in business who keep books and file. amended: statements filed a second time.
    follows_sales: how far assets and fixed costs go with the sales of the last year; 0 not at all, 1 in proportion.
    """

    skipped: Effect
    skipped_sigma: Spread
    skipped_stress: Effect
    sole_traders: Share
    amended: Share
    follows_sales: Share
    zero_share: Share
    unbalanced_share: Share
    wrong_sign_share: Share
    debt: Effect
    debt_leverage: Effect
    debt_stress: Effect
    cash: Effect
    cash_stress: Effect
    own_sigma: Spread
    reporting_bias: Effect
    margin: Effect
    margin_quality: Effect
    margin_stress: Effect
    own_margin_sigma: Spread


class InsuranceArrearsHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: Effect
    integrity: Effect
    cleared_share: Share
    cleared_days: Positive


class HousingFundHabits(Strict):
    """accounts: share of employers with insured staff that have an account. unpaid: log-odds of a missed month."""

    delay_months: Delay
    accounts: dict[Size, Share]
    unpaid: Effect
    unpaid_stress: Effect
    unpaid_sigma: Spread
    uncoded_share: Share


class LabourDisputeHabits(Strict):
    delay_months: Delay
    rate: Rate
    by_size: dict[Size, Positive]
    stress: Effect
    integrity: Effect
    closed_share: Share
    closed_days: Positive


class CustomsHabits(Strict):
    """traders: share of makers and merchants that trade abroad. regular: log-odds of a month with trade."""

    delay_months: Delay
    traders: dict[Size, Share]
    regular: Effect
    regular_stress: Effect
    agent_share: Share
    certified: Rate
    certified_quality: Effect
    dishonest: Rate
    dishonest_integrity: Effect


class SubsidyHabits(Strict):
    rate: Rate
    by_size: dict[Size, Positive]
    quality: Effect
    median_yuan: Positive
    recovered: Share


class ProcurementHabits(Strict):
    """bidders: share of firms that take part in tenders; rate: their bids in a month. won: log-odds of a bid."""

    delay_months: Delay
    bidders: dict[Size, Share]
    rate: Rate
    won: Effect
    won_quality: Effect
    broken: Rate
    broken_stress: Effect
    broken_integrity: Effect
    consortium_share: Share


class PaymentComplaintHabits(Strict):
    delay_months: Delay
    respondent: Rate
    stress: Effect
    complainant: Rate
    settled_days: Positive


class FiscalHabits(Strict):
    """One field a feed; customs stand for F44 and F45, and for the exports F20 refunds."""

    tax_registration: TaxRegistrationHabits
    tax_violation: TaxViolationHabits
    export_refund: ExportRefundHabits
    financial_statement: FinancialStatementHabits
    insurance_arrears: InsuranceArrearsHabits
    housing_fund: HousingFundHabits
    labour_dispute: LabourDisputeHabits
    customs: CustomsHabits
    subsidy: SubsidyHabits
    procurement: ProcurementHabits
    payment_complaint: PaymentComplaintHabits
