"""Patents: invented, granted, kept."""

from datetime import date
from typing import Any

import pytest

from features.contracts.patent import PATENT
from features.contracts.registration import REGISTRATION
from features.definitions.patent import PATENT_FEATURES
from features.lake.lake import Lake
from tests.factories.innovation import patent
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.values import values


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME files and holds; BETA's only patent is pending, then refused; GAMMA never filed."""
    lake = make_lake(tmp_path_factory.mktemp("patents"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    rows = [
        patent(ACME, date(2021, 7, 2)),
        patent(ACME, date(2021, 7, 3), kind="实用新型", pledged=True, owners=2),
        patent(ACME, date(2019, 3, 1), kind="外观设计", status="失效"),
        patent(ACME, date(2022, 7, 1), status="驳回", granted_on=None),
        patent(ACME, date(2024, 7, 2), status="审查中", granted_on=None),
    ]
    land_rows(lake, PATENT, rows, "2025-01-01")
    pending = patent(BETA, date(2024, 8, 1), status="审查中", granted_on=None)
    land_rows(lake, PATENT, [pending], "2025-01-01")
    land_rows(lake, PATENT, [pending | {"op": "U", "version": 2, "status": "驳回"}], "2025-07-05")
    return lake


INVENTOR = {
    "patents_valid": 2,
    "inventions_valid": 1,
    "patents_pending": 1,
    "patents_filed_12m": 1,
    "patents_filed_36m": 1,
    "patents_filed_change_24m": -2,
    "patent_grant_share": 0.75,
    "patent_lapsed_share": 1 / 3,
    "patent_invention_share": 0.6,
    "patent_joint_share": 0.2,
    "patent_pledged": 1,
    "patent_kinds": 2,
    "patent_months_36m": 1,
    "patent_days_since_first": 2314,
    "patent_days_since_last": 364,
}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-07-01", INVENTOR, id="an inventor"),
        pytest.param(ACME, "2025-06-30", {"patents_filed_36m": 2, "patent_months_36m": 2}, id="the first day is in"),
        pytest.param(ACME, "2025-07-02", {"patents_filed_12m": 0}, id="a day too old"),
        pytest.param(BETA, "2025-07-04", {"patents_pending": 1, "patent_grant_share": None}, id="not known yet"),
        pytest.param(BETA, "2025-07-05", {"patents_pending": 0, "patent_grant_share": 0}, id="refused"),
        pytest.param(
            GAMMA,
            "2025-07-01",
            {"patents_valid": 0, "patent_lapsed_share": None, "patent_days_since_last": None},
            id="who never filed has no share granted",
        ),
    ],
)
def test_patents(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in PATENT_FEATURES} == set(INVENTOR)
