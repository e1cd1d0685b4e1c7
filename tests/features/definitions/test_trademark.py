"""Trademarks and copyrights: brands and works registered and kept."""

from datetime import date
from typing import Any

import pytest

from features.contracts.registration import REGISTRATION
from features.contracts.trademark import TRADEMARK
from features.definitions.trademark import TRADEMARK_FEATURES
from features.lake.lake import Lake
from tests.factories.innovation import trademark
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.values import values


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME has brands and software; BETA's brand was revoked; GAMMA has neither."""
    lake = make_lake(tmp_path_factory.mktemp("marks"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    rows = [
        trademark(ACME, date(2024, 7, 2)),
        trademark(ACME, date(2024, 7, 1), nice_class=35),
        trademark(ACME, date(2015, 1, 1), status="期满"),
        trademark(ACME, date(2023, 7, 2), "著作权"),
        trademark(ACME, date(2022, 3, 1), "著作权"),
        trademark(ACME, date(2021, 3, 1), nice_class=9),
    ]
    land_rows(lake, TRADEMARK, rows, "2025-01-01")
    brand = trademark(BETA, date(2020, 1, 1))
    land_rows(lake, TRADEMARK, [brand], "2025-01-01")
    revoked = brand | {"op": "U", "version": 2, "status": "撤销", "ends_on": date(2025, 6, 1)}
    land_rows(lake, TRADEMARK, [revoked], "2025-07-01")
    return lake


BRANDS = {
    "trademarks_valid": 3,
    "copyrights_valid": 2,
    "trademark_classes": 2,
    "trademarks_new_12m": 1,
    "trademarks_new_24m": 2,
    "copyrights_new_24m": 1,
    "marks_trend_24m": 2,
    "trademark_revoked_share": 0,
    "marks_days_since_first": 3834,
    "marks_days_since_last": 364,
}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-07-01", BRANDS, id="brands and works"),
        pytest.param(ACME, "2025-06-30", {"trademarks_new_12m": 2}, id="the first day of the window"),
        pytest.param(ACME, "2025-07-02", {"trademarks_new_12m": 0, "copyrights_new_24m": 0}, id="a day too old"),
        pytest.param(BETA, "2025-06-30", {"trademark_revoked_share": 0, "trademarks_valid": 1}, id="not known yet"),
        pytest.param(BETA, "2025-07-01", {"trademark_revoked_share": 1, "trademarks_valid": 0}, id="revoked"),
        pytest.param(
            GAMMA,
            "2025-07-01",
            {"trademarks_valid": 0, "trademark_revoked_share": None, "marks_trend_24m": None},
            id="nothing registered",
        ),
    ],
)
def test_trademarks(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in TRADEMARK_FEATURES} == set(BRANDS)
