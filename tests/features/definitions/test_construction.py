"""Scores and bad acts on building sites."""

from datetime import date

import pytest

from features.contracts.construction_conduct import CONSTRUCTION_CONDUCT
from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.store.live import Value
from tests.factories.lakes import ACME, GAMMA, land_rows, make_lake
from tests.factories.oversight import construction_conduct
from tests.factories.registrations import registration
from tests.factories.values import value

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME assessed at the edges of every window, GAMMA never; the last assessment is known a day after DAY."""
    lake = make_lake(tmp_path_factory.mktemp("construction"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-02")
    rows = [
        construction_conduct(ACME, date(2025, 5, 1), "P1", score=80, bad_acts=1),
        construction_conduct(ACME, date(2024, 6, 2), "P2", score=90, bad_acts=0),
        construction_conduct(ACME, date(2024, 6, 1), "P1", score=70, bad_acts=2),
        construction_conduct(ACME, date(2023, 6, 2), "P3", score=60, bad_acts=0),
        construction_conduct(ACME, date(2022, 6, 2), "P4", score=50, bad_acts=3, qualification="一级"),
        construction_conduct(ACME, date(2022, 6, 1), "P5", score=10, bad_acts=9),
    ]
    land_rows(lake, CONSTRUCTION_CONDUCT, rows, "2025-05-30")
    late = construction_conduct(ACME, date(2025, 5, 20), "P6", score=40, bad_acts=4, qualification=None)
    land_rows(lake, CONSTRUCTION_CONDUCT, [late], "2025-06-02")
    return lake


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("construction_score", 80),
        ("construction_mean_score_24m", 75),
        ("construction_lowest_score_36m", 50),
        ("construction_score_change_12m", 20),
        ("construction_bad_acts_12m", 1),
        ("construction_bad_acts_36m", 6),
        ("construction_bad_acts_per_assessment_24m", 0.75),
        ("construction_days_since_bad_act", 31),
        ("construction_projects_24m", 3),
        ("construction_months_active_12m", 2),
        ("construction_qualification", 3),
    ],
)
def test_of_a_builder(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, ACME, DAY) == expected


@pytest.mark.parametrize("name", ["construction_score", "construction_bad_acts_36m", "construction_projects_24m"])
def test_who_builds_nothing_has_no_value(lake: Lake, name: str) -> None:
    assert value(lake, name, GAMMA, DAY) is None


def test_an_assessment_known_late_counts_from_the_day_it_is_known(lake: Lake) -> None:
    assert value(lake, "construction_score", ACME, "2025-06-02") == 40
    assert value(lake, "construction_qualification", ACME, "2025-06-02") is None
