"""How courts' and supervisors' records answer to the hidden state; rates are per month of an open, trading firm."""

from features.sources.city.shapes import Delay, Effect, Points, Positive, Rate, Share, Spread, Strict


class RestrictionHabits(Strict):
    """share: of enforcements that come with a restriction."""

    share: Share


class FreezeHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: Effect
    freed_share: Share
    renewed_share: Share


class InsolvencyHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: Effect
    restructured_share: Share


class PerformanceHabits(Strict):
    """willing: log-odds that a judgment is performed before anybody enforces it."""

    willing: Effect
    integrity: Effect
    listed_share: Share


class LicenceHabits(Strict):
    rate: Rate
    quality: Effect
    twice_share: Share
    ended_share: Share
    ended_integrity: Effect


class ListHabits(Strict):
    red: Rate
    black: Rate
    focus: Rate
    quality: Effect
    integrity: Effect


class CommitmentHabits(Strict):
    """kept: log-odds that one is kept in time."""

    rate: Rate
    kept: Effect
    integrity: Effect
    stress: Effect
    due_missing: Share


class HonourHabits(Strict):
    rate: Rate
    quality: Effect
    own_sigma: Spread
    personal_share: Share
    unclosed_share: Share
    refused_share: Share


class EnvironmentHabits(Strict):
    """rated_share: of the enterprises whose trade bears on the environment."""

    rated_share: Share
    mean: Points
    integrity: Effect
    sigma: Spread


class DischargeHabits(Strict):
    permit_share: Share
    exceed_days: Positive
    integrity: Effect
    own_sigma: Spread
    gap_share: Share


class SafetyHabits(Strict):
    rate: Rate
    hazards: Positive
    integrity: Effect
    accident_share: Share
    fixed: Effect
    fixed_integrity: Effect


class FireHabits(Strict):
    rate: Rate
    failed: Effect
    integrity: Effect
    name_only: Share


class ConstructionHabits(Strict):
    delay_months: Delay
    assessed_share: Share
    rate: Rate
    mean: Points
    quality: Effect
    stress: Effect
    sigma: Spread
    bad_acts: Positive
    integrity: Effect


class TransportHabits(Strict):
    rate: Rate
    yuan_per_vehicle: Positive
    integrity: Effect
    own_sigma: Spread


class JusticeHabits(Strict):
    """One field a feed."""

    restrictions: RestrictionHabits
    freezes: FreezeHabits
    insolvency: InsolvencyHabits
    performances: PerformanceHabits
    licences: LicenceHabits
    lists: ListHabits
    commitments: CommitmentHabits
    honours: HonourHabits
    environment: EnvironmentHabits
    discharge: DischargeHabits
    safety: SafetyHabits
    fire: FireHabits
    construction: ConstructionHabits
    transport: TransportHabits
