"""Lists of recognised enterprises, and research projects. A year's projects are published by 8 August of the next."""

from datetime import date
from typing import Any

import pytest

from features.contracts.qualification import QUALIFICATION
from features.contracts.registration import REGISTRATION
from features.contracts.research_project import RESEARCH_PROJECT
from features.definitions.innovation import QUALIFICATION_FEATURES, RESEARCH_FEATURES
from features.lake.lake import Lake
from tests.factories.innovation import qualification, research_project
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.values import values


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME is recognised and does research; BETA was recognised; GAMMA neither."""
    lake = make_lake(tmp_path_factory.mktemp("innovation"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    lists = [
        qualification(ACME, date(2023, 10, 16)),
        qualification(ACME, date(2020, 10, 16), ends_on=date(2023, 10, 15)),
        qualification(ACME, date(2024, 9, 1), "CXZX", level="市级"),
        qualification(ACME, date(2024, 9, 2), "ZJTX", level="省级"),
        qualification(BETA, date(2019, 9, 1), ends_on=date(2022, 8, 31)),
    ]
    land_rows(lake, QUALIFICATION, lists, "2025-01-01")
    projects = [
        research_project(ACME, 2024, amount_fen=0, rd_expense_fen=300, stage="结题"),
        research_project(ACME, 2023, amount_fen=100, rd_expense_fen=200),
        research_project(ACME, 2022, "KJ002", amount_fen=20, rd_expense_fen=100, stage="终止"),
        research_project(ACME, 2021, "KJ003", amount_fen=7, rd_expense_fen=50, stage="终止"),
        research_project(BETA, 2020, stage="终止"),
    ]
    land_rows(lake, RESEARCH_PROJECT, projects, "2025-07-01")
    return lake


RECOGNISED = {
    "qualification_height": 3,
    "high_tech_enterprise": 1,
    "specialised_enterprise": 1,
    "qualifications_valid": 3,
    "qualifications_expired": 1,
    "qualifications_new_12m": 1,
    "qualifications_new_36m": 3,
    "qualified_days": 1781,
    "qualified_last_days": 364,
}
RESEARCHER = {
    "research_spent_1y": 300,
    "research_spent_3y": 600,
    "research_trend_2y": 0.5,
    "research_projects_3y": 2,
    "research_funding_3y": 120,
    "research_funded_share_3y": 0.2,
    "research_stopped_5y": 2,
    "research_finished_share_5y": 1 / 3,
    "research_mean_project_3y": 200,
}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-09-01", RECOGNISED, id="recognised and recognised again"),
        pytest.param(ACME, "2025-08-31", {"qualifications_new_12m": 2}, id="the first day of the window"),
        pytest.param(ACME, "2026-10-16", {"high_tech_enterprise": 1}, id="the last day of the term"),
        pytest.param(ACME, "2026-10-17", {"high_tech_enterprise": 0, "qualifications_expired": 1}, id="a day after it"),
        pytest.param(BETA, "2025-08-30", {"qualifications_expired": 1}, id="three years after its end still used"),
        pytest.param(BETA, "2025-08-31", {"qualifications_expired": 0, "qualified_days": None}, id="and then no more"),
        pytest.param(ACME, "2025-08-08", RESEARCHER, id="the year is published"),
        pytest.param(ACME, "2025-08-07", {"research_spent_1y": 200, "research_trend_2y": 1}, id="the day before"),
        pytest.param(BETA, "2025-08-08", {"research_stopped_5y": 1, "research_spent_3y": 0}, id="five years back"),
        pytest.param(
            GAMMA,
            "2025-08-08",
            {
                "qualification_height": 0,
                "qualified_days": None,
                "research_spent_1y": 0,
                "research_trend_2y": None,
                "research_mean_project_3y": None,
            },
            id="neither recognised nor researching",
        ),
    ],
)
def test_innovation(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in (*QUALIFICATION_FEATURES, *RESEARCH_FEATURES)} == {*RECOGNISED, *RESEARCHER}
