"""Electronic service: whether papers reach an enterprise."""

from datetime import date
from typing import Any

import pytest

from features.contracts.registration import REGISTRATION
from features.contracts.service_address import SERVICE_ADDRESS
from features.definitions.service_address import SERVICE_ADDRESS_FEATURES
from features.lake.lake import Lake
from tests.factories.circles import service_address
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.values import values


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME is hosted and was lost for a while; BETA withdrew; GAMMA never agreed."""
    lake = make_lake(tmp_path_factory.mktemp("service"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    acme = service_address(ACME, date(2024, 9, 2), host_id="H001")
    beta = service_address(BETA, date(2019, 1, 1), withdrawn_on=date(2020, 7, 1))
    land_rows(lake, SERVICE_ADDRESS, [acme, beta], "2024-09-05")
    lost = acme | {"op": "U", "version": 2, "bounced_on": date(2025, 5, 1)}
    land_rows(lake, SERVICE_ADDRESS, [lost], "2025-05-02")
    land_rows(lake, SERVICE_ADDRESS, [lost | {"version": 3, "replied_on": date(2025, 5, 20)}], "2025-05-22")
    return lake


REACHED = {
    "service_committed": 1,
    "service_lost": 0,
    "service_bounced": 1,
    "service_withdrawn": 0,
    "service_hosted": 1,
    "service_days": 263,
}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-05-23", REACHED, id="lost and found"),
        pytest.param(ACME, "2025-05-01", {"service_bounced": 0, "service_lost": 0}, id="bounced, and not known yet"),
        pytest.param(ACME, "2025-05-21", {"service_bounced": 1, "service_lost": 1}, id="nobody has replied"),
        pytest.param(BETA, "2025-06-30", {"service_committed": 0, "service_withdrawn": 1}, id="withdrawn"),
        pytest.param(BETA, "2025-07-01", {"service_withdrawn": 0}, id="five years later it is not used"),
        pytest.param(GAMMA, "2025-05-23", {"service_committed": 0, "service_days": None}, id="never agreed"),
    ],
)
def test_service(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in SERVICE_ADDRESS_FEATURES} == set(REACHED)
