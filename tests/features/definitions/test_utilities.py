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
    ("change", "as_of", "expected"),
    [
        pytest.param({}, "2025-08-01", 0, id="the last day of six months from dunning"),
        pytest.param({}, "2025-08-02", 1, id="more than six months, and unpaid"),
        pytest.param({"dunned_on": None}, "2025-08-02", 0, id="never dunned"),
        pytest.param({"justified": True}, "2025-08-02", 0, id="disputed with a reason"),
        pytest.param({"cleared_on": date(2025, 8, 2)}, "2025-08-02", 0, id="paid by that day"),
        pytest.param({"cleared_on": date(2025, 8, 3)}, "2025-08-02", 1, id="paid a day later"),
        pytest.param({"kind": "窃电", "dunned_on": None}, "2025-06-25", 1, id="theft counts at once"),
        pytest.param({"kind": "违约", "cleared_on": date(2025, 3, 1)}, "2025-06-25", 1, id="so does a breach"),
    ],
)
def test_only_overdue_and_unjustified_arrears_count(
    tmp_path: Path, change: dict[str, Any], as_of: str, expected: int
) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, POWER_ARREARS, [power_arrears(ACME, **change)], "2025-06-20")
    assert value(lake, "power_arrears_count_24m", ACME, as_of) == expected
