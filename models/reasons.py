"""Reasons: exact contributions in points, gathered by reason code, in sentences with the values they rest on.

base points + every reason + other points = score, as whole numbers. `other` is what is left of the exact
contributions: reasons too small or too many to tell, features without a code of their own here, rounding, and
the ends of the scale.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from models.columns import Value
from models.wording import Words

ADVERSE_TOLD = 4
"""More than four principal reasons do not help the reader (12 CFR 1002.9, official interpretation)."""
FAVOURABLE_TOLD = 2

Direction = Literal["adverse", "favourable"]


@dataclass(frozen=True)
class FeatureValue:
    """A feature behind a reason."""

    name: str
    value: Value
    unit: str


@dataclass(frozen=True)
class ScoredReason:
    """One reason: adverse ones have points below zero, favourable ones above, and none has zero.

    features: those that pull the reason's way, strongest first.
    """

    code: str
    direction: Direction
    points: int
    text: str
    text_en: str
    features: tuple[FeatureValue, ...]


@dataclass(frozen=True)
class _Part:
    """One feature's exact points in one score."""

    words: Words
    value: Value
    points: float


def principal_reasons(
    words: Sequence[Words], values: Mapping[str, Value], points: Iterable[float]
) -> tuple[ScoredReason, ...]:
    """The reasons worth telling, adverse ones first, strongest first; equal ones by code.

    points: of each feature in `words`, exact, negative where it costs.
    """
    groups: dict[str, list[_Part]] = defaultdict(list)
    for word, point in zip(words, points, strict=True):
        groups[word.code].append(_Part(word, values[word.name], point))
    totals = {code: sum(part.points for part in parts) for code, parts in groups.items()}
    worst_first = sorted((code for code in totals if round(totals[code])), key=lambda code: (totals[code], code))
    best_first = sorted(worst_first, key=lambda code: (-totals[code], code))
    adverse = [code for code in worst_first if totals[code] < 0][:ADVERSE_TOLD]
    favourable = [code for code in best_first if totals[code] > 0][:FAVOURABLE_TOLD]
    return tuple(_tell(code, groups[code], totals[code]) for code in (*adverse, *favourable))


def _tell(code: str, parts: list[_Part], total: float) -> ScoredReason:
    """The reason of a group, in the words of the feature that pulls hardest its way."""
    adverse = total < 0
    pulling = sorted((p for p in parts if p.points * total > 0), key=lambda p: (-abs(p.points), p.words.name))
    leader = pulling[0]
    text, text_en = leader.words.sentences(leader.value, adverse=adverse)
    told = [p for p in pulling if p is leader or round(p.points)]
    return ScoredReason(
        code=code,
        direction="adverse" if adverse else "favourable",
        points=round(total),
        text=text,
        text_en=text_en,
        features=tuple(FeatureValue(p.words.name, p.value, p.words.unit) for p in told),
    )
