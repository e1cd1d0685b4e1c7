"""Violations on the road: how often, how grave, by how many vehicles."""

from datetime import date

import pytest

from features.contracts.registration import REGISTRATION
from features.contracts.transport_violation import TRANSPORT_VIOLATION
from features.lake.lake import Lake
from features.store.live import Value
from tests.factories.lakes import ACME, GAMMA, land_rows, make_lake
from tests.factories.oversight import transport_violation
from tests.factories.registrations import registration
from tests.factories.values import value

DAY = "2025-06-01"
FIRST, SECOND, THIRD = ("11" * 16, "22" * 16, "33" * 16)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME's vehicles caught at the edges of every window, GAMMA's never; the last one is known a day after DAY."""
    lake = make_lake(tmp_path_factory.mktemp("roads"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-02")
    rows = [
        transport_violation(ACME, date(2025, 3, 14), points=3, plate_hash=FIRST),
        transport_violation(ACME, date(2024, 12, 2), points=6, plate_hash=FIRST),
        transport_violation(ACME, date(2024, 12, 1), points=1, plate_hash=SECOND, act="无证经营"),
        transport_violation(ACME, date(2024, 6, 2), points=0, plate_hash=FIRST, act="其他"),
        transport_violation(ACME, date(2024, 6, 1), points=2, plate_hash=SECOND),
        transport_violation(ACME, date(2023, 6, 2), points=0, plate_hash=THIRD, act="其他"),
        transport_violation(ACME, date(2023, 6, 1), points=12, plate_hash=THIRD, act="无证经营"),
        transport_violation(ACME, date(2022, 6, 1), points=12, plate_hash=THIRD),
    ]
    land_rows(lake, TRANSPORT_VIOLATION, rows, "2025-05-30")
    land_rows(lake, TRANSPORT_VIOLATION, [transport_violation(ACME, date(2025, 5, 20))], "2025-06-02")
    return lake


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("transport_violations_6m", 2),
        ("transport_violations_24m", 6),
        ("transport_points_12m", 10),
        ("transport_mean_points_24m", 2),
        ("transport_worst_points_36m", 12),
        ("transport_vehicles_24m", 3),
        ("transport_violations_per_vehicle_24m", 2),
        ("transport_overloads_24m", 3),
        ("transport_overload_share_36m", pytest.approx(3 / 7)),
        ("transport_unlicensed_36m", 2),
        ("transport_violation_trend_12m", 1.0),
        ("transport_days_since_last", 79),
        ("transport_months_active_24m", 4),
    ],
)
def test_of_a_carrier(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, ACME, DAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("transport_violations_24m", 0),
        ("transport_points_12m", 0),
        ("transport_mean_points_24m", None),
        ("transport_days_since_last", None),
        ("transport_violation_trend_12m", None),
    ],
)
def test_of_no_violation(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, GAMMA, DAY) == expected


def test_a_violation_known_late_counts_from_the_day_it_is_known(lake: Lake) -> None:
    assert [value(lake, "transport_days_since_last", ACME, day) for day in (DAY, "2025-06-02")] == [79, 13]
