"""F04 officers: the legal representative changes on the days F02 tells of, others a little more often under stress."""

import numpy as np
import polars as pl

from features.contracts.officer import OFFICER_ROLES
from features.sources.city.arrays import Ints, delayed
from features.sources.city.market.tenures import STAYS, associates, tenures
from features.sources.city.population import SOLE_TRADER
from features.sources.city.registration import LEGAL_REP, changes_of, next_legal_reps
from features.sources.city.rows import days, settle, state, words
from features.sources.city.shard import Shard

_SAME_AS_LEGAL_REP = np.array([1.0, 0.75, 0.0, 0.6, 0.25])
"""How often the first holder of an office is the legal representative, by office: a supervisor never is."""


def officers(shard: Shard) -> pl.DataFrame:
    """A sole trader has its operator alone. A resignation is a second version, where it is not forgotten."""
    chance = shard.chances.of("officers")
    firm, role = _offices(shard, chance)
    legal, others = changes_of(shard).of(LEGAL_REP), _replacements(shard, firm, role, chance)
    seat_of_legal = np.flatnonzero(role == 0)
    seat = np.concatenate([seat_of_legal[legal.firm], others[0]])
    day = np.concatenate([legal.day, shard.months.begins[others[1]] + chance.integers(0, 28, len(others[1]))])
    held = tenures(shard.firms.born[firm], seat, day)
    told = (held.until < STAYS) & (chance.random(len(held.seat)) >= shard.parameters.dirt.cleared_flag_missing)
    of, office = firm[held.seat], role[held.seat]
    stated = state(
        shard, "F04", of, office * 256 + held.turn, held.since,
        {
            "person_hash": _persons(shard, of, office, held.turn, shard.months.position(held.since), chance),
            "role": words(OFFICER_ROLES, office),
            "appointed_on": days(held.since),
            "resigned_on": days(held.until, told),
        },
    )  # fmt: skip
    return settle(stated, on="resigned_on", unknown_before={"resigned_on": pl.lit(None, dtype=pl.Date)})


def _offices(shard: Shard, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(seats,) firm and office, the legal representatives first."""
    rule, firms = shard.parameters.market.officer, shard.firms
    shares = np.array([1.0, rule.director, rule.supervisor, rule.manager, rule.liaison])
    named = chance.random((len(shares), firms.count)) < shares[:, None]
    named[1:] &= firms.size > SOLE_TRADER
    role, firm = np.nonzero(named)
    return firm, role


def _replacements(shard: Shard, firm: Ints, role: Ints, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """Seat and month of every change beside those of legal representatives."""
    rule = shard.parameters.market.officer
    hazard = np.minimum(rule.rate * np.exp(rule.stress * delayed(shard.latent.stress, rule.delay_months)), 0.2)
    number = np.bincount(firm[role > 0], minlength=shard.firms.count)
    changing, month = np.nonzero(shard.delivered & (chance.random(hazard.shape) < hazard * number[:, None]))
    by_firm = np.argsort(np.where(role > 0, firm, shard.firms.count), kind="stable")
    begins = np.cumsum(number) - number
    return by_firm[begins[changing] + chance.integers(0, number[changing])], month


def _persons(shard: Shard, firm: Ints, office: Ints, turn: Ints, month: Ints, chance: np.random.Generator) -> pl.Series:
    """First the founder where he holds the office himself; a legal representative's successor is F02's."""
    founder = (turn == 0) & (chance.random(len(firm)) < _SAME_AS_LEGAL_REP[office])
    legal = (office == 0) & (turn > 0)
    others = associates(shard, firm, np.where(turn == 0, 1, office), turn)
    named = next_legal_reps(shard, firm, np.maximum(month, 0)).zip_with(pl.Series(legal), others)
    return shard.identities.legal_rep.gather(firm).zip_with(pl.Series(founder), named)
