"""How the records of this group answer to the hidden state."""

from datetime import date

from features.sources.city.shapes import Count, Delay, Effect, Positive, Rate, SectionName, Share, Size, Spread, Strict


class SupplyHabits(Strict):
    """use_stress, idle_stress, late_stress: per unit of stress, of a logarithm or of log-odds."""

    delay_months: Delay
    use_stress: Effect
    own_sigma: Spread
    idle_stress: Effect
    late: Effect
    late_stress: Effect
    late_sigma: Spread
    name_only: Share


class WaterHabits(SupplyHabits):
    """share: of metered firms that have a water account. bimonthly: of accounts read every second month."""

    share: Share
    bimonthly: Share


class GasHabits(SupplyHabits):
    """sections: share of metered firms of a section that have a gas account."""

    sections: dict[SectionName, Share]


class RealEstateHabits(Strict):
    """owner_share: of firms that own any property. sale, seal, mortgage: per property and month."""

    delay_months: Delay
    owner_share: dict[Size, Share]
    more_properties: Positive
    held_in_common: Share
    bought_on_mortgage: Share
    mortgage: Rate
    mortgage_stress: Effect
    sale: Rate
    seal: Rate


class TenancyHabits(Strict):
    """on_record: share of firms whose leases are filed. broken: log-odds that a lease ends early."""

    delay_months: Delay
    on_record: Share
    hosted: Share
    building_found: Share
    broken: Effect
    broken_stress: Effect
    area_stress: Effect
    rent_yuan: Positive


class PatentHabits(Strict):
    """rate: per month of a firm of ordinary quality; sections and other are factors on it."""

    rate: Rate
    quality: Effect
    own_sigma: Spread
    sections: dict[SectionName, Positive]
    other: Positive
    pledged_share: Share
    joint_share: Share


class TrademarkHabits(Strict):
    rate: Rate
    quality: Effect
    own_sigma: Spread
    copyright_share: Share
    sections: dict[SectionName, Positive]
    other: Positive


class QualificationHabits(Strict):
    """merit: log-odds that a firm of ordinary quality is on a list at all; renewal: when its term ends."""

    merit: Effect
    quality: Effect
    renewal: Effect
    sections: dict[SectionName, Effect]
    other: Effect
    since: Count


class ResearchProjectHabits(Strict):
    """rate: per year, of starting a project."""

    rate: Rate
    quality: Effect
    spend_stress: Effect
    stopped_stress: Effect
    sections: dict[SectionName, Positive]
    other: Positive


class PublicEvaluationHabits(Strict):
    """coverage: share of firms ever graded. revised: share of months in which a grade is looked at again."""

    since: date
    coverage: Share
    delay_months: Delay
    integrity: Effect
    quality: Effect
    stress: Effect
    own_sigma: Spread
    noise_sigma: Spread
    revised: Rate


class FinancingDemandHabits(Strict):
    """through_platform: share of applications to banks that came over a platform. rate: of demands no bank saw."""

    since: date
    through_platform: Share
    rate: Rate
    illiquidity: Effect
    test_share: Share


class GuaranteeHabits(Strict):
    """kinds: rate per month of each kind, in the order of the contract."""

    delay_months: Delay
    kinds: tuple[Rate, Rate, Rate, Rate]
    leverage: Effect
    claim_share: Share
    claim_stress: Effect


class MerchantReviewHabits(Strict):
    """merchants: share of firms of the listed sections that are shops of a circle. visits: acts a month."""

    since: date
    merchants: Share
    sections: tuple[SectionName, ...]
    visits: Positive
    visits_stress: Effect
    complaint_quality: Effect
    score_quality: Effect
    burst_share: Share


class ServiceAddressHabits(Strict):
    since: date
    divisions: tuple[str, ...]
    rate: Rate
    hosted: Share
    bounced: Rate
    bounced_stress: Effect
    withdrawn: Rate


class AssetsHabits(Strict):
    """One field a feed."""

    water: WaterHabits
    gas: GasHabits
    real_estate: RealEstateHabits
    tenancy: TenancyHabits
    patent: PatentHabits
    trademark: TrademarkHabits
    qualification: QualificationHabits
    research_project: ResearchProjectHabits
    public_evaluation: PublicEvaluationHabits
    financing_demand: FinancingDemandHabits
    guarantee: GuaranteeHabits
    merchant_review: MerchantReviewHabits
    service_address: ServiceAddressHabits
