"""Who is in the city: what an enterprise is from birth, before anything happens to it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from features.sources.city.arrays import Flags, Floats, Ints
from features.sources.city.industries import CLASSES
from features.sources.city.months import Months
from features.sources.city.parameters import Mix, Parameters
from features.sources.city.shapes import SIZES, Size
from features.sources.city.streams import Chances

SOLE_TRADER, MICRO, SMALL, MEDIUM, LARGE = range(len(SIZES))
_OLDEST = 35.0
NEVER = 10_000
"""The month position of something that does not happen."""


@dataclass(frozen=True)
class Firms:
    """One row per enterprise; every array is (firms,).

    entity: its number in the city, from which name and code are made; says nothing else.
    size: position in SIZES. section: position in the parameters' sections. district: in its districts.
    born: day of establishment. opened: first full month of business. left: month it leaves the register, or NEVER.
    dormant: registered, and does no business. invoicing: writes and receives invoices at all. account: has one with
    social insurance; a dormant enterprise's, opened with its registration, insures nobody.
    weight: borrowers of the population one sampled borrower stands for; 1 on average.
    revenue: yearly sales in yuan in an ordinary year.
    """

    entity: Ints
    borrower: Flags
    size: Ints
    section: Ints
    industry: Ints
    district: Ints
    born: Ints
    opened: Ints
    left: Ints
    weight: Floats
    dormant: Flags
    invoicing: Flags
    account: Flags
    insured: Flags
    metered: Flags
    revenue: Floats

    @property
    def count(self) -> int:
        return len(self.entity)

    def open_in(self, months: Months) -> Flags:
        """(firms, months) registered during the whole month."""
        month = np.arange(months.count)
        inside: Flags = (month >= self.opened[:, None]) & (month < self.left[:, None])
        return inside

    def age_years(self, months: Months) -> Floats:
        """(firms, months) at the end of each month; zero before birth."""
        age: Floats = np.maximum(months.ends - self.born[:, None], 0) / 365.25
        return age


def draw_firms(parameters: Parameters, months: Months, chances: Chances, mix: Mix, *, first: int, count: int) -> Firms:
    """`count` enterprises numbered from `first`."""
    chance = chances.of("population")
    borrower = chance.random(count) < mix.borrower_share
    size = _sizes(parameters, borrower, chance)
    born = _births(parameters, months, borrower, chance)
    section = _sections(parameters, size, chance)
    rule = parameters.firms
    active = borrower | (chance.random(count) >= by_size(rule.dormant_share)[size])
    insured = active & (chance.random(count) >= by_size(rule.uninsured_share)[size])
    kept = ~active & (chance.random(count) < by_size(rule.dormant_account_share)[size])
    opened = months.position(born) + 1
    return Firms(
        entity=np.arange(first, first + count),
        borrower=borrower,
        size=size,
        section=section,
        industry=_classes(parameters, section, chance),
        district=_choose([district.share for district in parameters.districts], count, chance),
        born=born,
        opened=opened,
        left=_exits(parameters, months, borrower, opened, chance),
        weight=_weights(parameters, borrower, size),
        dormant=~active,
        invoicing=active & (borrower | (chance.random(count) < by_size(rule.invoicing_share)[size])),
        account=insured | kept,
        insured=insured,
        metered=active & (chance.random(count) < parameters.firms.own_meter_share),
        revenue=_revenues(parameters, borrower, size, chance),
    )


def by_size(named: Mapping[Size, float]) -> Floats:
    """(sizes,) what is named for each size."""
    return np.array([named[name] for name in SIZES])


def _choose(shares: list[float], count: int, chance: np.random.Generator) -> Ints:
    weights = np.array(shares)
    return chance.choice(len(shares), size=count, p=weights / weights.sum())


def _sizes(parameters: Parameters, borrower: Flags, chance: np.random.Generator) -> Ints:
    sample = parameters.sample
    borrowing = _choose([sample.borrowers[name].sample for name in SIZES], len(borrower), chance)
    other = _choose([sample.others[name] for name in SIZES], len(borrower), chance)
    return np.where(borrower, borrowing, other)


def _weights(parameters: Parameters, borrower: Flags, size: Ints) -> Floats:
    strata = parameters.sample.borrowers
    factor = by_size({name: stratum.population / stratum.sample for name, stratum in strata.items()})
    return np.where(borrower, factor[size], 1.0)


def _births(parameters: Parameters, months: Months, borrower: Flags, chance: np.random.Generator) -> Ints:
    """Ages on the last day are exponential above a least age, and at most 35 years."""
    floor, above = _ages(parameters, borrower)
    age = floor + chance.exponential(above)
    return (months.last_day - np.minimum(age, _OLDEST) * 365.25).astype(np.int64)


def inverse_age(parameters: Parameters, borrower: Flags, part: Floats) -> Floats:
    """(firms,) the age on the last day, in years, below which such a part of all are."""
    floor, above = _ages(parameters, borrower)
    age: Floats = np.minimum(floor - above * np.log1p(-part), _OLDEST)
    return age


def _ages(parameters: Parameters, borrower: Flags) -> tuple[Floats, Floats]:
    """The least age, and how far above it the mean is, in years."""
    mean, least = parameters.firms.mean_age_years, parameters.firms.least_age_years
    floor = np.where(borrower, least.borrower, least.other)
    return floor, np.where(borrower, mean.borrower, mean.other) - floor


def _sections(parameters: Parameters, size: Ints, chance: np.random.Generator) -> Ints:
    sections = parameters.sections.values()
    enterprises = _choose([section.enterprises for section in sections], len(size), chance)
    traders = _choose([section.sole_traders for section in sections], len(size), chance)
    return np.where(size == SOLE_TRADER, traders, enterprises)


def _classes(parameters: Parameters, section: Ints, chance: np.random.Generator) -> Ints:
    """A class inside the section by a Zipf law, as a position in CLASSES."""
    depth = np.array([len(CLASSES[name]) for name in parameters.sections])[section]
    rank = np.floor(np.exp(chance.random(len(section)) * np.log(depth + 1.0))) - 1
    chosen: Ints = np.minimum(rank.astype(np.int64), depth - 1)
    return chosen


def _exits(parameters: Parameters, months: Months, borrower: Flags, opened: Ints, chance: np.random.Generator) -> Ints:
    """Those who stay leave NEVER."""
    hazard = exit_hazard(parameters, months, borrower, opened)
    leaves = chance.random(hazard.shape) < hazard
    return np.where(leaves.any(axis=1), leaves.argmax(axis=1), NEVER)


def exit_hazard(parameters: Parameters, months: Months, borrower: Flags, opened: Ints) -> Floats:
    """(firms, months) the chance of a voluntary exit, by age alone. Nobody left before the calendar."""
    rates = parameters.firms.yearly_exit
    month = np.arange(months.count)
    age = month - opened[:, None]
    yearly = np.where(age < 36, rates.young, rates.established)
    hazard: Floats = np.where((age >= 6) & (month >= months.burn_in), yearly / 12.0, 0.0)
    hazard *= np.where(borrower, parameters.firms.borrower_exit_factor, 1.0)[:, None]
    return hazard


def _revenues(parameters: Parameters, borrower: Flags, size: Ints, chance: np.random.Generator) -> Floats:
    firms = parameters.firms
    median = by_size(firms.revenue_wan)[size] * 10_000
    spread = np.exp(firms.revenue_sigma * chance.standard_normal(len(size)))
    return median * spread * np.where(borrower, firms.borrower_revenue_factor, 1.0)
