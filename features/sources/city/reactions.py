"""Parameters of the records: how they answer to the hidden state, when they arrive, what is wrong with them."""

from features.sources.city.shapes import Delay, Lag, Persistence, Positive, Rate, Share, Span, Strict


class SideHabits(Strict):
    """One side's invoices: log-odds typical of a firm and their spread between firms.

    partners: that another invoice meets another counterparty. busy_days: invoices are written on n ** busy_days days.
    """

    partners: float
    partners_sigma: Positive
    top1: float
    top1_sigma: Positive
    void: float
    void_sigma: Positive
    red: float
    red_sigma: Positive
    busy_days: Share


class InvoiceReaction(Strict):
    sales_stress: float
    own_persistence: Persistence
    own_sigma: Positive
    stock_sigma: Positive
    pause: float
    pause_stress: float
    void_stress: float
    red_stress: float
    top1_stress: float
    partners_stress: float
    purchase_margin: float
    margin_quality: float
    sales: SideHabits
    purchases: SideHabits


class CounterpartyReaction(Strict):
    churn: Share
    churn_stress: float


class TaxReaction(Strict):
    delay_months: Delay
    late: float
    late_stress: float
    late_integrity: float
    late_sigma: Positive
    late_days: Positive
    late_days_stress: float
    unpaid: float
    unpaid_stress: float
    profit_margin: float
    margin_quality: float
    margin_stress: float
    margin_sigma: Positive
    own_margin_sigma: Positive


class GradeReaction(Strict):
    mean: float
    integrity: float
    stress: float
    sigma: Positive
    direct_d: Share


class TaxArrearsReaction(Strict):
    delay_months: Delay
    rate: Rate
    stress: float
    integrity: float
    cleared_share: Share
    cleared_days: Positive


class StaffReaction(Strict):
    delay_months: Delay
    leave: Rate
    leave_stress: float
    hire: Rate
    hire_stress: float
    unpaid: float
    unpaid_stress: float


class PowerReaction(Strict):
    delay_months: Delay
    use_stress: float
    own_sigma: Positive
    late: float
    late_stress: float
    late_sigma: Positive


class PowerArrearsReaction(Strict):
    delay_months: Delay
    rate: Rate
    stress: float
    cleared_share: Share
    cleared_days: Positive
    theft_share: Share


class ChangeReaction(Strict):
    rate: Rate
    stress: float


class PenaltyReaction(Strict):
    rate: Rate
    integrity: float
    repaired_share: Share


class CourtReaction(Strict):
    delay_months: Delay
    defendant: Rate
    stress: float
    plaintiff: Rate
    name_only: Share
    amount_absent: Share
    judged_days: Positive
    enforced_share: Share
    dormant_defendant: Rate
    dormant_enforced_share: Share


class AfterDefault(Strict):
    sued_share: Share
    sued_months: Span
    enforced_share: Share
    enforced_months: Span
    listed_share: Share
    listed_months: Span


class FeedReactions(Strict):
    invoices: InvoiceReaction
    counterparties: CounterpartyReaction
    tax: TaxReaction
    grade: GradeReaction
    tax_arrears: TaxArrearsReaction
    staff: StaffReaction
    power: PowerReaction
    power_arrears: PowerArrearsReaction
    change: ChangeReaction
    penalty: PenaltyReaction
    court: CourtReaction
    after_default: AfterDefault


class LagProfile(Strict):
    publish: Lag
    receive: Lag


class DirtParameters(Strict):
    wrong_check_character: Share
    full_width: Share
    negative: Share
    unit_mixed: Share
    future_event: Share
    published_before: Share
    outage_every_months: Positive
    outage_days: Span
    new_codes_a_year: Positive
    new_code_days: Span
    new_code_share: Share
    same_name: Share
    branch_named: Share
    optional_missing: Share
    late: Share
    late_days: Span
    corrected: Share
    corrected_after_days: Span
    withdrawn: Share
    duplicated: Share
    cleared_flag_missing: Share
