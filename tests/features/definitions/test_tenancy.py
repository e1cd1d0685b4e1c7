"""Tenancy: rooms of its own, how long, and for how much."""

from datetime import date
from typing import Any

import pytest

from features.contracts.registration import REGISTRATION
from features.contracts.tenancy import TENANCY
from features.definitions.tenancy import TENANCY_FEATURES
from features.lake.lake import Lake
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.property import tenancy
from tests.factories.registrations import registration
from tests.factories.values import values


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME rents two places and has left a third; BETA sits at a host; GAMMA is on no lease."""
    lake = make_lake(tmp_path_factory.mktemp("tenancy"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    here = tenancy(ACME, date(2024, 1, 1), area_m2=200, rent_fen=1_600_000)
    shop = tenancy(ACME, date(2025, 7, 1), address="B", area_m2=50, rent_fen=900_000)
    left = tenancy(ACME, date(2022, 1, 1), address="C", area_m2=30, ends_on=date(2023, 12, 31))
    desk = tenancy(BETA, date(2025, 1, 1), hosted=True, area_m2=0, rent_fen=0, ends_on=date(2025, 12, 31))
    land_rows(lake, TENANCY, [here, shop, left, desk], "2025-07-10")
    broken = here | {"op": "U", "version": 2, "ends_on": date(2025, 9, 1)}
    land_rows(lake, TENANCY, [broken], "2025-09-05")
    return lake


TENANT = {
    "lease_running": 1,
    "address_hosted": 0,
    "lease_area": 250,
    "lease_rent_fen": 2_500_000,
    "lease_rent_per_m2": 10_000,
    "lease_stay_days": 561,
    "leases_begun_12m": 1,
    "leases_begun_36m": 2,
    "addresses_36m": 2,
    "leases_ended_share": 1 / 3,
    "lease_smallest_area": 30,
}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-07-15", TENANT, id="two places and one left behind"),
        pytest.param(ACME, "2025-09-04", {"lease_area": 250}, id="moved out, and not known yet"),
        pytest.param(ACME, "2025-09-05", {"lease_area": 50, "leases_ended_share": 2 / 3}, id="moved out"),
        pytest.param(ACME, "2026-01-01", {"lease_smallest_area": 50}, id="two years after its end a lease is not used"),
        pytest.param(ACME, "2026-06-30", {"leases_begun_12m": 1}, id="the first day of the window"),
        pytest.param(ACME, "2026-07-01", {"leases_begun_12m": 0}, id="a day too old"),
        pytest.param(
            BETA, "2025-12-30", {"address_hosted": 1, "lease_running": 0, "lease_area": None}, id="a host's desk"
        ),
        pytest.param(BETA, "2025-12-31", {"address_hosted": 0}, id="the desk's last day is past"),
        pytest.param(
            GAMMA, "2025-07-15", {"lease_running": 0, "lease_stay_days": None, "addresses_36m": 0}, id="nowhere"
        ),
    ],
)
def test_tenancy(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in TENANCY_FEATURES} == set(TENANT)
