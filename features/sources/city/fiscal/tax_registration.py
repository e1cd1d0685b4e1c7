"""F13 taxpayers' states: normal from registration on, abnormal or suspended for a while, cancelled at the end."""

import numpy as np
import polars as pl

from features.contracts.tax_registration import TAXPAYER_STATES, TAXPAYER_TYPES
from features.sources.city.arrays import Ints, delayed
from features.sources.city.fiscal.events import day_of, delay, struck
from features.sources.city.months import day_number
from features.sources.city.population import NEVER, SMALL, SOLE_TRADER
from features.sources.city.rows import days, later, state
from features.sources.city.shard import Shard

_NORMAL, _ABNORMAL, _SUSPENDED, _CANCELLED = range(len(TAXPAYER_STATES))
_KINDS = 8
"""Room for the states of one month in a record's ordinal; the first registration has the last."""


def tax_registrations(shard: Shard) -> pl.DataFrame:
    """One record a state. Some of those from before the tax systems merged were given the day of the merger."""
    chance, rule = shard.chances.of("tax-states"), shard.parameters.fiscal.tax_registration
    firms = shard.firms
    known = np.flatnonzero(~firms.dormant | (chance.random(firms.count) < rule.dormant_share))
    begun = firms.born[known] + chance.integers(0, 30, len(known))
    parts = [
        (known, np.full(len(known), _KINDS - 1), begun, _NORMAL),
        *_lapses(shard, chance),
        *_left(shard, known, chance),
    ]
    firm = np.concatenate([part[0] for part in parts])
    happened = np.concatenate([part[2] for part in parts])
    position = np.concatenate([np.full(len(part[0]), part[3]) for part in parts])
    stated = state(
        shard, "F13", firm, np.concatenate([part[1] for part in parts]), happened,
        {
            "tax_id": shard.identities.uscc.gather(firm),
            "state": pl.Series(TAXPAYER_STATES).gather(position),
            "taxpayer_type": pl.Series(TAXPAYER_TYPES).gather((firms.size[firm] < SMALL).astype(np.int64)),
            "begins_on": days(happened),
        },
    )  # fmt: skip
    moved = day_number(rule.merged_on)
    rebuilt = (happened < moved) & (chance.random(len(firm)) < rule.rebuilt_share)
    return pl.concat([stated, _rebuilt(stated.filter(pl.Series(rebuilt)), moved)])


def _lapses(shard: Shard, chance: np.random.Generator) -> list[tuple[Ints, Ints, Ints, int]]:
    """(firm, ordinal, day, state) of abnormal spells, of sole traders' suspensions, and of the return from both."""
    rule = shard.parameters.fiscal.tax_registration
    pull = rule.stress * delayed(shard.latent.stress, rule.delay_months)
    hazard = rule.abnormal * np.exp(pull + rule.integrity * shard.latent.integrity[:, None])
    traders = (shard.firms.size == SOLE_TRADER)[:, None]
    spells = (
        (_ABNORMAL, struck(shard.active, hazard, chance)),
        (_SUSPENDED, struck(shard.active & traders, rule.suspended, chance)),
    )
    parts = []
    for position, (firm, month) in spells:
        happened = day_of(shard, month, chance)
        back = chance.random(len(firm)) < rule.restored_share
        restored = happened + delay(rule.restored_days, 0.7, len(firm), chance)
        ordinal = (month + 1) * _KINDS + 2 * position
        parts.append((firm, ordinal, happened, position))
        parts.append((firm[back], ordinal[back] + 1, restored[back], _NORMAL))
    return parts


def _left(shard: Shard, known: Ints, chance: np.random.Generator) -> list[tuple[Ints, Ints, Ints, int]]:
    """Who leaves the register cancels at the tax bureau in the month before."""
    gone = known[shard.firms.left[known] < NEVER]
    month = shard.firms.left[gone] - 1
    return [(gone, (month + 1) * _KINDS, day_of(shard, month, chance), _CANCELLED)]


def _rebuilt(stated: pl.DataFrame, moved: int) -> pl.DataFrame:
    """The second version a migration of the register leaves behind."""
    day = pl.lit(moved, dtype=pl.Int32).cast(pl.Date)
    second = later(stated.with_columns(moved_on=day), on="moved_on", op="U").drop("moved_on")
    return second.with_columns(begins_on=day, event_date=day)
