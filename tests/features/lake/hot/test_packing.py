"""A packed column gives back every value, and the usual ones cost few bytes."""

from dataclasses import replace

import numpy as np
import pytest

from features.lake.hot.packing import (
    UNKNOWN,
    Integers,
    Plan,
    find_plan,
    pack,
    pack_by,
    pack_event_days,
    pack_like,
    unpack,
)

ROWS = 20_000
CHANCE = np.random.default_rng(7)
DAYS = np.sort(CHANCE.integers(40_000, 43_000, ROWS))
MONEY = (10 ** CHANCE.uniform(2, 8, ROWS)).astype(np.int64)
SOME = CHANCE.random(ROWS)


def sized(values: Integers) -> float:
    """Bytes a row, of a column beside others it may be counted from."""
    whole = {"event_day": DAYS, "payable_fen": MONEY}
    made = pack(values, whole)
    assert np.array_equal(unpack(made, len(values), None if made.base is None else whole[made.base]), values)
    return (made.codes.nbytes + made.rows.nbytes + made.values.nbytes + made.table.nbytes) / ROWS


@pytest.mark.parametrize(
    ("values", "most"),
    [
        pytest.param(np.full(ROWS, 7), 0, id="one value"),
        pytest.param(np.full(ROWS, UNKNOWN), 0, id="nothing known"),
        pytest.param(DAYS, 0, id="another column again"),
        pytest.param(DAYS + CHANCE.integers(3, 90, ROWS), 1, id="a lag"),
        pytest.param(DAYS + np.where(SOME < 0.01, 4_000, 12), 0.2, id="a lag of years for a few"),
        pytest.param(np.where(SOME < 0.02, DAYS + 30, UNKNOWN), 0.3, id="known of few"),
        pytest.param(np.where(SOME < 0.97, MONEY, 0), 0.5, id="nearly always the amount due"),
        pytest.param(100 * CHANCE.integers(-30_000, 30_000, ROWS), 2, id="whole yuan, also negative"),
        pytest.param(np.where(SOME < 0.01, 2**45, MONEY % 1_000), 2.3, id="few amounts beyond 42.9 million yuan"),
        pytest.param(CHANCE.integers(0, 12, ROWS) ** 4, 1.1, id="few different values"),
        pytest.param(CHANCE.integers(-(2**62), 2**62, ROWS), 8, id="as wide as can be"),
        pytest.param(np.where(SOME < 0.5, UNKNOWN + 1, 2**63 - 1), 8, id="both ends"),
    ],
)
def test_every_value_comes_back_at_its_price(values: Integers, most: float) -> None:
    assert sized(values) <= most


@pytest.mark.parametrize("seed", range(30))
def test_any_mixture_comes_back(seed: int) -> None:
    chance = np.random.default_rng(seed)
    parts = [
        chance.integers(-(2 ** int(chance.integers(1, 62))), 2 ** int(chance.integers(1, 62)), ROWS) for _ in range(3)
    ]
    parts += [np.full(ROWS, UNKNOWN), MONEY, DAYS + chance.integers(0, 400, ROWS)]
    weights = chance.dirichlet(np.full(len(parts), 0.3))
    sized(np.choose(chance.choice(len(parts), ROWS, p=weights), parts))


DUE = np.where(SOME < 0.2, DAYS + 30, UNKNOWN)
TERM = DAYS + CHANCE.integers(30, 2_000, ROWS)
OTHERWISE = TERM + CHANCE.choice(np.array([-1_095, -365, -180, -90, 90, 180, 365]), ROWS)
ONE = np.arange(ROWS) == 11
"""A row that no sample holds."""


@pytest.mark.parametrize(
    ("values", "base"),
    [
        pytest.param(np.where(SOME < 0.3, CHANCE.integers(0, 2**40, ROWS), DUE), DUE, id="known where its base is not"),
        pytest.param(np.where(SOME < 0.3, 2**63 - 1, DUE), DUE, id="the largest where its base is not known"),
        pytest.param(np.where(SOME < 0.8, TERM, OTHERWISE), np.where(ONE, UNKNOWN, TERM), id="of one row, by a table"),
        pytest.param(np.where(ONE, 2**62, TERM), np.where(ONE, -(2**62), TERM), id="farther than a number tells"),
        pytest.param(np.where(ONE, -(2**62), TERM), np.where(ONE, 2**62, TERM), id="as far as what says unknown"),
        pytest.param(np.where(ONE, UNKNOWN, TERM), np.where(SOME < 0.2, UNKNOWN, TERM), id="neither known"),
    ],
)
def test_values_come_back_whatever_their_base_knows(values: Integers, base: Integers) -> None:
    made = pack(values, {"due": base})
    assert np.array_equal(unpack(made, ROWS, None if made.base is None else base), values)
    by_force = pack_by(replace(find_plan(TERM, {}), base="due"), values, {"due": base})
    assert np.array_equal(unpack(by_force, ROWS, base), values)


@pytest.mark.parametrize(
    ("days", "width"),
    [
        pytest.param(np.empty(0, np.int64), 2, id="none"),
        pytest.param(np.repeat(np.arange(253) * 30, 9), 1, id="the ends of months"),
        pytest.param(np.arange(254), 2, id="too many for a byte"),
        pytest.param(np.array([-40_000, 40_000]), 1, id="far apart"),
        pytest.param(np.arange(0, 2**32, 2**24), 4, id="days of any size"),
        pytest.param(np.array([0, 2**33]), 8, id="days of no size"),
    ],
)
def test_event_days_have_no_exceptions(days: Integers, width: int) -> None:
    made = pack_event_days(days)
    assert np.array_equal(unpack(made, len(days)), days)
    assert made.rows.size == 0
    assert made.width == width or (width == 1 and made.width == 4)


@pytest.mark.parametrize(
    ("like", "fits"),
    [
        pytest.param(DAYS + 9, True, id="the same lag"),
        pytest.param(np.where(SOME < 0.01, DAYS + 4_000, DAYS + 9), True, id="a few other lags"),
        pytest.param(DAYS + CHANCE.integers(3, 90, ROWS), False, id="any lag"),
        pytest.param(np.full(ROWS, UNKNOWN), False, id="nothing known"),
        pytest.param(np.empty(0, np.int64), True, id="nobody"),
    ],
)
def test_a_plan_serves_what_is_like_and_nothing_else(like: Integers, fits: bool) -> None:
    plan = find_plan(DAYS + 9, {"event_day": DAYS})
    days = DAYS[: like.size]
    made = pack_like(plan, like, {"event_day": days})
    assert (made is not None) == fits
    if made is not None:
        assert np.array_equal(unpack(made, like.size, days), like)


def test_a_plan_of_few_rows_or_of_a_column_that_is_not_there_is_not_used() -> None:
    assert pack_like(find_plan(DAYS[:40] + 9, {"event_day": DAYS[:40]}), DAYS + 9, {"event_day": DAYS}) is None
    assert pack_like(find_plan(DAYS + 9, {"event_day": DAYS}), DAYS + 9, {}) is None
    assert pack_like(None, DAYS, {}) is None


@pytest.mark.parametrize("value", [2**63 - 1, 2**63 - 10, 2**62, UNKNOWN + 1, -(2**62), 70_000])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_what_lies_far_from_an_offset_is_an_exception(value: int, width: int) -> None:
    values = np.array([value, 5, UNKNOWN, -100])
    for offset in (-100, -(2**62), 0):
        made = pack_by(Plan(width, width, offset), values, {})
        assert np.array_equal(unpack(made, len(values)), values)


def test_values_seen_once_make_no_table() -> None:
    assert find_plan(CHANCE.permutation(60_000)[:300], {}).table == ()
