"""How the records of this group answer to the hidden state."""

from features.sources.city.shapes import Delay, Positive, Rate, Share, Strict


class ShareholderHabits(Strict):
    """holders: mean beside the first. paid: log-odds of paying the whole at entry; overdue: of not paying when due."""

    holders: Positive
    paid: float
    paid_quality: float
    paid_leverage: float
    pays_later: Share
    overdue: float
    overdue_leverage: float
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
    stress: float


class AnnualReportHabits(Strict):
    """skip: log-odds of not reporting in time. made_up: logarithm by which less integrity inflates what is reported."""

    skip: float
    skip_stress: float
    skip_integrity: float
    skip_dormant: float
    cured_share: Share
    cured_days: Positive
    amended: Share
    zeros: float
    zeros_stress: float
    made_up: float
    margin: float
    margin_quality: float
    margin_stress: float
    margin_sigma: Positive
    liabilities: float
    liabilities_leverage: float
    liabilities_stress: float
    liabilities_sigma: Positive
    wrong_unit: Share
    public: Share


class AbnormalListingHabits(Strict):
    """Listings beside those for reports not made. rate: of enterprises that cannot be found, by month."""

    delay_months: Delay
    rate: Rate
    stress: float
    integrity: float
    dormant: float
    other_rate: Rate
    removed_share: Share
    removed_days: Positive


class SeriousViolationHabits(Strict):
    rate: Rate
    integrity: float
    removed_share: Share
    twice: Share


class DeregistrationHabits(Strict):
    simple: Share
    undated: Share


class InspectionHabits(Strict):
    """Log-odds of each finding against a normal result."""

    rate: Rate
    to_correct: float
    abnormal: float
    not_found: float
    unlawful: float
    integrity: float
    not_found_dormant: float
    not_found_stress: float
    uncoded: Share


class EquityPledgeHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: float
    leverage: float
    released_share: Share
    released_days: Positive
    in_shares: Share


class MovableSecurityHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: float
    leverage: float
    ended_share: Share
    debt_unstated: Share


class ComplaintHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: float
    quality: float
    integrity: float
    size: float
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
