"""Are reasons true? Of each told, whether the default probability falls once what stands behind it is ordinary.

Asked of the generator of a synthetic city, which alone can be intervened in.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.definitions.library import find_feature
from features.engine.algebra import leaves
from features.sources.city.causes import Cause, Causes, causes_of
from features.sources.city.intervening import probabilities
from models.cross_validation import Rows
from models.scoring import ScoringModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOVES = 0.05
"""Part of itself by which a probability must change to have moved."""
_SEED = 20_230_430


@dataclass(frozen=True)
class Share:
    """Of `told` reasons. by_chance: the same share, each reason asked of another row drawn blindly."""

    told: int
    moved: float
    by_chance: float


@dataclass(frozen=True)
class Truth:
    """moved: the probability moves at all. lowered: it falls, among firms said to be riskier than the average, who
    hear their reasons as reasons for a refusal; lowered_of_all: among all. by_code: `lowered`, the most told first.

    raised: of the favourable reasons of firms said to be safer than the average, those without whose cause it would
    rise; with `lowered`, each firm is asked why it stands on its side of the average.
    unmeasured: adverse reasons left out, because their firm is not in the city or a feed of theirs not described.
    """

    moved: Share
    lowered: Share
    lowered_of_all: Share
    raised: Share
    by_code: dict[str, Share]
    unmeasured: int


def measure_truth(model: ScoringModel, rows: Rows, asked: pl.DataFrame, folder: Path) -> Truth:
    """Intervene in every reason told of the rows. asked: their `subject` and `as_of`."""
    falls, pd = _falls(model, asked, folder), model.calibration.pd(model.predictor.raw(rows.matrix))
    adverse, favourable = (_asked(leading(model, rows, side), falls) for side in (-1, 1))
    riskier = pd > np.average(pd, weights=rows.weight)
    of_riskier, of_safer = adverse.known & riskier[adverse.row], favourable.known & ~riskier[favourable.row]
    lowered = adverse.fall >= MOVES, adverse.by_chance >= MOVES
    each = {name: _share(of_riskier & (adverse.code == at), *lowered) for at, name in enumerate(model.codes.codes)}
    return Truth(
        moved=_share(adverse.known, np.abs(adverse.fall) >= MOVES, np.abs(adverse.by_chance) >= MOVES),
        lowered=_share(of_riskier, *lowered),
        lowered_of_all=_share(adverse.known, *lowered),
        raised=_share(of_safer, favourable.fall <= -MOVES, favourable.by_chance <= -MOVES),
        by_code=dict(sorted(((name, one) for name, one in each.items() if one.told), key=lambda one: -one[1].told)),
        unmeasured=int((~adverse.known).sum()),
    )


def leading(model: ScoringModel, rows: Rows, side: Literal[-1, 1] = -1) -> Ints:
    """(rows, codes) the feature each reason told of a side speaks of, -1 adverse, 1 favourable; -1 where none is."""
    found = model.codes.principal(model.points(rows.matrix)[1])
    leader = np.full((len(found.codes), len(model.codes.codes)), -1, dtype=np.int64)
    row, slot = np.nonzero(found.points * side > 0)
    leader[row, found.codes[row, slot]] = found.pulling[row, slot, 0]
    return leader


@dataclass(frozen=True)
class _Asked:
    """Reasons one by one: whose they are, of which code, and what making their cause ordinary takes off; by_chance:
    off another row. known: both could be asked."""

    row: Ints
    code: Ints
    fall: Floats
    by_chance: Floats

    @property
    def known(self) -> Flags:
        return np.asarray(~np.isnan(self.fall) & ~np.isnan(self.by_chance))


def _asked(leader: Ints, falls: Floats) -> _Asked:
    row, code = np.nonzero(leader >= 0)
    feature = leader[row, code]
    return _Asked(row, code, falls[row, feature], falls[_another(row, len(leader)), feature])


def _falls(model: ScoringModel, asked: pl.DataFrame, folder: Path) -> Floats:
    """(rows, features) the part of itself by which a row's probability falls, once what stands behind the feature is
    ordinary; not a number where that is not known."""
    causes = [_behind(name) for name in model.features]
    sets = list(dict.fromkeys(one for one in causes if one is not None))
    probability = probabilities(folder, asked, sets)
    falls = np.column_stack([1 - probability[:, 1:] / probability[:, :1], np.full(len(probability), np.nan)])
    return np.asarray(falls[:, [len(sets) if one is None else sets.index(one) for one in causes]])


def _behind(feature: str) -> Causes | None:
    """What a feature's records answer to; None where a feed of it is not described."""
    found = [causes_of(leaf.feed.code, leaf.reads) for leaf in leaves(find_feature(feature).definition)]
    known = [one for one in found if one is not None]
    return frozenset[Cause]().union(*known) if len(known) == len(found) else None


def _another(row: Ints, rows: int) -> Ints:
    """For each reason a row it was not told of."""
    return np.asarray((row + np.random.default_rng(_SEED).integers(1, max(rows, 2), len(row))) % rows)


def _share(chosen: Flags, moved: Flags, by_chance: Flags) -> Share:
    count = int(chosen.sum())
    shares = [float(one[chosen].mean()) if count else float("nan") for one in (moved, by_chance)]
    return Share(count, *shares)
