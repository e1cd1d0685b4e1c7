"""The national evaluation. 60 days after a month it is published: on 30 July, May."""

from typing import Any

import pytest

from features.contracts.public_evaluation import PUBLIC_EVALUATION
from features.contracts.registration import REGISTRATION
from features.definitions.public_evaluation import PUBLIC_EVALUATION_FEATURES
from features.lake.lake import Lake
from tests.factories.circles import public_evaluation
from tests.factories.lakes import ACME, GAMMA, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.values import values


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("evaluation"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    graded = [("2025-05", "中"), ("2025-03", "优"), ("2024-05", "良"), ("2022-08", "差")]
    rows = [public_evaluation(ACME, period, grade) for period, grade in graded]
    land_rows(lake, PUBLIC_EVALUATION, rows, "2025-07-01")
    return lake


GRADED = {
    "evaluation_grade": 2,
    "evaluation_worst_12p": 2,
    "evaluation_worst_36p": 1,
    "evaluation_mean_36p": 2.5,
    "evaluation_change_12p": -1,
    "evaluation_grades_36p": 4,
    "evaluation_poor_share_36p": 0.5,
    "evaluation_since_days": 1064,
}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-07-30", GRADED, id="graded four times"),
        pytest.param(ACME, "2025-07-29", {"evaluation_grade": 4}, id="the day before May is due"),
        pytest.param(ACME, "2025-08-30", {"evaluation_worst_36p": 1}, id="a record in its last month of use"),
        pytest.param(ACME, "2025-08-31", {"evaluation_worst_36p": 2}, id="three years on it is not used"),
        pytest.param(
            GAMMA,
            "2025-07-30",
            {"evaluation_grade": None, "evaluation_poor_share_36p": None, "evaluation_change_12p": None},
            id="never graded",
        ),
    ],
)
def test_evaluation(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in PUBLIC_EVALUATION_FEATURES} == set(GRADED)
