"""A month priced ahead costs what the ledger's rules would charge call by call."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.contracts.preview import Kind, preview_month
from api.contracts.pricing import Free, Held, next_charge
from api.contracts.terms import Terms

TIERS = [{"up_to": 3, "unit_fen": 10}, {"up_to": 9, "unit_fen": 6}, {"unit_fen": 1}]
PRICES = [
    {"model": "free"},
    {"model": "flat", "unit_fen": 7},
    {"model": "package", "size": 4, "package_fen": 30},
    {"model": "graduated", "tiers": TIERS},
    {"model": "volume", "tiers": TIERS},
]


@dataclass
class Slowly:
    """The same month, one call after the other."""

    terms: Terms
    held: dict[int, Held] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    charged: int = 0

    def call(self, kind: Kind) -> None:
        made = self.answered.get(kind.product, 0)
        if made >= self.terms.quotas.get(kind.product, 1 << 62):
            return
        self.answered[kind.product] = made + 1
        number = self.terms.place_of(kind.product, kind.purpose, kind.outcome)
        if number is None or isinstance(self.terms.rules[number].price, Free):
            return
        held = self.held.get(number, Held())
        fen = next_charge(self.terms.rules[number].price, held)
        if self.terms.cap_fen is not None:
            fen = min(fen, max(self.terms.cap_fen - self.charged, 0))
        self.charged += fen
        self.held[number] = Held(held.units + 1, held.standing + 1, held.charged_fen + fen)


@st.composite
def months(draw: st.DrawFn) -> tuple[Terms, list[Kind]]:
    """Two products, one of them dearer for a purpose; calls that fall before, on and after every tier."""
    price = st.sampled_from(PRICES)
    rules = [{"product": "P01", "price": draw(price)}, {"product": "P07", "price": draw(price), "per": "call"}]
    if draw(st.booleans()):
        rules.append({"product": "P01", "price": draw(price), "purpose": "post_loan"})
    cap = draw(st.none() | st.integers(0, 60))
    quotas = {"P07": draw(st.integers(1, 12))} if draw(st.booleans()) else {}
    kind = st.builds(
        Kind,
        st.sampled_from(["P01", "P07", "P99"]),
        st.sampled_from(["pre_loan", "post_loan"]),
        st.sampled_from(["found", "not_found"]),
        st.integers(0, 14),
    )
    return Terms.model_validate({"rules": rules, "cap_fen": cap, "quotas": quotas}), draw(st.lists(kind, max_size=4))


@settings(max_examples=150)
@given(month=months())
def test_the_preview_is_what_the_calls_come_to(month: tuple[Terms, list[Kind]]) -> None:
    terms, kinds = month
    slowly = Slowly(terms)
    priced = preview_month(terms, kinds)
    for kind, line in zip(kinds, priced.lines, strict=True):
        before = slowly.charged
        for _ in range(kind.calls):
            slowly.call(kind)
        assert line.amount_fen == slowly.charged - before
        assert line.calls + line.refused == kind.calls
    assert (priced.calls_fen, priced.total_fen) == (slowly.charged, slowly.charged)
    assert 0 <= priced.calls_fen <= (priced.calls_fen if terms.cap_fen is None else terms.cap_fen)


def test_the_minimum_of_a_month_is_topped_up() -> None:
    terms = Terms.model_validate({"rules": [{"product": "P07", "price": PRICES[1]}], "minimum_fen": 100})
    priced = preview_month(terms, [Kind("P07", "pre_loan", "found", 10)])
    assert (priced.calls_fen, priced.minimum_top_up_fen, priced.total_fen) == (70, 30, 100)


@pytest.mark.parametrize(
    ("enterprises", "units"), [(3, 3), (None, 10), (99, 10)], ids=["three", "not said", "too many"]
)
def test_where_enterprises_are_counted_their_number_is_what_costs(enterprises: int | None, units: int) -> None:
    terms = Terms.model_validate({"rules": [{"product": "P07", "per": "entity_month", "price": PRICES[1]}]})
    (line,) = preview_month(terms, [Kind("P07", "post_loan", "found", 10, enterprises)]).lines
    assert (line.units, line.amount_fen) == (units, 7 * units)
