"""Property: what is owned, mortgaged, sealed and given up."""

from datetime import date
from typing import Any

import pytest

from features.contracts.real_estate import REAL_ESTATE
from features.contracts.registration import REGISTRATION
from features.definitions.real_estate import REAL_ESTATE_FEATURES
from features.lake.lake import Lake
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.property import real_estate
from tests.factories.registrations import registration
from tests.factories.values import values

FACTORY, OFFICE, FLAT = (f"{letter * 16}" for letter in "abc")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME owns a factory (mortgaged twice, once released), half an office, and sold a flat; BETA is sealed."""
    lake = make_lake(tmp_path_factory.mktemp("property"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    office = real_estate(ACME, date(2024, 6, 2), cert_no_hash=OFFICE, purpose="办公", area_m2=100, share_bp=5_000)
    flat = real_estate(ACME, date(2021, 1, 1), cert_no_hash=FLAT, purpose="住宅", ends_on=date(2025, 7, 1))
    rows = [
        real_estate(ACME, date(2024, 7, 1), cert_no_hash=FACTORY),
        office,
        flat,
        real_estate(ACME, date(2022, 1, 1), "抵押权", cert_no_hash=FACTORY, mortgage_fen=900, ends_on=date(2024, 1, 1)),
        real_estate(ACME, date(2025, 1, 2), "抵押权", cert_no_hash=FACTORY, mortgage_fen=500, mortgagee="A"),
        real_estate(ACME, date(2025, 1, 1), "抵押权", cert_no_hash=FACTORY, mortgage_fen=70, mortgagee="B"),
        real_estate(BETA, date(2020, 1, 1), cert_no_hash=FLAT),
    ]
    land_rows(lake, REAL_ESTATE, rows, "2025-06-01")
    sealed = real_estate(BETA, date(2020, 1, 1), cert_no_hash=FLAT, op="U", version=2, sealed=True)
    land_rows(lake, REAL_ESTATE, [sealed], "2025-07-03")
    return lake


OWNER = {
    "property_owned_count": 2,
    "property_owned_area": 800,
    "property_working_area": 800,
    "property_held_days": 394,
    "property_sold_count": 1,
    "property_sealed": 0,
    "property_common_share": 0.5,
    "mortgage_open_fen": 570,
    "mortgage_largest_fen": 900,
    "mortgaged_share": 0.5,
    "property_free_count": 1,
    "mortgagees": 2,
    "mortgage_days_since_last": 180,
    "mortgage_new_fen_6m": 500,
    "mortgage_new_fen_24m": 570,
    "mortgage_released_share": 1 / 3,
}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-07-01", OWNER, id="an owner; mortgages of 2 January are six months old on 1 July"),
        pytest.param(ACME, "2025-06-30", {"property_owned_count": 3, "property_sold_count": 0}, id="sold tomorrow"),
        pytest.param(ACME, "2025-06-30", {"mortgage_new_fen_6m": 570}, id="the first day of the window is in"),
        pytest.param(ACME, "2025-07-02", {"mortgage_new_fen_6m": 0}, id="a day too old"),
        pytest.param(BETA, "2025-07-02", {"property_sealed": 0}, id="sealed, and not known yet"),
        pytest.param(BETA, "2025-07-03", {"property_sealed": 1}, id="the seal is known"),
        pytest.param(
            GAMMA,
            "2025-07-01",
            {"property_owned_count": 0, "mortgage_open_fen": 0, "mortgaged_share": None, "property_held_days": None},
            id="who owns nothing has mortgaged no share of it",
        ),
    ],
)
def test_property(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in REAL_ESTATE_FEATURES} == set(OWNER)
