"""Price models: each a function from the units of a month to whole fen.

The k-th unit costs `total(k) - total(k - 1)`, in whatever order calls commit. So the charges of a month add up to the
model's total at every instant, nothing is left to settle at its end, and a slow recomputation needs only a count.
"""

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


class Flat(BaseModel):
    """Every unit costs the same."""

    model_config = _FROZEN
    model: Literal["flat"] = "flat"
    unit_fen: Fen

    def total(self, units: int) -> int:
        return units * self.unit_fen

    def dearest(self) -> tuple[int, int]:
        return self.unit_fen, 1


class Package(BaseModel):
    """Units come in packages, each paid in full when its first unit is used; what is left ends with the month."""

    model_config = _FROZEN
    model: Literal["package"] = "package"
    size: Units
    package_fen: Fen

    def total(self, units: int) -> int:
        return -(-units // self.size) * self.package_fen

    def dearest(self) -> tuple[int, int]:
        return self.package_fen, self.size


class Tier(BaseModel):
    """A price for units up to a count; the last tier has no end."""

    model_config = _FROZEN
    up_to: Units | None = None
    unit_fen: Fen


class _Tiered(BaseModel):
    model_config = _FROZEN
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]

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
        reached = next(tier for tier in self.tiers if tier.up_to is None or units <= tier.up_to)
        return units * reached.unit_fen


Price = Annotated[Free | Flat | Package | Graduated | Volume, Field(discriminator="model")]


def next_unit(price: Free | Flat | Package | Graduated | Volume, used: int) -> int:
    """What one more unit costs after `used` units of the month, in fen."""
    return price.total(used + 1) - price.total(used)
