"""How the records of this group answer to the hidden state."""

from datetime import date

from features.sources.city.shapes import Count, Delay, Positive, Rate, Share, Size, Strict


class SupplyHabits(Strict):
    """use_stress, idle_stress, late_stress: per unit of stress, of a logarithm or of log-odds."""

    delay_months: Delay
    use_stress: float
    own_sigma: Positive
    idle_stress: float
    late: float
    late_stress: float
    late_sigma: Positive
    name_only: Share


class WaterHabits(SupplyHabits):
    """share: of metered firms that have a water account. bimonthly: of accounts read every second month."""

    share: Share
    bimonthly: Share


class GasHabits(SupplyHabits):
    """sections: share of metered firms of a section that have a gas account."""

    sections: dict[str, Share]


class RealEstateHabits(Strict):
    """owner_share: of firms that own any property. sale, seal, mortgage: per property and month."""

    delay_months: Delay
    owner_share: dict[Size, Share]
    more_properties: Positive
    held_in_common: Share
    bought_on_mortgage: Share
    mortgage: Rate
    mortgage_stress: float
    sale: Rate
    seal: Rate


class TenancyHabits(Strict):
    """on_record: share of firms whose leases are filed. broken: log-odds that a lease ends early."""

    delay_months: Delay
    on_record: Share
    hosted: Share
    building_found: Share
    broken: float
    broken_stress: float
    area_stress: float
    rent_yuan: Positive


class PatentHabits(Strict):
    """rate: per month of a firm of ordinary quality; sections and other are factors on it."""

    rate: Rate
    quality: float
    own_sigma: Positive
    sections: dict[str, Positive]
    other: Positive
    pledged_share: Share
    joint_share: Share


class TrademarkHabits(Strict):
    rate: Rate
    quality: float
    own_sigma: Positive
    copyright_share: Share
    sections: dict[str, Positive]
    other: Positive


class QualificationHabits(Strict):
    """merit: log-odds that a firm of ordinary quality is on a list at all; renewal: when its term ends."""

    merit: float
    quality: float
    renewal: float
    sections: dict[str, float]
    other: float
    since: Count


class ResearchProjectHabits(Strict):
    """rate: per year, of starting a project."""

    rate: Rate
    quality: float
    spend_stress: float
    stopped_stress: float
    sections: dict[str, Positive]
    other: Positive


class PublicEvaluationHabits(Strict):
    """coverage: share of firms ever graded. revised: share of months in which a grade is looked at again."""

    since: date
    coverage: Share
    delay_months: Delay
    integrity: float
    quality: float
    stress: float
    own_sigma: Positive
    noise_sigma: Positive
    revised: Rate


class FinancingDemandHabits(Strict):
    """through_platform: share of applications to banks that came over a platform. rate: of demands no bank saw."""

    since: date
    through_platform: Share
    rate: Rate
    illiquidity: float
    test_share: Share


class GuaranteeHabits(Strict):
    """kinds: rate per month of each kind, in the order of the contract."""

    delay_months: Delay
    kinds: tuple[Rate, Rate, Rate, Rate]
    leverage: float
    claim_share: Share
    claim_stress: float


class MerchantReviewHabits(Strict):
    """merchants: share of firms of the listed sections that are shops of a circle. visits: acts a month."""

    since: date
    merchants: Share
    sections: tuple[str, ...]
    visits: Positive
    visits_stress: float
    complaint_quality: float
    score_quality: float
    burst_share: Share


class ServiceAddressHabits(Strict):
    since: date
    divisions: tuple[str, ...]
    rate: Rate
    hosted: Share
    bounced: Rate
    bounced_stress: float
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
