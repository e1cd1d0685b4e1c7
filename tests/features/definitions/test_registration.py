"""Registration features."""

from datetime import date
from pathlib import Path

import pytest

from features.contracts.registration import REGISTRATION
from features.contracts.registration_change import REGISTRATION_CHANGE
from tests.factories.lakes import ACME, BETA, land_rows, make_lake
from tests.factories.registrations import registration, registration_change
from tests.factories.values import value


def test_age_counts_from_the_day_of_establishment(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    unknown = registration(BETA) | {"est_date": None}
    land_rows(lake, REGISTRATION, [registration(ACME, est_date=date(2024, 7, 1)), unknown], "2025-06-20")
    assert [value(lake, "age_days", firm, "2025-07-01") for firm in (ACME, BETA)] == [365, None]


def test_a_corrected_capital_replaces_the_first(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, reg_capital_fen=100)], "2025-06-20")
    land_rows(lake, REGISTRATION, [registration(ACME, reg_capital_fen=70, version=2, op="U")], "2025-06-22")
    assert [value(lake, "registered_capital", ACME, f"2025-06-{day}") for day in (21, 22)] == [100, 70]


def test_changes_of_control_and_of_address_are_told_apart(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    items = ("法人", "股东", "住所", "范围")
    rows = [registration_change(ACME, date(2025, 3, 3), item) for item in items]
    land_rows(lake, REGISTRATION_CHANGE, [*rows, registration_change(ACME, date(2023, 7, 2), "住所")], "2025-06-20")
    assert value(lake, "control_changes_12m", ACME, "2025-07-01") == 2
    assert value(lake, "address_changes_24m", ACME, "2025-07-01") == 2


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        pytest.param("存续", 0, id="in force"),
        pytest.param("歇业", 0, id="at rest, still a firm"),
        pytest.param("迁出", 1, id="moved to another city"),
        pytest.param("注销", 1, id="cancelled"),
        pytest.param("吊销", 1, id="revoked"),
    ],
)
def test_a_registration_has_ended_once_that_is_known(tmp_path: Path, status: str, ended: int) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, status="存续")], "2025-06-20")
    land_rows(lake, REGISTRATION, [registration(ACME, status=status, version=2, op="U")], "2025-06-22")
    assert [value(lake, "registration_ended", ACME, f"2025-06-{day}") for day in (21, 22)] == [0, ended]
