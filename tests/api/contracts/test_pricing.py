"""Price models: charges of single units add up to the total, whatever the model and the order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.contracts.pricing import (
    Flat,
    Free,
    Graduated,
    Held,
    Package,
    Price,
    Tier,
    Volume,
    next_charge,
    next_unit,
    reversed_charge,
    share,
)

fen = st.integers(0, 100_000)
ends = st.lists(st.integers(1, 60), min_size=0, max_size=4, unique=True).map(sorted)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    closed = [Tier(up_to=end, unit_fen=draw(fen)) for end in draw(ends)]
    return (*closed, Tier(unit_fen=draw(fen)))


prices = st.one_of(
    st.just(Free()),
    st.builds(Flat, unit_fen=fen),
    st.builds(Package, size=st.integers(1, 50), package_fen=fen),
    st.builds(Graduated, tiers=tiers()),
    st.builds(Volume, tiers=tiers()),
)


@given(prices, st.integers(0, 200))
def test_the_charges_of_units_add_up_to_the_total(price: Price, units: int) -> None:
    assert price.total(0) == 0
    assert sum(next_unit(price, used) for used in range(units)) == price.total(units)


@given(tiers(), st.integers(0, 70))
def test_a_unit_costs_what_the_first_tier_says_that_it_does_not_pass(tiers: tuple[Tier, ...], units: int) -> None:
    reached = next(tier for tier in tiers if tier.up_to is None or units <= tier.up_to)
    assert Volume(tiers=tiers).tier_fen(units) == reached.unit_fen


@given(prices, st.none() | st.integers(0, 2_000_000), st.integers(0, 120))
def test_a_month_of_one_price_costs_its_total_or_the_cap(price: Price, cap: int | None, units: int) -> None:
    """Also where the cap was reached before the volume made all units cheaper."""
    held = Held()
    for _ in range(units):
        held = charged(price, held, cap)
    assert held.charged_fen == (price.total(units) if cap is None else min(cap, price.total(units)))


@given(prices, st.none() | st.integers(0, 2_000_000), st.lists(st.booleans(), max_size=80))
def test_reversals_leave_what_the_standing_units_cost(price: Price, cap: int | None, reversing: list[bool]) -> None:
    """Whatever is reversed when, the month never falls below zero, and is nothing once no unit stands."""
    held, units = Held(), list[int]()
    for reverses in reversing:
        before = held.charged_fen
        if reverses and units:
            fen = reversed_charge(price, held, units.pop(0))
            held = Held(held.units, held.standing - 1, held.charged_fen - fen)
        else:
            held = charged(price, held, cap)
            units.append(held.charged_fen - before)
        assert 0 <= held.charged_fen <= (held.charged_fen if cap is None else max(cap, 0))
        if isinstance(price, Volume) and held.units:
            due = held.standing * price.tier_fen(held.units)
            assert held.charged_fen == due if cap is None else held.charged_fen <= due
        if isinstance(price, Package):
            due = price.total(held.standing)
            assert held.charged_fen == due if cap is None else held.charged_fen <= due
        if not units:
            assert held.charged_fen == 0


def charged(price: Price, held: Held, cap: int | None) -> Held:
    """The month after one more unit."""
    fen = next_charge(price, held)
    if cap is not None:
        fen = min(fen, max(cap - held.charged_fen, 0))
    return Held(held.units + 1, held.standing + 1, held.charged_fen + fen)


@pytest.mark.parametrize(
    ("price", "used", "fen"),
    [
        pytest.param(Flat(unit_fen=7), 3, 2, id="flat: a third of 7"),
        pytest.param(Package(size=10, package_fen=50), 10, 2, id="package: of its tenth, not of a package"),
        pytest.param(Volume(tiers=(Tier(up_to=2, unit_fen=10), Tier(unit_fen=4))), 2, 1, id="volume: gives none back"),
        pytest.param(Graduated(tiers=(Tier(up_to=2, unit_fen=10), Tier(unit_fen=4))), 1, 3, id="graduated"),
        pytest.param(Free(), 1, 0, id="free"),
    ],
)
def test_a_repeat_costs_a_share_of_one_unit(price: Price, used: int, fen: int) -> None:
    assert share(price.unit(used), 33) == fen


@given(prices, st.integers(1, 200))
def test_no_month_costs_more_than_its_dearest_unit_allows(price: Price, units: int) -> None:
    dearest, size = price.dearest()
    assert price.total(units) <= dearest * -(-units // size)


@given(st.builds(Graduated, tiers=tiers()), st.integers(0, 200))
def test_a_graduated_total_is_the_sum_of_each_units_own_tier(price: Graduated, units: int) -> None:
    own = [next(t.unit_fen for t in price.tiers if t.up_to is None or unit <= t.up_to) for unit in range(1, units + 1)]
    assert price.total(units) == sum(own)


@pytest.mark.parametrize(
    ("price", "totals"),
    [
        pytest.param(Flat(unit_fen=8), {0: 0, 1: 8, 3: 24}, id="flat"),
        pytest.param(Package(size=10, package_fen=50), {0: 0, 1: 50, 10: 50, 11: 100}, id="package: paid when begun"),
        pytest.param(
            Graduated(tiers=(Tier(up_to=2, unit_fen=10), Tier(unit_fen=4))), {2: 20, 3: 24, 5: 32}, id="graduated"
        ),
        pytest.param(Volume(tiers=(Tier(up_to=2, unit_fen=10), Tier(unit_fen=4))), {2: 20, 3: 12, 5: 20}, id="volume"),
    ],
)
def test_totals(price: Price, totals: dict[int, int]) -> None:
    assert {units: price.total(units) for units in totals} == totals


def test_the_unit_that_reaches_a_cheaper_volume_gives_money_back() -> None:
    assert next_unit(Volume(tiers=(Tier(up_to=2, unit_fen=10), Tier(unit_fen=4))), 2) == -8


@pytest.mark.parametrize(
    ("written", "why"),
    [
        pytest.param({"model": "flat", "unit_fen": -1}, "greater than or equal to 0", id="negative"),
        pytest.param({"model": "flat", "unit_fen": 1.5}, "int", id="half a fen"),
        pytest.param({"model": "package", "size": 0, "package_fen": 1}, "greater than or equal to 1", id="no package"),
        pytest.param({"model": "graduated", "tiers": []}, "at least 1", id="no tier"),
        pytest.param({"model": "volume", "tiers": [{"up_to": 5, "unit_fen": 1}]}, "the last tier", id="an end"),
        pytest.param(
            {"model": "volume", "tiers": [{"unit_fen": 1}, {"unit_fen": 2}]}, "and no other", id="two without an end"
        ),
        pytest.param(
            {
                "model": "graduated",
                "tiers": [{"up_to": 5, "unit_fen": 1}, {"up_to": 5, "unit_fen": 2}, {"unit_fen": 3}],
            },
            "rise",
            id="the same end twice",
        ),
        pytest.param(
            {"model": "volume", "tiers": [*({"up_to": n, "unit_fen": 1} for n in range(1, 51)), {"unit_fen": 1}]},
            "at most 50",
            id="more tiers than anybody agrees to",
        ),
        pytest.param({"model": "auction", "unit_fen": 1}, "model", id="an unknown model"),
    ],
)
def test_an_impossible_price_is_refused(written: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        TypeAdapter(Price).validate_python(written)
