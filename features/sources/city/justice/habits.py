"""How courts' and supervisors' records answer to the hidden state; rates are per month of an open, trading firm."""

from features.sources.city.shapes import Delay, Positive, Rate, Share, Strict


class RestrictionHabits(Strict):
    """share: of enforcements that come with a restriction."""

    share: Share


class FreezeHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: float
    freed_share: Share
    renewed_share: Share


class InsolvencyHabits(Strict):
    delay_months: Delay
    rate: Rate
    stress: float
    restructured_share: Share


class PerformanceHabits(Strict):
    """willing: log-odds that a judgment is performed before anybody enforces it."""

    willing: float
    integrity: float
    listed_share: Share


class LicenceHabits(Strict):
    rate: Rate
    quality: float
    twice_share: Share
    ended_share: Share
    ended_integrity: float


class ListHabits(Strict):
    red: Rate
    black: Rate
    focus: Rate
    quality: float
    integrity: float


class CommitmentHabits(Strict):
    """kept: log-odds that one is kept in time."""

    rate: Rate
    kept: float
    integrity: float
    stress: float
    due_missing: Share


class HonourHabits(Strict):
    rate: Rate
    quality: float
    own_sigma: Positive
    personal_share: Share
    unclosed_share: Share
    refused_share: Share


class EnvironmentHabits(Strict):
    """rated_share: of the enterprises whose trade bears on the environment."""

    rated_share: Share
    mean: float
    integrity: float
    sigma: Positive


class DischargeHabits(Strict):
    permit_share: Share
    exceed_days: Positive
    integrity: float
    own_sigma: Positive
    gap_share: Share


class SafetyHabits(Strict):
    rate: Rate
    hazards: Positive
    integrity: float
    accident_share: Share
    fixed: float
    fixed_integrity: float


class FireHabits(Strict):
    rate: Rate
    failed: float
    integrity: float
    name_only: Share


class ConstructionHabits(Strict):
    delay_months: Delay
    assessed_share: Share
    rate: Rate
    mean: float
    quality: float
    stress: float
    sigma: Positive
    bad_acts: Positive
    integrity: float


class TransportHabits(Strict):
    rate: Rate
    yuan_per_vehicle: Positive
    integrity: float
    own_sigma: Positive


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
