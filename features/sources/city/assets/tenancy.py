"""F51: the leases of those who do not own: a chain of them, broken off under stress, and desks that are hosted."""

import numpy as np
import polars as pl

from features.sources.city.arrays import Flags, Ints, delayed, logistic
from features.sources.city.assets.drawing import felt
from features.sources.city.population import MICRO
from features.sources.city.rows import days, fen, only_where, settle, state, words
from features.sources.city.shard import Shard

_MOST_LEASES = 24
_TERMS_DAYS = np.array([365, 730, 1_095])
_TERM_SHARES = (0.45, 0.35, 0.2)
_BUILDINGS = 400
"""Buildings of a district that are on record."""
_STREETS = ("创业路", "科技路", "人民路", "建设路", "工业路", "商报路", "滨河路", "文锦路", "前进路", "宝民路")
_ON_A_STREET = _BUILDINGS // len(_STREETS)
_DISPLACED = 0.45
"""Share of leases that end at another address instead of being renewed."""


def tenancies(shard: Shard) -> pl.DataFrame:
    """Leases follow one another from a firm's first month; some are never put on record."""
    chance = shard.chances.of("tenancy")
    rule, firms = shard.parameters.assets.tenancy, shard.firms
    stress = delayed(shard.latent.stress, rule.delay_months)
    hosted = chance.random(firms.count) < np.where(firms.size <= MICRO, rule.hosted, rule.hosted / 4)
    firm, number, starts, ends = _chains(shard, chance.random(firms.count) < rule.on_record, chance)
    count = len(firm)
    strain = felt(shard, stress, firm, (starts + ends) // 2)
    broken = chance.random(count) < logistic(rule.broken + rule.broken_stress * strain)
    moved_out = starts + np.maximum(((ends - starts) * chance.uniform(0.15, 0.9, count)).astype(np.int64), 20)
    at = felt(shard, stress, firm, starts)
    area = (
        6.0
        * (firms.revenue[firm] / 10_000) ** 0.45
        * np.exp(rule.area_stress * at + 0.5 * chance.standard_normal(count))
    )
    rent = area * rule.rent_yuan * np.exp(0.35 * chance.standard_normal(count))
    desk = hosted[firm]
    stated = state(
        shard, "F51", firm, number, starts,
        {
            **_places(shard, firm, chance),
            "starts_on": days(starts),
            "ends_on": days(ends),
            "area_m2": np.where(desk, 0, np.maximum(np.round(area), 5)).astype(np.int64),
            "rent_fen": fen(np.where(desk, 0.0, np.round(rent, -1))),
            "hosted": desk,
            "left_on": days(moved_out, broken),
        },
    )  # fmt: skip
    return _broken_off(stated)


def _chains(shard: Shard, on_record: Flags, chance: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """(firm, number in its chain, first day, last day) of leases that begin within the firm's life and the calendar."""
    firms, months = shard.firms, shard.months
    term = chance.choice(_TERMS_DAYS, size=(firms.count, _MOST_LEASES), p=_TERM_SHARES)
    floor = months.begins[0] - chance.integers(0, 700, firms.count)
    first = np.maximum(firms.born + chance.integers(0, 60, firms.count), floor)
    ends = first[:, None] + np.cumsum(term, axis=1)
    starts = ends - term
    gone = months.begins[np.minimum(firms.left, months.count - 1)]
    until = np.where(firms.left < months.count, gone, months.last_day)
    kept = (starts < until[:, None]) & on_record[:, None]
    firm, number = np.nonzero(kept)
    return firm, number, starts[firm, number], ends[firm, number] - 1


def _places(shard: Shard, firm: Ints, chance: np.random.Generator) -> dict[str, pl.Series]:
    """Address and building of each lease; a renewal stays where it was."""
    parameters, firms = shard.parameters, shard.firms
    moves = chance.random(len(firm)) < _DISPLACED
    same_firm = np.concatenate([[False], firm[1:] == firm[:-1]])
    place = np.cumsum(~same_firm | moves) - 1
    where = firms.district[firm[np.flatnonzero(~same_firm | moves)]]
    building = chance.integers(0, _BUILDINGS, len(where))
    divisions = tuple(district.division for district in parameters.districts)
    names = words(divisions, where) + "-B" + pl.Series(building).cast(pl.String).str.zfill(4)
    found = chance.random(len(where)) < parameters.assets.tenancy.building_found
    districts = words(tuple(district.name for district in parameters.districts), where)
    street = words(_STREETS, building // _ON_A_STREET)
    address = districts + street + pl.Series(building % _ON_A_STREET + 1).cast(pl.String) + "号"
    return {"address": address.gather(place), "building_id": only_where(names, found).gather(place)}


def _broken_off(stated: pl.DataFrame) -> pl.DataFrame:
    """The day a tenant moved out early is learned then; until then the lease runs to its agreed end."""
    agreed = pl.col("ends_on")
    ended = stated.with_columns(agreed_on=agreed, ends_on=pl.coalesce("left_on", "ends_on"))
    return settle(ended, on="left_on", unknown_before={"ends_on": pl.col("agreed_on")}).drop("agreed_on", "left_on")
