"""F50: who owns land and buildings, what is mortgaged, sealed and given up."""

import numpy as np
import polars as pl

from features.contracts.real_estate import MORTGAGE, OWNERSHIP, PROPERTY_PURPOSES
from features.sources.city.arrays import Flags, Floats, Ints, delayed
from features.sources.city.assets.drawing import MOST, hashed, nothing
from features.sources.city.rows import days, fen, later, only_where, same, state, words
from features.sources.city.shapes import SIZES
from features.sources.city.shard import Shard

_YUAN_PER_M2 = 18_000.0
_LOAN_TO_VALUE = 0.55
_BANKS = ("深圳示例银行", "前海示例银行", "南山示例银行", "岭南示例银行", "湾区示例银行", "鹏城示例银行")
_PURPOSE_SHARES = (0.25, 0.2, 0.35, 0.1, 0.05, 0.05)
_EACH = 1 << 10
"""A firm has fewer properties, and a property fewer mortgages."""


def real_estate(shard: Shard) -> pl.DataFrame:
    """Bought at any time of a firm's life; mortgages and seals answer to leverage and stress, quality protects."""
    chance = shard.chances.of("property")
    firm, number, bought = _purchases(shard, chance)
    area = np.maximum(
        np.round(2.0 * shard.firms.revenue[firm] ** 0.3 * np.exp(0.8 * chance.standard_normal(len(firm)))), 12
    )
    share = np.where(chance.random(len(firm)) < shard.parameters.assets.real_estate.held_in_common, 5_000, 10_000)
    held = {
        "area": area,
        "share": share,
        "purpose": chance.choice(len(PROPERTY_PURPOSES), len(firm), p=_PURPOSE_SHARES),
    }
    sold = _when(shard, firm, bought, shard.parameters.assets.real_estate.sale, 0.3, chance)
    sealed = _when(shard, firm, bought, shard.parameters.assets.real_estate.seal, 0.6, chance)
    owned = _rights(shard, firm, number * _EACH, bought, OWNERSHIP, held, nothing(len(firm), pl.Int64), chance)
    mortgaged = _mortgages(shard, firm, number, bought, sold, held, chance)
    return pl.concat([_followed(owned, sold, sealed), mortgaged])


def _purchases(shard: Shard, chance: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """(firm, number of the property, day it was registered)."""
    firms, rule = shard.firms, shard.parameters.assets.real_estate
    likely = np.array([rule.owner_share[name] for name in SIZES])[firms.size]
    owns = ~firms.dormant & (chance.random(firms.count) < np.minimum(likely * np.exp(0.25 * shard.latent.quality), 1.0))
    count = np.where(owns, 1 + chance.poisson(rule.more_properties, firms.count), 0)
    firm = np.repeat(np.arange(firms.count), count)
    number = np.arange(len(firm)) - np.repeat(np.cumsum(count) - count, count)
    until = np.minimum(shard.months.last_day, _leaving(shard)[firm])
    day = firms.born[firm] + (np.maximum(until - firms.born[firm], 1) * chance.random(len(firm)) ** 1.5).astype(
        np.int64
    )
    return firm, number, day


def _leaving(shard: Shard) -> Ints:
    """(firms,) the day a firm leaves the register, or one after the calendar."""
    left = np.minimum(shard.firms.left, shard.months.count - 1)
    gone = shard.firms.left < shard.months.count
    return np.where(gone, shard.months.begins[left], shard.months.last_day + 1)


def _when(
    shard: Shard, firm: Ints, since: Ints, monthly: float, by_stress: float, chance: np.random.Generator
) -> tuple[Ints, Flags]:
    """The first day something befalls each property after `since`, and whether it does."""
    stress = delayed(shard.latent.stress, shard.parameters.assets.real_estate.delay_months)
    month = np.arange(shard.months.count)
    possible = (month > shard.months.position(since)[:, None]) & shard.delivered[firm]
    hazard = np.minimum(monthly * np.exp(by_stress * stress[firm]), MOST)
    hit: Flags = possible & (chance.random(possible.shape) < hazard)
    befalls: Flags = np.any(hit, axis=1)
    return shard.months.begins[hit.argmax(axis=1)] + chance.integers(0, 28, len(firm)), befalls


def _mortgages(
    shard: Shard, firm: Ints, number: Ints, bought: Ints, sold: tuple[Ints, Flags], held: dict[str, Floats | Ints],
    chance: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    """At purchase with a bank's money, or later under pressure; released when the loan is paid or the property sold."""
    rule = shard.parameters.assets.real_estate
    at_purchase = chance.random(len(firm)) < rule.bought_on_mortgage
    pressed, under_pressure = _when(shard, firm, bought, rule.mortgage, rule.mortgage_stress, chance)
    which = np.concatenate([np.flatnonzero(at_purchase), np.flatnonzero(under_pressure)])
    day = np.concatenate([bought[at_purchase], pressed[under_pressure]])
    rank = np.repeat([1, 2], [at_purchase.sum(), under_pressure.sum()])
    kept = ~sold[1][which] | (day < sold[0][which])
    which, day, rank = which[kept], day[kept], rank[kept]
    value = held["area"][which] * _YUAN_PER_M2 * _LOAN_TO_VALUE * np.exp(0.4 * chance.standard_normal(len(which)))
    release = day + chance.integers(300, 3_600, len(which))
    release = np.where(sold[1][which], np.minimum(release, sold[0][which]), release)
    taken = {name: values[which] for name, values in held.items()}
    stated = _rights(
        shard, firm[which], number[which] * _EACH + rank, day, MORTGAGE, taken, fen(np.round(value, -4)), chance
    )
    always = np.ones(len(which), dtype=np.bool_)
    return _followed(stated, (release, always), (release, ~always))


def _rights(
    shard: Shard, firm: Ints, ordinal: Ints, day: Ints, right: str, held: dict[str, Floats | Ints], sums: pl.Series,
    chance: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    """First versions of rights in properties; the certificate is the property's, whoever holds a right in it."""
    bank = words(_BANKS, chance.integers(0, len(_BANKS), len(firm)))
    return state(
        shard, "F50", firm, ordinal, day,
        {
            "cert_no_hash": hashed(shard, "certificate", firm, ordinal // _EACH),
            "right_kind": same(right, len(firm)),
            "purpose": words(PROPERTY_PURPOSES, held["purpose"].astype(np.int64)),
            "area_m2": held["area"].astype(np.int64),
            "share_bp": held["share"].astype(np.int32),
            "mortgage_fen": sums,
            "mortgagee": only_where(bank, np.full(len(firm), right == MORTGAGE)),
            "sealed": np.zeros(len(firm), dtype=np.bool_),
            "starts_on": days(day),
            "ends_on": nothing(len(firm), pl.Date),
        },
    )  # fmt: skip


def _followed(stated: pl.DataFrame, ended: tuple[Ints, Flags], sealed: tuple[Ints, Flags]) -> pl.DataFrame:
    """With the seal and the end of each right as versions of their own; what is sealed is not ended."""
    seals = sealed[1]
    first = stated.with_columns(sealed_on=days(sealed[0], seals), over_on=days(ended[0], ended[1] & ~seals))
    second = later(first, "sealed_on", op="U").with_columns(sealed=pl.lit(True))
    over = later(first, "over_on", op="U").with_columns(ends_on="over_on")
    return pl.concat([first, second, over]).drop("sealed_on", "over_on")
