"""What nobody records: quality, integrity, leverage, liquidity, the owner's fate, the city's weather, and stress.

Everything delivered later, and every default, follows from these arrays and chance; nothing here follows from them.
"""

from dataclasses import dataclass

import numpy as np

from features.sources.city.arrays import Flags, Floats, delayed
from features.sources.city.months import Months, day_number
from features.sources.city.parameters import Parameters
from features.sources.city.population import Firms
from features.sources.city.relations import Relations
from features.sources.city.shapes import SIZES
from features.sources.city.streams import Chances


@dataclass(frozen=True)
class Weather:
    """What is the same for all: macro (months,), industry shocks (sections, months)."""

    macro: Floats
    industry: Floats


@dataclass(frozen=True)
class Latent:
    """The hidden state. quality, integrity, leverage: (firms,), fixed for life. The rest: (firms, months).

    ring: whether a fraud ring is at work.
    """

    quality: Floats
    integrity: Floats
    leverage: Floats
    liquidity: Floats
    owner: Floats
    stress: Floats
    ring: Flags


@dataclass(frozen=True)
class Circumstances:
    """What a firm's own stress is made of. risk, load (of the macro path), size, leverage: (firms,).

    The rest: (firms, months). shock: of the industry; log_age: of the years; the others as in `Latent`.
    """

    risk: Floats
    load: Floats
    size: Floats
    leverage: Floats
    shock: Floats
    log_age: Floats
    liquidity: Floats
    owner: Floats


def draw_weather(parameters: Parameters, months: Months, seed: int) -> Weather:
    """The city's macro path and the shocks of its industries: one draw per seed, shared by every shard."""
    chance = Chances(seed, 0).of("weather")
    shock = parameters.latent.industry
    innovation = shock.sigma * np.sqrt(1 - shock.persistence**2)
    drawn = chance.standard_normal((len(parameters.sections), months.count))
    industry = np.empty_like(drawn)
    industry[:, 0] = shock.sigma * drawn[:, 0]
    for month in range(1, months.count):
        industry[:, month] = shock.persistence * industry[:, month - 1] + innovation * drawn[:, month]
    return Weather(_macro_path(parameters, months), industry)


def _macro_path(parameters: Parameters, months: Months) -> Floats:
    steps = sorted((day_number(step.since), step.value) for step in parameters.macro)
    position = np.searchsorted([day for day, _ in steps], months.begins, side="right") - 1
    return np.array([value for _, value in steps])[np.maximum(position, 0)]


def draw_latent(
    parameters: Parameters, months: Months, firms: Firms, relations: Relations, weather: Weather, chances: Chances
) -> Latent:
    """The hidden state of every enterprise in every month, whether it is open yet or not."""
    chance = chances.of("latent")
    latent = parameters.latent
    quality, other, leverage = chance.standard_normal((3, firms.count))
    shared = latent.integrity_quality_correlation
    integrity = shared * quality + np.sqrt(1 - shared**2) * other
    leverage = latent.leverage_sigma * leverage
    liquidity = _liquidity(parameters, months, quality, leverage, chance)
    owner = _owner_events(parameters, months, firms.count, chance)
    noise = parameters.stress.noise_sigma * chance.standard_normal((firms.count, months.count))
    around = circumstances(parameters, months, firms, weather, leverage, liquidity, owner)
    stress = noise + own_stress(parameters, weather, around)
    stress = stress + parameters.stress.contagion * _strain_of_related(stress, relations)
    return Latent(quality, integrity, leverage, liquidity, owner, stress, relations.active_rings(months))


def _strain_of_related(stress: Floats, relations: Relations) -> Floats:
    """(firms, months) how strained the owner's other firms were the month before; calm ones do not relieve."""
    strain, felt = delayed(np.maximum(stress, 0.0), 1), np.zeros_like(stress)
    for one, other in (relations.partners.T, relations.partners.T[::-1]):
        np.add.at(felt, one, strain[other])
    return felt


def _liquidity(
    parameters: Parameters, months: Months, quality: Floats, leverage: Floats, chance: np.random.Generator
) -> Floats:
    """AR(1) around a mean that quality raises and leverage lowers; starts in its steady state."""
    rule = parameters.latent.liquidity
    mean = rule.quality * quality + rule.leverage * leverage
    shocks = rule.shock_sigma * chance.standard_normal((len(quality), months.count))
    path = np.empty_like(shocks)
    path[:, 0] = mean + shocks[:, 0] / np.sqrt(1 - rule.persistence**2)
    for month in range(1, months.count):
        path[:, month] = mean + rule.persistence * (path[:, month - 1] - mean) + shocks[:, month]
    return path


def _owner_events(parameters: Parameters, months: Months, count: int, chance: np.random.Generator) -> Floats:
    """Illness, quarrel, divorce: rare blows of size 1 that fade month by month."""
    rule = parameters.latent.owner_event
    path = (chance.random((count, months.count)) < rule.rate).astype(np.float64)
    for month in range(1, months.count):
        path[:, month] = np.maximum(path[:, month], rule.fade * path[:, month - 1])
    return path


def circumstances(
    parameters: Parameters,
    months: Months,
    firms: Firms,
    weather: Weather,
    leverage: Floats,
    liquidity: Floats,
    owner: Floats,
) -> Circumstances:
    """What surrounds each firm, and its own state."""
    rule, sections = parameters.stress, list(parameters.sections.values())
    return Circumstances(
        risk=np.array([section.risk for section in sections])[firms.section],
        load=np.array([section.macro for section in sections])[firms.section],
        size=np.array([rule.size[name] for name in SIZES])[firms.size],
        leverage=leverage,
        shock=weather.industry[firms.section],
        log_age=np.log1p(firms.age_years(months)),
        liquidity=liquidity,
        owner=owner,
    )


def own_stress(parameters: Parameters, weather: Weather, around: Circumstances) -> Floats:
    """(firms, months) without noise, and without what other firms of the owner add."""
    rule = parameters.stress
    standing = rule.section_risk * around.risk
    standing = standing + around.size + rule.leverage * around.leverage
    macro = around.load[:, None] * weather.macro
    slump, want = np.maximum(-macro, 0.0), np.maximum(-around.liquidity, 0.0)
    stress: Floats = (
        standing[:, None]
        + rule.liquidity * around.liquidity
        + rule.macro * macro
        + rule.industry * around.shock
        + rule.owner * around.owner
        + rule.log_age * around.log_age
        + rule.leverage_in_slump * around.leverage[:, None] * slump
        + rule.leverage_when_illiquid * np.maximum(around.leverage, 0.0)[:, None] * want
    )
    return stress
