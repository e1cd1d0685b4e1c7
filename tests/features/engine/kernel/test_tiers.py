"""Which windows are read together: each in one tier, long ones first, and apart only where that spares steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contracts.tax_declaration import TAX_DECLARATION
from features.engine.algebra import Feature, count
from features.engine.kernel.tiers import in_tiers
from features.engine.windows import Window, days, ever, months, periods

FEW, MANY = frozenset({1, 2}), frozenset(range(10, 60))
WINDOWS = {"ever": ever(), "years": days(1_500), "year": months(12), "periods": periods(4), "month": days(30)}


def leaves(*names: str) -> dict[str, Feature]:
    return {name: leaf(WINDOWS[name]) for name in names}


def leaf(within: Window) -> Feature:
    return Feature(feed=TAX_DECLARATION, take=count(), within=within)


@pytest.mark.parametrize(
    ("needs", "tiers"),
    [
        pytest.param({"ever": FEW, "year": MANY}, [["ever"], ["year"]], id="the short one asks much more"),
        pytest.param({"ever": MANY, "year": MANY}, [["ever", "year"]], id="both ask the same"),
        pytest.param({"ever": MANY, "year": MANY - FEW - {20, 30}}, [["ever", "year"]], id="the short one asks a part"),
        pytest.param({"month": MANY, "ever": FEW}, [["ever"], ["month"]], id="in any order"),
        pytest.param(
            {"ever": FEW, "years": FEW, "year": MANY}, [["ever", "years"], ["year"]], id="two that ask little stay one"
        ),
        pytest.param({"ever": frozenset(), "year": frozenset()}, [["ever", "year"]], id="nothing is worked out"),
        pytest.param({"year": MANY}, [["year"]], id="one window"),
    ],
)
def test_windows_part_where_that_spares_steps(needs: dict[str, frozenset[int]], tiers: list[list[str]]) -> None:
    assert [[*tier] for tier in in_tiers(leaves(*needs), needs)] == tiers


@given(needs=st.dictionaries(st.sampled_from([*WINDOWS]), st.frozensets(st.integers(0, 40)), min_size=1))
def test_every_window_is_in_one_tier(needs: dict[str, frozenset[int]]) -> None:
    listed = [key for tier in in_tiers(leaves(*needs), needs) for key in tier]
    assert sorted(listed) == sorted(needs)
    reaching = ["ever", "years", "year", "periods", "month"]  # a period of this feed is a month
    assert listed == [key for key in reaching if key in needs]
