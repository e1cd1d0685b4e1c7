"""F03 holders and what they paid in: less where money is borrowed; replaced on the days F02 tells of."""

import numpy as np
import polars as pl

from features.contracts.shareholder import HOLDER_TYPES
from features.sources.city.arrays import Flags, Floats, Ints, logistic
from features.sources.city.identity import new_names
from features.sources.city.market.tenures import STAYS, Tenures, associates, tenures
from features.sources.city.population import SMALL, SOLE_TRADER
from features.sources.city.registration import HOLDERS, changes_of, registered_capital
from features.sources.city.rows import days, fen, only_where, settle, state, words
from features.sources.city.shard import Shard

_MOST, _WHOLE_BP = 10, 10_000
_TERMS_YEARS = np.array([5, 10, 20, 30])
_OTHER_SHARE = 0.02
_DUE_UNSTATED = 0.10


def shareholders(shard: Shard) -> pl.DataFrame:
    """Sole traders have none. A later contribution and an exit are second versions."""
    chance = shard.chances.of("shareholders")
    rule = shard.parameters.market.shareholder
    firm, begins, share = _seats(shard, chance)
    held = _tenures(shard, firm, begins)
    of, count = firm[held.seat], len(held.seat)
    subscribed = registered_capital(shard)[of] * share[held.seat] / _WHOLE_BP
    due = held.since + 365 * _TERMS_YEARS[chance.integers(0, len(_TERMS_YEARS), count)]
    at_entry, later = _paid(shard, of, held, due, chance)
    wrong = chance.random(count) < rule.wrong_share
    kind = _kinds(shard, of, chance)
    named = (kind == 1) & (chance.random(count) < rule.by_name)
    stated = state(
        shard, "F03", of, (held.seat - begins[of]) * 256 + held.turn, held.since,
        {
            "holder_type": words(HOLDER_TYPES, kind),
            "holder_hash": only_where(_hashes(shard, of, held, held.seat - begins[of], kind), ~named),
            "holder_name": only_where(new_names(chance, count), named),
            "subscribed_fen": fen(subscribed),
            "paid_fen": fen(subscribed * np.where(later > 0, 1.0, at_entry)),
            "first_fen": fen(subscribed * at_entry),
            "pct_bp": np.where(wrong, share[held.seat] // 2, share[held.seat]),
            "due_date": days(due, chance.random(count) >= _DUE_UNSTATED),
            "entered_on": days(held.since),
            "left_on": days(held.until, held.until < STAYS),
            "settled_on": days(np.where(later > 0, later, held.until), (later > 0) | (held.until < STAYS)),
        },
    )  # fmt: skip
    unknown = {"left_on": pl.lit(None, dtype=pl.Date), "paid_fen": pl.col("first_fen")}
    return settle(stated, on="settled_on", unknown_before=unknown).drop("settled_on", "first_fen")


def _seats(shard: Shard, chance: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """firm: (seats,). begins: (firms,) the first seat of each. share: (seats,) basis points, the whole of each firm."""
    rule, firms = shard.parameters.market.shareholder, shard.firms
    number = np.where(firms.size > SOLE_TRADER, 1 + chance.poisson(rule.holders, firms.count), 0)
    number = np.minimum(number, _MOST)
    firm = np.repeat(np.arange(firms.count), number)
    begins = np.cumsum(number) - number
    weight = np.exp(0.9 * chance.standard_normal(len(firm)))
    share = (weight / np.bincount(firm, weights=weight, minlength=firms.count)[firm] * _WHOLE_BP).astype(np.int64)
    some = np.flatnonzero(number)
    share[begins[some]] += _WHOLE_BP - np.bincount(firm, weights=share, minlength=firms.count)[some].astype(np.int64)
    return firm, begins, share


def _tenures(shard: Shard, firm: Ints, begins: Ints) -> Tenures:
    """Each change of holders replaces one of them, in turn."""
    number = np.bincount(firm, minlength=shard.firms.count)
    changes = changes_of(shard).of(HOLDERS)
    seat = begins[changes.firm] + changes.month % np.maximum(number[changes.firm], 1)
    return tenures(shard.firms.born[firm], seat, changes.day)


def _kinds(shard: Shard, firm: Ints, chance: np.random.Generator) -> Ints:
    """Positions in HOLDER_TYPES; companies hold larger firms more often."""
    drawn = chance.random(len(firm))
    company = shard.parameters.market.shareholder.company * (1 + np.maximum(shard.firms.size[firm] - SMALL + 1, 0))
    return np.where(drawn < _OTHER_SHARE, 2, np.where(drawn < _OTHER_SHARE + company, 1, 0))


def _hashes(shard: Shard, firm: Ints, held: Tenures, place: Ints, kind: Ints) -> pl.Series:
    """The first holder, where a person, is the legal representative of the first day."""
    founder: Flags = (place == 0) & (held.turn == 0) & (kind == 0)
    others = associates(shard, firm, place, held.turn)
    return shard.identities.legal_rep.gather(firm).zip_with(pl.Series(founder), others)


def _paid(shard: Shard, firm: Ints, held: Tenures, due: Ints, chance: np.random.Generator) -> tuple[Floats, Ints]:
    """Share paid at entry, and the day the rest was paid, or 0."""
    rule, latent, count = shard.parameters.market.shareholder, shard.latent, len(firm)
    whole = rule.paid + rule.paid_quality * latent.quality[firm] + rule.paid_leverage * latent.leverage[firm]
    part = np.where(chance.random(count) < 0.5, 0.0, np.round(chance.random(count), 1))
    at_entry = np.where(chance.random(count) < logistic(whole), 1.0, part)
    owing = logistic(rule.overdue + rule.overdue_leverage * latent.leverage[firm])
    overdue = (due <= shard.months.last_day) & (chance.random(count) >= owing)
    willing = overdue | (chance.random(count) < rule.pays_later)
    day = held.since + np.round((due - held.since) * np.where(overdue, 1.0, chance.random(count))).astype(np.int64)
    return at_entry, np.where((at_entry < 1) & willing & (held.until == STAYS), day, 0)
