"""Parameters of the records: how they answer to the hidden state, when they arrive, what is wrong with them."""

from typing import Any, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator

from features.sources.city.arrays import Floats
from features.sources.city.exposure import DELIVERED, rates_of
from features.sources.city.shapes import (
    Delay,
    Effect,
    Lag,
    Persistence,
    Points,
    Positive,
    Rate,
    Share,
    Span,
    Spread,
    Strict,
)


class Habit(Strict):
    """One way in which firms differ: what is typical, the spread between firms, and what goes with it.

    by_number: change for e times as many invoices. by_orders: for one standard deviation more of living on few large
    orders.
    """

    typical: Effect
    sigma: Spread
    by_number: Effect = 0.0
    by_orders: Effect = 0.0

    def of_firms(self, orders: Floats, chance: np.random.Generator, number: Floats | float = 0.0) -> Floats:
        """(firms,) which stays the same from month to month. number: logarithm of invoices beside what is usual."""
        known = self.typical + self.by_number * number + self.by_orders * orders
        return known + self.sigma * chance.standard_normal(len(orders))


class SideHabits(Strict):
    """One side's invoices, log-odds unless said otherwise.

    amounts: how far a firm's months differ, in logarithms, with `persistence` from month to month. ticket: logarithm
    of an invoice's amount, beside what firms of such a size write. partners: that another invoice meets another
    counterparty. busy_days: invoices are written on n ** busy_days days.
    """

    persistence: Persistence
    amounts: Habit
    ticket: Habit
    partners: Habit
    partners_least: Share
    top1: Habit
    top1_least: Share
    void: Habit
    red: Habit
    busy_days: Habit


class InvoiceReaction(Strict):
    sales_stress: Effect
    orders_correlation: Share
    purchases_follow: Share
    pause: Effect
    pause_stress: Effect
    void_stress: Effect
    red_stress: Effect
    top1_stress: Effect
    partners_stress: Effect
    purchase_margin: Effect
    margin_quality: Effect
    sales: SideHabits
    purchases: SideHabits


class CounterpartyReaction(Strict):
    churn: Share
    churn_stress: Effect


class TaxReaction(Strict):
    delay_months: Delay
    late: Effect
    late_stress: Effect
    late_integrity: Effect
    late_sigma: Spread
    late_days: Positive
    late_days_stress: Effect
    unpaid: Effect
    unpaid_stress: Effect
    profit_margin: Effect
    margin_quality: Effect
    margin_stress: Effect
    margin_sigma: Spread
    own_margin_sigma: Spread


class GradeReaction(Strict):
    mean: Points
    integrity: Effect
    stress: Effect
    sigma: Spread
    direct_d: Share


class TaxArrearsReaction(Strict):
    delay_months: Delay
    rate: Rate
    stress: Effect
    integrity: Effect
    cleared_share: Share
    cleared_days: Positive


class StaffReaction(Strict):
    delay_months: Delay
    leave: Rate
    leave_stress: Effect
    hire: Rate
    hire_stress: Effect
    unpaid: Effect
    unpaid_stress: Effect


class PowerReaction(Strict):
    delay_months: Delay
    use_stress: Effect
    own_sigma: Spread
    late: Effect
    late_stress: Effect
    late_sigma: Spread


class PowerArrearsReaction(Strict):
    delay_months: Delay
    rate: Rate
    stress: Effect
    cleared_share: Share
    cleared_days: Positive
    theft_share: Share


class ChangeReaction(Strict):
    rate: Rate
    stress: Effect


class PenaltyReaction(Strict):
    rate: Rate
    integrity: Effect
    repaired_share: Share


class CourtReaction(Strict):
    delay_months: Delay
    defendant: Rate
    stress: Effect
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


class DirtRates(Strict):
    """What goes wrong on the way. Cities written before a rate was thought of have none of it."""

    wrong_check_character: Share
    full_width: Share
    number_only: Share = 0.0
    number_only_before_2016: Share = 0.0
    negative: Share
    unit_mixed: Share
    future_event: Share
    published_before: Share
    outage_every_months: Positive
    outage_days: Span
    new_codes_a_year: Positive
    new_code_days: Span
    new_code_share: Share
    optional_missing: Share
    lost_characters: Share = 0.0
    class_of_2011: Share = 0.0
    renamed_columns_a_year: Share = 0.0
    late: Share
    late_days: Span
    corrected: Share
    corrected_after_days: Span
    withdrawn: Share
    duplicated: Share


class DirtParameters(DirtRates):
    """The rates of every feed, and under `feeds` those of a feed that has its own."""

    same_name: Share
    branch_named: Share
    cleared_flag_missing: Share
    feeds: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _rates_of_feeds(self) -> Self:
        for feed, named in self.feeds.items():
            if feed not in DELIVERED:
                raise ValueError(f"feeds names {feed}, which no city delivers; leave it out")
            possible = rates_of(feed)
            unknown = sorted(set(named) - possible)
            if unknown:
                known = ", ".join(sorted(possible))
                raise ValueError(f"feeds.{feed} names {unknown[0]}, which cannot be of that feed; it may have {known}")
            try:
                self.of(feed)
            except ValidationError as problem:
                first = problem.errors()[0]
                raise ValueError(f"feeds.{feed}.{first['loc'][0]}: {first['msg']}") from problem
        return self

    def of(self, feed: str) -> DirtRates:
        """The rates of one feed."""
        rates = {name: getattr(self, name) for name in DirtRates.model_fields}
        return DirtRates.model_validate(rates | self.feeds.get(feed, {}))
