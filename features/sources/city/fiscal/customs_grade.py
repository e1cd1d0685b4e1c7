"""F44 customs credit grades: registered, certified for the better of the larger, dishonest for a few."""

import numpy as np
import polars as pl

from features.contracts.customs_grade import CUSTOMS_GRADES
from features.sources.city.arrays import Ints
from features.sources.city.fiscal.customs import traders
from features.sources.city.fiscal.events import day_of, struck
from features.sources.city.population import SMALL
from features.sources.city.rows import days, settle, state
from features.sources.city.shard import Shard

_CERTIFIED, _REGISTERED, _DISHONEST = range(len(CUSTOMS_GRADES))
_TERM_DAYS = (365, 1_400)
"""How long a certification or a listing lasts."""


def customs_grades(shard: Shard) -> pl.DataFrame:
    """A trader's registration from its first month of business, and the spells above and below it."""
    chance, rule = shard.chances.of("customs-grades"), shard.parameters.fiscal.customs
    trading, months = traders(shard), shard.months
    possible = shard.active & trading[:, None]
    quality = rule.certified_quality * shard.latent.quality + np.where(shard.firms.size >= SMALL, 0.0, -2.0)
    risk = rule.dishonest_integrity * shard.latent.integrity
    registered = np.flatnonzero(trading)
    opened = np.clip(shard.firms.opened[registered], 0, months.count - 1)
    spells = [
        (registered, opened, months.begins[opened], _REGISTERED),
        *(
            (firm, month, day_of(shard, month, chance), grade)
            for grade, rate, pull in ((_CERTIFIED, rule.certified, quality), (_DISHONEST, rule.dishonest, risk))
            for firm, month in [struck(possible, rate * np.exp(pull)[:, None], chance)]
        ),
    ]
    firm, month, begins, grade = (np.concatenate(column) for column in zip(*_with_grades(spells), strict=True))
    ends = begins + chance.integers(*_TERM_DAYS, len(firm))
    stated = state(
        shard, "F44", firm, month * 4 + grade, begins,
        {
            "grade": pl.Series(CUSTOMS_GRADES).gather(grade),
            "begins_on": days(begins),
            "ends_on": days(ends, grade != _REGISTERED),
        },
    )  # fmt: skip
    return settle(stated, on="ends_on", unknown_before={"ends_on": pl.lit(None, dtype=pl.Date)})


def _with_grades(spells: list[tuple[Ints, Ints, Ints, int]]) -> list[tuple[Ints, Ints, Ints, Ints]]:
    """The grade repeated for each row of a spell."""
    return [(firm, month, begins, np.full(len(firm), grade)) for firm, month, begins, grade in spells]
