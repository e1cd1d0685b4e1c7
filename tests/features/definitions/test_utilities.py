"""Electricity features."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from features.contracts.electricity import ELECTRICITY
from features.contracts.power_arrears import POWER_ARREARS
from tests.factories.lakes import ACME, land_rows, make_lake
from tests.factories.power import electricity, power_arrears
from tests.factories.values import value


def test_use_is_compared_with_the_same_months_a_year_earlier(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, ELECTRICITY, [electricity(ACME, "2025-03", 60), electricity(ACME, "2024-03", 80)], "2025-05-20")
    assert ELECTRICITY.deadline_days == 25
    assert value(lake, "power_trend_6p", ACME, "2025-05-25") == -0.25


def test_a_bill_is_unpaid_until_its_day_of_payment(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    paid = electricity(ACME, "2025-02", paid_on=date(2025, 5, 26))
    land_rows(lake, ELECTRICITY, [electricity(ACME, "2025-03"), paid], "2025-05-20")
    assert [value(lake, "power_unpaid_share_6p", ACME, f"2025-05-{day}") for day in (25, 26)] == [1, 0.5]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, 1, id="dunned and unpaid"),
        pytest.param({"dunned_on": None}, 0, id="never dunned"),
        pytest.param({"justified": True}, 0, id="disputed with a reason"),
    ],
)
def test_only_dunned_and_unjustified_arrears_count(tmp_path: Path, change: dict[str, Any], expected: int) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, POWER_ARREARS, [power_arrears(ACME, **change)], "2025-06-20")
    assert value(lake, "power_arrears_count_24m", ACME, "2025-06-25") == expected
