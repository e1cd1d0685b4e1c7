"""Black, focus and red lists a firm is on."""

from datetime import date

import pytest

from features.contracts.public_list import PUBLIC_LIST
from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.store.live import Value
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.public_standing import public_list
from tests.factories.registrations import registration
from tests.factories.values import value

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME on lists of every colour, BETA on one of taxes, GAMMA on none."""
    lake = make_lake(tmp_path_factory.mktemp("lists"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-02")
    rows = [
        public_list(ACME, date(2024, 1, 5)),
        left_later := public_list(ACME, date(2024, 6, 2), domain="税务"),
        left := public_list(ACME, date(2024, 8, 1), domain="食品药品"),
        public_list(ACME, date(2024, 6, 2), "Z", list_kind="重点关注名单"),
        public_list(ACME, date(2024, 6, 1), "Z", list_kind="重点关注名单"),
        public_list(ACME, date(2023, 5, 1), "R", list_kind="红名单", domain="税务"),
        public_list(ACME, date(2025, 1, 1), "R", list_kind="红名单", domain="海关"),
        public_list(BETA, date(2024, 1, 5), domain="税务"),
    ]
    land_rows(lake, PUBLIC_LIST, rows, "2025-05-30")
    land_rows(lake, PUBLIC_LIST, [left | {"version": 2, "op": "U", "out_on": date(2025, 6, 1)}], "2025-06-01")
    left_later |= {"version": 2, "op": "U", "out_on": date(2025, 6, 2)}
    land_rows(lake, PUBLIC_LIST, [left_later, public_list(ACME, date(2025, 5, 20))], "2025-06-02")
    return lake


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("black_listed", 2),
        ("black_listed_days", 513),
        ("veto_listed", 1),
        ("focus_listed", 1),
        ("watched_12m", 2),
        ("red_listed", 2),
        ("red_listed_days", 762),
    ],
)
def test_of_a_listed_firm(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, ACME, DAY) == expected


def test_a_black_list_of_taxes_is_no_veto_of_this_feed(lake: Lake) -> None:
    assert [value(lake, name, BETA, DAY) for name in ("black_listed", "veto_listed")] == [1, 0]


@pytest.mark.parametrize(
    ("name", "expected"), [("black_listed", 0), ("black_listed_days", None), ("veto_listed", 0), ("red_listed", 0)]
)
def test_of_no_list(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, GAMMA, DAY) == expected


def test_an_entry_counts_until_the_day_it_is_left_and_from_the_day_it_is_known(lake: Lake) -> None:
    assert [value(lake, "black_listed", ACME, day) for day in ("2025-05-31", DAY, "2025-06-02")] == [3, 2, 2]
