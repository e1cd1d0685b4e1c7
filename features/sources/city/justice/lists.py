"""F35 lists: the dishonest and the watched follow from integrity, the honest from quality; stress has no part."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.contracts.public_list import LIST_DOMAINS, LIST_KINDS
from features.sources.city.arrays import Floats
from features.sources.city.justice.occasions import Occasions, numbered, occasions, years_of
from features.sources.city.rows import days, settle, state, words
from features.sources.city.shard import Shard

_OFFICES = ("市场监督管理局", "信用办", "交通运输局", "应急管理局", "税务局")
_BASES = ("深圳经济特区社会信用条例", "市场监督管理严重违法失信名单管理办法", None)


@dataclass(frozen=True)
class _Kind:
    """One colour of list: its position in the contract, the letter of its code, days on it."""

    position: int
    letter: str
    stays: tuple[int, int]


_RED = _Kind(0, "R", (300, 760))
_BLACK = _Kind(1, "B", (365, 1_096))
_FOCUS = _Kind(2, "Z", (120, 400))


def public_lists(shard: Shard) -> pl.DataFrame:
    """Entries of every colour; leaving is a second version, unless it is forgotten."""
    chance = shard.chances.of("lists")
    rule, latent = shard.parameters.justice.lists, shard.latent
    honest = np.exp(rule.quality * latent.quality)
    dishonest = np.exp(rule.integrity * latent.integrity)
    hazards = ((_RED, rule.red * honest), (_BLACK, rule.black * dishonest), (_FOCUS, rule.focus * dishonest))
    return pl.concat([_entries(shard, kind, hazard, chance) for kind, hazard in hazards])


def _entries(shard: Shard, kind: _Kind, hazard: Floats, chance: np.random.Generator) -> pl.DataFrame:
    entries = occasions(shard, np.minimum(hazard, 0.2)[:, None], chance)
    domain = chance.integers(0, len(LIST_DOMAINS), entries.count)
    forgotten = chance.random(entries.count) < shard.parameters.dirt.cleared_flag_missing
    left = entries.day + chance.integers(*kind.stays, entries.count)
    stated = state(
        shard, "F35", entries.firm, entries.month * len(LIST_KINDS) + kind.position, entries.day,
        {
            "list_code": _codes(kind, entries, domain),
            "list_kind": words(LIST_KINDS, np.full(entries.count, kind.position)),
            "domain": words(LIST_DOMAINS, domain),
            "in_on": days(entries.day),
            "out_on": days(left, ~forgotten),
            "org": words(_OFFICES, domain % len(_OFFICES)),
            "basis": words(_BASES, domain % len(_BASES)),
        },
    )  # fmt: skip
    return settle(stated, on="out_on", unknown_before={"out_on": pl.lit(None, dtype=pl.Date)})


def _codes(kind: _Kind, entries: Occasions, domain: np.ndarray) -> pl.Series:
    """The offices renumber their lists each year."""
    year = years_of(entries.day)
    return numbered(kind.letter + "{}-{}", (domain + year) % len(LIST_DOMAINS) + 1, year)
