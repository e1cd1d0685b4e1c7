"""Licences in force, lost and kept alive."""

from datetime import date

import pytest

from features.contracts.licence import LICENCE
from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.store.live import Value
from tests.factories.lakes import ACME, GAMMA, land_rows, make_lake
from tests.factories.public_standing import licence
from tests.factories.registrations import registration
from tests.factories.values import value

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Licences of ACME at the edges of every window; the last one is known a day after DAY."""
    lake = make_lake(tmp_path_factory.mktemp("licences"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-02")
    rows = [
        licence(ACME, date(2024, 6, 2), item="A", org="X"),
        licence(ACME, date(2024, 6, 1), item="A", org="X", to_on=None),
        licence(ACME, date(2022, 6, 2), item="B", org="Y", to_on=date(2025, 6, 1)),
        licence(ACME, date(2022, 6, 1), item="C", org="Z", to_on=date(2025, 5, 31)),
        licence(ACME, date(2024, 7, 1), item="D", org="Z", status="吊销"),
        licence(ACME, date(2023, 7, 5), item="A", org="X", status="注销"),
    ]
    land_rows(lake, LICENCE, rows, "2025-05-30")
    land_rows(lake, LICENCE, [licence(ACME, date(2025, 5, 20))], "2025-06-02")
    return lake


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("licences_valid", 3),
        ("licence_items_valid", 2),
        ("licence_departments_valid", 2),
        ("licences_without_end", 1),
        ("licences_12m", 2),
        ("licences_36m", 5),
        ("licences_expired", 1),
        ("licence_valid_share", 0.5),
        ("licences_lost", 1),
        ("licences_given_up_36m", 1),
        ("licence_days_since_last", 335),
        ("licence_days_since_first", 1_096),
        ("licence_trend_24m", 1.0),
        ("licence_months_active_24m", 3),
    ],
)
def test_of_a_licensed_firm(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, ACME, DAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("licences_valid", 0), ("licence_valid_share", None), ("licence_days_since_last", None), ("licences_lost", 0)],
)
def test_of_no_licence(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, GAMMA, DAY) == expected


def test_a_licence_is_valid_on_its_last_day_and_known_from_its_receipt(lake: Lake) -> None:
    assert value(lake, "licences_valid", ACME, "2025-06-02") == 3  # one ended, one became known
