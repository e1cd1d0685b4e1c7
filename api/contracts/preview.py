"""What a month of calls would cost under some terms, to the fen: the ledger's own prices, nothing stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.contracts.pricing import Flat, Free, Graduated, Held, Package, Volume, next_charge
from api.contracts.terms import Terms

Price = Free | Flat | Package | Graduated | Volume


@dataclass(frozen=True)
class Kind:
    """Calls of one kind that a month may bring, none of them a repeat.

    enterprises: how many different ones they ask about, where a price counts enterprises; as many as calls without.
    """

    product: str
    purpose: str
    outcome: str
    calls: int
    enterprises: int | None = None


@dataclass(frozen=True)
class KindPriced:
    """What the calls of one kind add to the month. rule: the number of its price rule; None where none charges it.

    calls: the answered ones; refused: those above the quota.
    """

    kind: Kind
    rule: int | None
    calls: int
    refused: int
    units: int
    amount_fen: int


@dataclass(frozen=True)
class MonthPriced:
    """A whole month in the order its kinds were named. total_fen: what its statement would come to."""

    lines: tuple[KindPriced, ...]
    calls_fen: int
    minimum_top_up_fen: int
    total_fen: int


def preview_month(terms: Terms, kinds: Sequence[Kind]) -> MonthPriced:
    """Price a month from its first call on, kind after kind."""
    month = _Month(terms)
    lines = tuple(month.add(kind) for kind in kinds)
    top_up = max(terms.minimum_fen - month.charged_fen, 0)
    return MonthPriced(lines, month.charged_fen, top_up, month.charged_fen + top_up)


class _Month:
    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._answered: dict[str, int] = {}
        self._held: dict[int, Held] = {}
        self.charged_fen = 0

    def add(self, kind: Kind) -> KindPriced:
        calls = self._within_quota(kind)
        number = self._terms.place_of(kind.product, kind.purpose, kind.outcome)
        units, before = 0, self.charged_fen
        if number is not None:
            units = self._units_of(number, kind, calls)
            self._charge(number, units)
        return KindPriced(kind, number, calls, kind.calls - calls, units, self.charged_fen - before)

    def _within_quota(self, kind: Kind) -> int:
        answered, quota = self._answered.get(kind.product, 0), self._terms.quotas.get(kind.product)
        calls = kind.calls if quota is None else min(kind.calls, max(quota - answered, 0))
        self._answered[kind.product] = answered + calls
        return calls

    def _units_of(self, number: int, kind: Kind, calls: int) -> int:
        rule = self._terms.rules[number]
        if isinstance(rule.price, Free):
            return 0
        counted = kind.enterprises if rule.per == "entity_month" and kind.enterprises is not None else calls
        return min(counted, calls)

    def _charge(self, number: int, units: int) -> None:
        """As the ledger does: a charge goes up to the cap of the month, and what makes earlier ones cheaper counts."""
        price = self._terms.rules[number].price
        for run in _runs(price, self._held.get(number, Held()).units, units):
            held = self._held.get(number, Held())
            fen = self._within_cap(_charge_of(price, held, run))
            self.charged_fen += fen
            self._held[number] = Held(held.units + run, held.standing + run, held.charged_fen + fen)

    def _within_cap(self, fen: int) -> int:
        cap = self._terms.cap_fen
        return fen if cap is None else min(fen, max(cap - self.charged_fen, 0))


def _runs(price: Price, used: int, units: int) -> Iterator[int]:
    """The next units in runs that a cap cannot tell from their units one by one.

    Where all units get cheaper with the one that reaches a tier, that one is a run of its own.
    """
    if not isinstance(price, Volume):
        yield units
        return
    ends = [tier.up_to for tier in price.tiers if tier.up_to is not None and used < tier.up_to < used + units]
    for start, end in pairwise([used, *ends, used + units]):
        yield from (run for run in (min(1, end - start), end - start - 1) if run > 0)


def _charge_of(price: Price, held: Held, run: int) -> int:
    """What a run of units adds before the cap."""
    if not isinstance(price, Volume):
        return price.total(held.units + run) - price.total(held.units)
    return next_charge(price, held) if run == 1 else run * price.tier_fen(held.units + 1)
