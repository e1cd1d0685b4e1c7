"""Price models: each a function from the units of a month to whole fen.

The k-th unit costs `total(k) - total(k - 1)`, in whatever order calls commit. So the charges of a month add up to the
model's total at every instant, nothing is left to settle at its end, and a slow recomputation needs only a count.
Where one price holds for several units, for all of a month (`Volume`) or for a package of them (`Package`), it holds
for those that stand: not for reversed ones, whose charge was taken back, and what a cap withheld is not given back a
second time.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_FROZEN = ConfigDict(frozen=True, extra="forbid")
Fen = Annotated[int, Field(ge=0, le=10**12)]
Units = Annotated[int, Field(ge=1, le=10**9)]


class Free(BaseModel):
    """Costs nothing."""

    model_config = _FROZEN
    model: Literal["free"] = "free"

    def total(self, units: int) -> int:  # noqa: ARG002 - as the other models are asked
        return 0

    def dearest(self) -> tuple[int, int]:
        return 0, 1

    def unit(self, used: int) -> tuple[int, int]:  # noqa: ARG002 - as the other models are asked
        return 0, 1


class Flat(BaseModel):
    """Every unit costs the same."""

    model_config = _FROZEN
    model: Literal["flat"] = "flat"
    unit_fen: Fen

    def total(self, units: int) -> int:
        return units * self.unit_fen

    def dearest(self) -> tuple[int, int]:
        return self.unit_fen, 1

    def unit(self, used: int) -> tuple[int, int]:  # noqa: ARG002 - as the other models are asked
        """(fen, for how many units) of the unit after `used`: what a repeat of a charged call costs a share of."""
        return self.unit_fen, 1


class Package(BaseModel):
    """Units come in packages, each paid in full when its first unit is used; what is left ends with the month.

    A reversed unit's place in its package is free again: as many packages are paid as the standing units fill.
    """

    model_config = _FROZEN
    model: Literal["package"] = "package"
    size: Units
    package_fen: Fen

    def total(self, units: int) -> int:
        return -(-units // self.size) * self.package_fen

    def dearest(self) -> tuple[int, int]:
        return self.package_fen, self.size

    def unit(self, used: int) -> tuple[int, int]:  # noqa: ARG002 - as the other models are asked
        return self.package_fen, self.size


class Tier(BaseModel):
    """A price for units up to a count; the last tier has no end."""

    model_config = _FROZEN
    up_to: Units | None = None
    unit_fen: Fen


class _Tiered(BaseModel):
    model_config = _FROZEN
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _rising_and_open(self) -> Self:
        ends = [tier.up_to for tier in self.tiers]
        if ends[-1] is not None or None in ends[:-1]:
            raise ValueError("the last tier, and no other, has no up_to")
        if any(above <= below for below, above in pairwise(end for end in ends if end is not None)):
            raise ValueError("the up_to of tiers rise")
        return self

    def dearest(self) -> tuple[int, int]:
        return max(tier.unit_fen for tier in self.tiers), 1

    def unit(self, used: int) -> tuple[int, int]:
        return self.tier_fen(used + 1), 1

    def tier_fen(self, units: int) -> int:
        """What the tier says that so many units reach."""
        return self.tiers[bisect_left(self._ends, units)].unit_fen

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(tier.up_to for tier in self.tiers if tier.up_to is not None)


class Graduated(_Tiered):
    """Each unit costs what its own tier says."""

    model: Literal["graduated"] = "graduated"

    def total(self, units: int) -> int:
        fen, below = 0, 0
        for tier in self.tiers:
            end = units if tier.up_to is None else min(units, tier.up_to)
            fen += max(end - below, 0) * tier.unit_fen
            below = end
        return fen


class Volume(_Tiered):
    """All units of a month cost what the tier says that the last one reaches.

    The unit that reaches a cheaper tier makes all before it cheaper: its own charge may be negative.
    """

    model: Literal["volume"] = "volume"

    def total(self, units: int) -> int:
        return units * self.tier_fen(units)


@dataclass(frozen=True)
class Held:
    """How far a price rule is used in a month: units used, those of them that stand, and what the standing ones cost.

    A reversed unit stays used: it counts for tiers and stands no more.
    """

    units: int = 0
    standing: int = 0
    charged_fen: int = 0


Price = Annotated[Free | Flat | Package | Graduated | Volume, Field(discriminator="model")]


def next_unit(price: Free | Flat | Package | Graduated | Volume, used: int) -> int:
    """What one more unit costs after `used` units of the month, in fen."""
    return price.total(used + 1) - price.total(used)


def next_charge(price: Free | Flat | Package | Graduated | Volume, held: Held) -> int:
    """What one more unit adds to a month, in fen, before its cap.

    Below zero where a volume makes the standing units cheaper than what they were charged, and never by more than
    that: a month's charges do not fall below zero.
    """
    if isinstance(price, Package):
        return next_unit(price, held.standing)
    if not isinstance(price, Volume):
        return next_unit(price, held.units)
    fen = price.tier_fen(held.units + 1)
    owed = (held.standing + 1) * fen
    step = owed - held.standing * price.tier_fen(held.units)
    return min(owed - held.charged_fen, max(step, fen))  # what a cap withheld is not asked for later


def reversed_charge(price: Free | Flat | Package | Graduated | Volume, held: Held, charged_fen: int) -> int:
    """What is given back for a unit that was charged `charged_fen` and stands no more, in fen.

    Of a volume and of packages it is what the units were charged beyond what the others come to: by the price that
    holds for all now, and by the packages they fill.
    """
    others = held.standing - 1
    if isinstance(price, Package):
        return max(held.charged_fen - price.total(others), 0)
    if isinstance(price, Volume):
        return max(held.charged_fen - others * price.tier_fen(held.units), 0)
    return charged_fen


def share(unit: tuple[int, int], percent: int) -> int:
    """A share of a unit's price (fen, for how many units) in whole fen, half a fen upwards."""
    fen, units = unit
    return (2 * fen * percent + 100 * units) // (200 * units)
