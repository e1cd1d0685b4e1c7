"""The terms of a contract version: price rules as data, and what limits a month's bill."""

from collections import Counter
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.contracts.pricing import Fen, Free, Price
from api.contracts.service_levels import ProductCode, ServiceLevel
from bureau.grant import PURPOSES

BILLED = {
    "hit": frozenset({"found", "partial"}),
    "call": frozenset({"found", "partial", "not_found", "stale"}),
    "entity_month": frozenset({"found", "partial"}),
}
"""The outcomes each way of counting charges, unless a rule names its own. What is refused or down is never charged."""

_YEAR_HOURS = 366 * 24
Count = Annotated[int, Field(ge=1, le=10**9)]
Outcome = Literal["found", "partial", "not_found", "stale"]


class PriceRule(BaseModel):
    """The price of one product, for one purpose or all, and for the outcomes it names or its counting implies.

    per: hit, call, or entity_month (an enterprise's first hit in a month is a unit, all others are free).
    repeat_hours: a call of the same institution, enterprise, product and purpose within so many hours after one
    that was charged in full costs `repeat_percent` of a unit, and counts as none; 0: there is no such rule.
    price_basis, ceiling_fen: 发改价格〔2025〕65号 lets authorised public data be priced on a stated basis, below a
    ceiling a unit; use for public governance is free.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: ProductCode
    per: Literal["hit", "call", "entity_month"] = "hit"
    price: Price
    purpose: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    repeat_hours: Annotated[int, Field(ge=0, le=_YEAR_HOURS)] = 0
    repeat_percent: Annotated[int, Field(ge=0, le=100)] = 0
    price_basis: Literal["market", "government_guided", "government_set", "public_governance"] = "market"
    ceiling_fen: Fen | None = None

    @model_validator(mode="after")
    def _lawful(self) -> Self:
        if self.purpose is not None and self.purpose not in PURPOSES:
            raise ValueError(f"purpose is one of {', '.join(PURPOSES)}, or left out for all")
        fen, units = self.price.dearest()
        if self.price_basis == "public_governance" and not isinstance(self.price, Free):
            raise ValueError(f"{self.product} for public governance is free (发改价格〔2025〕65号)")
        if self.price_basis in ("government_guided", "government_set") and self.ceiling_fen is None:
            raise ValueError(f"{self.product} has a price basis of the government and so needs ceiling_fen")
        if self.ceiling_fen is not None and fen > self.ceiling_fen * units:
            raise ValueError(f"{self.product} costs more than its ceiling of {self.ceiling_fen} fen a unit")
        return self

    @cached_property
    def billed(self) -> frozenset[str]:
        """The outcomes it charges."""
        return frozenset(self.outcomes) or BILLED[self.per]


class Terms(BaseModel):
    """Everything a contract version says. Amounts are integer fen, a month is one of Shanghai.

    minimum_fen: what a month's statement comes to at least. cap_fen: what its calls come to at most.
    quotas: product -> answered calls a month. prepaid: calls are paid from the wallet, which never goes below zero.
    alerts_fen: sums of a month's charges at which the institution is told. service_levels: what is promised of the
    answers, each measure of a product at most once.
    calls_per_minute: product -> how often each client may call it, where that is not the catalogue's rate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: Annotated[tuple[PriceRule, ...], Field(max_length=500)] = ()
    minimum_fen: Fen = 0
    cap_fen: Fen | None = None
    quotas: dict[ProductCode, Count] = {}
    prepaid: bool = False
    alerts_fen: tuple[Annotated[int, Field(ge=1, le=10**12)], ...] = ()
    service_levels: tuple[ServiceLevel, ...] = ()
    calls_per_minute: dict[ProductCode, Count] = {}

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        places = [(rule.product, rule.purpose, outcome) for rule in self.rules for outcome in rule.billed]
        for (product, purpose, outcome), times in Counter(places).items():
            if times > 1:
                raise ValueError(f"{product} has {times} prices for {outcome} and {purpose or 'all purposes'}")
        if unsold := sorted(set(self.quotas) - self.products):
            raise ValueError(f"there is a quota but no price for {', '.join(unsold)}")
        if unsold := sorted(set(self.calls_per_minute) - self.products):
            raise ValueError(f"calls_per_minute names what has no price: {', '.join(unsold)}")
        promised = Counter((level.product, level.measure) for level in self.service_levels)
        if unsold := sorted({product for product, _ in promised} - self.products):
            raise ValueError(f"there is a service level but no price for {', '.join(unsold)}")
        for (product, measure), times in promised.items():
            if times > 1:
                raise ValueError(f"{product} has {times} service levels for {measure}")
        if self.cap_fen is not None and self.cap_fen < self.minimum_fen:
            raise ValueError("the cap of a month lies below its minimum")
        return self

    @cached_property
    def products(self) -> frozenset[str]:
        """Codes of what may be called."""
        return frozenset(rule.product for rule in self.rules)

    def place_of(self, product: str, purpose: str, outcome: str) -> int | None:
        """The number of the rule that charges a call; a rule of its purpose goes before one of all. None: no charge."""
        own = self._places.get((product, purpose, outcome))
        return self._places.get((product, None, outcome)) if own is None else own

    @cached_property
    def _places(self) -> dict[tuple[str, str | None, str], int]:
        return {
            (rule.product, rule.purpose, outcome): number
            for number, rule in enumerate(self.rules)
            for outcome in rule.billed
        }
