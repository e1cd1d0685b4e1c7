"""Environmental grades and monitored discharge, of published periods only."""

import pytest

from features.contracts.discharge import DISCHARGE
from features.contracts.environment_rating import ENVIRONMENT_RATING
from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.store.live import Value
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.oversight import discharge, environment_rating
from tests.factories.registrations import registration
from tests.factories.values import value

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME graded from 2019 on, monitored at the edges of windows; BETA always clean; GAMMA neither."""
    lake = make_lake(tmp_path_factory.mktemp("environment"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-02")
    grades = {
        2024: ("黄", 60),
        2023: ("蓝", 80),
        2022: ("红", 40),
        2021: ("绿", 90),
        2020: ("红", 30),
        2019: ("红", 20),
    }
    ratings = [environment_rating(ACME, year, grade=grade, score=score) for year, (grade, score) in grades.items()]
    land_rows(lake, ENVIRONMENT_RATING, [*ratings, environment_rating(BETA, grade="绿", score=None)], "2025-05-10")
    days = {
        "2025-05": (31, 0),
        "2025-04": (3, 0),
        "2024-11": (1, 2),
        "2024-10": (1, 0),
        "2024-05": (0, 5),
        "2024-04": (9, 1),
        "2023-05": (2, 0),
        "2023-04": (20, 0),
    }
    months = [discharge(ACME, month, n_exceed=above, n_missing=gaps) for month, (above, gaps) in days.items()]
    land_rows(lake, DISCHARGE, [*months, discharge(BETA, "2025-04", n_exceed=0, n_missing=0)], "2025-05-31")
    return lake


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("environment_grade", 2),
        ("environment_score", 60),
        ("environment_worst_grade_3y", 1),
        ("environment_score_change", -20),
        ("environment_poor_years_5y", 3),
        ("discharge_exceed_days_6p", 4),
        ("discharge_exceed_days_24p", 16),
        ("discharge_exceed_month_share_12p", 0.75),
        ("discharge_exceed_trend_6p", 3.0),
        ("discharge_worst_month_12p", 3),
        ("discharge_gap_days_12p", 7),
        ("discharge_gap_share_24p", 0.5),
        ("discharge_months_monitored_24p", 6),
    ],
)
def test_of_a_polluter(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, ACME, DAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("environment_grade", 4),
        ("environment_score", None),
        ("environment_poor_years_5y", 0),
        ("discharge_exceed_days_6p", 0),
        ("discharge_exceed_month_share_12p", 0),
        ("discharge_exceed_trend_6p", None),
    ],
)
def test_of_a_clean_firm(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, BETA, DAY) == expected


@pytest.mark.parametrize("name", ["environment_grade", "environment_poor_years_5y", "discharge_exceed_days_6p"])
def test_who_bears_on_no_environment_has_no_value(lake: Lake, name: str) -> None:
    assert value(lake, name, GAMMA, DAY) is None


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param("2025-05-19", 3, id="a day before the deadline of the grades of 2024"),
        pytest.param("2025-05-20", 2, id="on the deadline"),
    ],
)
def test_a_year_counts_from_the_deadline_of_its_grades(lake: Lake, as_of: str, expected: int) -> None:
    assert ENVIRONMENT_RATING.deadline_days == 140
    assert value(lake, "environment_grade", ACME, as_of) == expected
