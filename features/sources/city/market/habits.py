"""How the records of this group answer to the hidden state."""

from features.sources.city.shapes import Delay, Effect, Positive, Rate, Share, Spread, Strict


class ShareholderHabits(Strict):
    """holders: mean beside the first. paid: log-odds of paying the whole at entry; overdue: of not paying when due."""

    holders: Positive
    paid: Effect
    paid_quality: Effect
    paid_leverage: Effect
    pays_later: Share
    overdue: Effect
    overdue_leverage: Effect
    company: Share
    by_name: Share
    wrong_share: Share


class OfficerHabits(Strict):
    """director, supervisor, manager, liaison: how many enterprises name one. rate: of replacing each, by month."""

    delay_months: Delay
    director: Share
    supervisor: Share
    manager: Share
    liaison: Share
    rate: Rate
    stress: Effect


class AnnualReportHabits(Strict):
    """skip: log-odds of not reporting in time. made_up: logarithm by which less integrity inflates what is reported."""

    skip: Effect
    skip_stress: Effect
    skip_integrity: Effect
    skip_dormant: Effect
    cured_share: Share
    cured_days: Positive
    amended: Share
    zeros: Effect
    zeros_stress: Effect
    made_up: Effect
    margin: Effect
    margin_quality: Effect
    margin_stress: Effect
    margin_sigma: Spread
    liabilities: Effect
    liabilities_leverage: Effect
    liabilities_stress: Effect
    liabilities_sigma: Spread
    wrong_unit: Share
    public: Share


class AbnormalListingHabits(Strict):
    """Listings beside those for reports not made. rate: of enterprises that cannot be found, by month."""

    delay_months: Delay
    rate: Rate
    stress: Effect
    integrity: Effect
    dormant: Effect
    other_rate: Rate
    removed_share: Share
    removed_days: Positive


class SeriousViolationHabits(Strict):
    rate: Rate
    integrity: Effect
    removed_share: Share
    twice: Share


class DeregistrationHabits(Strict):
    simple: Share
    undated: Share


class InspectionHabits(Strict):
    """Log-odds of each finding against a normal result."""

    rate: Rate
    to_correct: Effect
    abnormal: Effect
    not_found: Effect
    unlawful: Effect
    integrity: Effect
    not_found_dormant: Effect
    not_found_stress: Effect
    uncoded: Share


class EquityPledgeHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: Effect
    leverage: Effect
    released_share: Share
    released_days: Positive
    in_shares: Share


class MovableSecurityHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: Effect
    leverage: Effect
    ended_share: Share
    debt_unstated: Share


class ComplaintHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: Effect
    quality: Effect
    integrity: Effect
    size: Effect
    by_shop_name: Share
    sign_only: Share
    days_to_close: Positive


class MarketHabits(Strict):
    """One field a feed."""

    shareholder: ShareholderHabits
    officer: OfficerHabits
    annual_report: AnnualReportHabits
    abnormal_listing: AbnormalListingHabits
    serious_violation: SeriousViolationHabits
    deregistration: DeregistrationHabits
    inspection: InspectionHabits
    equity_pledge: EquityPledgeHabits
    movable_security: MovableSecurityHabits
    complaint: ComplaintHabits
