"""Which windows of a feed are read together: what only a short one asks is not worked out for all of a feed's rows.

A feed's tiers are groups of its windows, the longest first. Each works out its own steps for the rows that it reaches,
so a step that two tiers need is taken twice; a tier pays where the steps it spares its rows are more than that.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from features.engine.algebra import Feature
from features.engine.day_sql import leaf_bounds

_SOME_DAY = date(2024, 6, 30)
"""How far windows reach back is compared as of this day."""
EVERYTHING = 8 * 365
"""Days that the records of a feed reach back, as is supposed."""
NARROWING = 1
"""Steps that keeping a tier's rows of the former's costs, for each of these."""


def in_tiers(windows: Mapping[str, Feature], needs: Mapping[str, frozenset[int]]) -> Sequence[Sequence[str]]:
    """Windows in tiers, by their keys. windows: a leaf for each. needs: registers filled for what is taken in it."""
    reach = {key: _reach(leaf) for key, leaf in windows.items()}
    ordered = sorted(windows, key=lambda key: (-reach[key], key))
    best: list[tuple[int, Sequence[Sequence[str]]]] = [(0, ())]
    for start in reversed(range(len(ordered))):  # the best tiers of the windows from each on
        best.insert(0, min(_from(ordered[start:], reach, needs, best), key=lambda plan: plan[0]))
    return best[0][1]


def _from(
    ordered: Sequence[str],
    reach: Mapping[str, int],
    needs: Mapping[str, frozenset[int]],
    after: Sequence[tuple[int, Sequence[Sequence[str]]]],
) -> list[tuple[int, Sequence[Sequence[str]]]]:
    """Each first tier of some windows with the best ones after it, and what they cost. after: by windows left out."""
    plans: list[tuple[int, Sequence[Sequence[str]]]] = []
    for end, (cost, others) in enumerate(after, start=1):
        tier = ordered[:end]
        steps = len(frozenset().union(*(needs[key] for key in tier))) + (NARROWING if others else 0)
        plans.append((reach[tier[0]] * steps + cost, (tier, *others)))
    return plans


def _reach(leaf: Feature) -> int:
    after = leaf_bounds(leaf, _SOME_DAY).after
    return EVERYTHING if after is None else min((_SOME_DAY - after).days, EVERYTHING)
