"""Portions of any order, read again in the order of their rows."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from features.store.kernel_computation import Portion
from features.store.row_order import in_order

SECTIONS = pl.Enum(["A", "B", "C"])
STRETCH = 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("features.store.row_order.STRETCH", STRETCH)


def values_of(places: np.ndarray) -> pl.DataFrame:
    """What a row has, told from its place alone: each fifth has no number, and each third no section."""
    numbers = [None if place % 5 == 0 else place / 7 for place in places]
    sections = [None if place % 3 == 0 else "ABC"[place % 2] for place in places]
    return pl.DataFrame({"number": numbers, "section": sections}, schema={"number": pl.Float64, "section": SECTIONS})


def portions(places: np.ndarray, size: int) -> Iterator[Portion]:
    for start in range(0, len(places), size):
        part = places[start : start + size]
        yield Portion(part, values_of(part))


@pytest.mark.parametrize("rows", [pytest.param(1, id="one"), STRETCH, STRETCH + 1, 3 * STRETCH, 41])
@pytest.mark.parametrize("size", [pytest.param(1, id="a row a portion"), 3, STRETCH, 100])
@pytest.mark.parametrize("order", ["shuffled", "backwards", "as they are"])
def test_rows_come_in_their_order_whatever_the_order_of_the_portions(
    tmp_path: Path, rows: int, size: int, order: str
) -> None:
    places = np.arange(rows)
    given = {"shuffled": np.random.default_rng(rows).permutation(rows), "backwards": places[::-1]}.get(order, places)
    frames = list(in_order(portions(given, size), rows, tmp_path))
    assert [frame.height for frame in frames] == [min(STRETCH, rows - start) for start in range(0, rows, STRETCH)]
    whole = pl.concat(frames)
    assert whole.schema == {"number": pl.Float64, "section": SECTIONS}
    assert whole.equals(values_of(places))
