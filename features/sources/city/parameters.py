"""The city's coefficients: the strict shape of `parameters.yaml`, and how another file replaces parts of it."""

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from bureau.errors import UnreadableFile
from features.sources.city.assets.habits import AssetsHabits
from features.sources.city.exposure import DELIVERED
from features.sources.city.fiscal.habits import FiscalHabits
from features.sources.city.justice.habits import JusticeHabits
from features.sources.city.market.habits import MarketHabits
from features.sources.city.reactions import DirtParameters, FeedReactions, LagProfile
from features.sources.city.shapes import (
    SIZES,
    Count,
    Effect,
    Persistence,
    Positive,
    Rate,
    SectionName,
    Share,
    Size,
    Span,
    Spread,
    Strict,
    require_whole,
)
from features.sources.city.yaml_file import read_yaml_file

DEFAULTS = Path(__file__).with_name("parameters.yaml")
PartOfAll = Annotated[float, Field(gt=0, le=1)]


class CalendarParameters(Strict):
    first: date
    last: date
    burn_in_months: Annotated[int, Field(ge=12, le=60)]

    @model_validator(mode="after")
    def _two_years(self) -> Self:
        if (self.last - self.first).days < 730:
            raise ValueError("the calendar needs at least two years from first to last")
        return self


class Stratum(Strict):
    population: PartOfAll
    sample: PartOfAll


class Mix(Strict):
    """Who borrows and whose loans are reported, in a city of so many enterprises.

    borrower_share: of enterprises. backfilled_share: of loans from before the bank joined the platform that it delivers
    when it joins. platform_share: of later loans, those granted through the platform.
    """

    enterprises: Count
    borrower_share: PartOfAll
    backfilled_share: PartOfAll
    platform_share: PartOfAll


class SampleParameters(Strict):
    mix_of: Count | None
    dense: Mix
    real: Mix
    borrowers: dict[Size, Stratum]
    others: dict[Size, Share]

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        columns = {
            "borrowers.population": [stratum.population for stratum in self.borrowers.values()],
            "borrowers.sample": [stratum.sample for stratum in self.borrowers.values()],
            "others": list(self.others.values()),
        }
        for name, shares in columns.items():
            if len(shares) != len(SIZES):
                raise ValueError(f"{name} must name every size: {', '.join(SIZES)}")
            require_whole(name, shares)
        return self

    @model_validator(mode="after")
    def _dense_is_smaller(self) -> Self:
        if self.dense.enterprises >= self.real.enterprises:
            raise ValueError("dense.enterprises must be fewer than real.enterprises")
        return self

    def mix(self, enterprises: int) -> Mix:
        """The mix of a city of that size: a straight line between the logarithms of the two that are named."""
        size, low, high = self.mix_of or enterprises, self.dense, self.real
        part = math.log(size / low.enterprises) / math.log(high.enterprises / low.enterprises)
        part = min(max(part, 0.0), 1.0)
        named = {name: (getattr(low, name), getattr(high, name)) for name in Mix.model_fields}
        shares = {name: few * (many / few) ** part for name, (few, many) in named.items()}
        return Mix.model_validate(shares | {"enterprises": size})


class ByBorrower(Strict):
    borrower: Positive
    other: Positive


class ExitRates(Strict):
    young: Rate
    established: Rate


class Growth(Strict):
    mean: Effect
    quality: Effect
    sigma: Spread


class FirmParameters(Strict):
    mean_age_years: ByBorrower
    least_age_years: ByBorrower
    yearly_exit: ExitRates
    borrower_exit_factor: Share
    dormant_share: dict[Size, Share]
    revenue_wan: dict[Size, Positive]
    revenue_sigma: Spread
    borrower_revenue_factor: Positive
    uninsured_share: dict[Size, Share]
    invoicing_share: dict[Size, Share]
    dormant_account_share: dict[Size, Share]
    own_meter_share: Share
    growth: Growth


class District(Strict):
    division: Annotated[str, Field(pattern="^[0-9]{6}$")]
    name: str
    share: PartOfAll
    hosted: Share = 0.0


class Section(Strict):
    enterprises: Share
    sole_traders: Share
    macro: Effect
    risk: Effect


class MacroStep(Strict):
    since: date
    value: Effect


class Liquidity(Strict):
    persistence: Persistence
    quality: Effect
    leverage: Effect
    shock_sigma: Spread


class IndustryShock(Strict):
    persistence: Persistence
    sigma: Spread


class OwnerEvent(Strict):
    rate: Rate
    fade: Persistence


class LatentParameters(Strict):
    integrity_quality_correlation: Annotated[float, Field(gt=-1, lt=1)]
    leverage_sigma: Spread
    liquidity: Liquidity
    industry: IndustryShock
    owner_event: OwnerEvent


class RelationParameters(Strict):
    """ring_sales: of the logarithm of sales during the `ring_months` of a campaign. ring_need: factor on applying."""

    related_share: Share
    together: Annotated[Span, Field(description="firms of one owner")]
    ring_share: Rate
    ring_size: Span
    ring_nominee_share: Share
    ring_sales: Effect
    ring_months: Count
    ring_need: Positive

    @model_validator(mode="after")
    def _two_make_a_relation(self) -> Self:
        for name, (low, _) in {"together": self.together, "ring_size": self.ring_size}.items():
            if low < 2:
                raise ValueError(f"{name} must be two numbers from 2 up")
        return self


class StressParameters(Strict):
    leverage: Effect
    liquidity: Effect
    macro: Effect
    industry: Effect
    owner: Effect
    log_age: Effect
    section_risk: Effect
    size: dict[Size, Effect]
    noise_sigma: Spread
    contagion: Effect
    leverage_in_slump: Effect
    leverage_when_illiquid: Effect


class DefaultParameters(Strict):
    slope: Effect
    integrity: Effect
    ring: Effect
    stress_months: Annotated[int, Field(ge=1, le=12)]
    yearly_rate: dict[int, Annotated[float, Field(gt=0, lt=0.5)]]
    reference_enterprises: Annotated[int, Field(ge=500, le=100_000)]


class Need(Strict):
    first: Rate
    again: Rate
    second: Rate
    yearly_growth: Effect
    illiquidity: Effect
    leverage: Effect


class Approval(Strict):
    intercept: Effect
    quality: Effect
    liquidity: Effect
    leverage: Effect
    log_age: Effect
    size: Effect
    noise_sigma: Spread


class LoanAmount(Strict):
    median: Positive
    sigma: Spread
    revenue_elasticity: Effect


class Unsecured(Strict):
    median_amount_odds: Positive
    log_amount: Effect
    habit_sigma: Spread


class ShortDelay(Strict):
    rate: Rate
    stress: Effect


class LoanParameters(Strict):
    banks: Count
    bank_zipf: Positive
    products: Count
    need: Need
    least_age_months: Count
    approval: Approval
    terms: dict[int, Share]
    amount_yuan: LoanAmount
    early_repayment: Rate
    unsecured: Unsecured
    short_delay: ShortDelay
    write_off_months: Count
    joined_between: tuple[date, date]

    @model_validator(mode="after")
    def _terms_and_joining(self) -> Self:
        require_whole("terms", self.terms.values())
        if self.joined_between[0] > self.joined_between[1]:
            raise ValueError("joined_between must be two days, the earlier one first")
        return self


class Parameters(Strict):
    """Every coefficient and lag of a city. A feed without a line in `lags` takes those of its contract."""

    calendar: CalendarParameters
    sample: SampleParameters
    firms: FirmParameters
    districts: Annotated[tuple[District, ...], Field(min_length=1)]
    sections: dict[SectionName, Section]
    macro: Annotated[tuple[MacroStep, ...], Field(min_length=1)]
    relations: RelationParameters
    latent: LatentParameters
    stress: StressParameters
    default: DefaultParameters
    loans: LoanParameters
    feeds: FeedReactions
    market: MarketHabits
    fiscal: FiscalHabits
    justice: JusticeHabits
    assets: AssetsHabits
    lags: dict[str, LagProfile]
    dirt: DirtParameters

    @model_validator(mode="after")
    def _shares_make_a_whole(self) -> Self:
        require_whole("the shares of districts", (district.share for district in self.districts))
        require_whole("the enterprises of sections", (section.enterprises for section in self.sections.values()))
        require_whole("the sole_traders of sections", (section.sole_traders for section in self.sections.values()))
        for name, section in self.sections.items():
            if section.enterprises == section.sole_traders == 0:
                raise ValueError(f"sections.{name} holds nobody; give it enterprises or sole_traders")
        return self

    @model_validator(mode="after")
    def _macro_in_order(self) -> Self:
        days = [step.since for step in self.macro]
        if days != sorted(set(days)):
            raise ValueError("macro must name its days in order, each once")
        return self

    @model_validator(mode="after")
    def _lags_of_known_feeds(self) -> Self:
        unknown = sorted(set(self.lags) - DELIVERED)
        if unknown:
            raise ValueError(f"lags names {unknown[0]}, which no city delivers; leave it out")
        return self

    @model_validator(mode="after")
    def _every_year_has_a_rate(self) -> Self:
        years = range(self.calendar.first.year, self.calendar.last.year + 1)
        missing = [year for year in years if year not in self.default.yearly_rate]
        if missing:
            raise ValueError(f"default.yearly_rate must name every year of the calendar; {missing[0]} is missing")
        return self


def load_parameters(path: Path | None = None) -> Parameters:
    """The city's own parameters, or with those a YAML file names replaced; raises `UnreadableFile`.

    Mappings are merged name by name, lists and values replaced whole.
    """
    ours = read_yaml_file(DEFAULTS)
    named = read_yaml_file(path) if path else {}
    try:
        return Parameters.model_validate(_merged(ours, named))
    except ValidationError as problem:
        raise UnreadableFile(path or DEFAULTS, _first_sentence(problem)) from problem


def _merged(ours: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(ours)
    for name, value in named.items():
        mine = both.get(name)
        both[name] = _merged(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return both


def _first_sentence(problem: ValidationError) -> str:
    first = problem.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "[key]") or "the file"
    more = f" ({problem.error_count() - 1} more like it)" if problem.error_count() > 1 else ""
    if first["type"] == "extra_forbidden":
        return f"there is no parameter {place}{more}; see the city's own parameters.yaml for the names."
    return f"{place}: {first['msg'].removeprefix('Value error, ')}{more}."
