"""What random inspections found; a result without a code counts as a visit and as nothing else."""

from datetime import date

import pytest

from features.definitions.inspection import INSPECTION_FEATURES
from tests.factories.cases import TOO_LATE, Case, Cases, all_but, land_cases, nobody
from tests.factories.market import inspection

NAMES = [entry.name for entry in INSPECTION_FEATURES]
UNKNOWN = (
    "inspection_normal_share_24m",
    "inspection_latest_score",
    "inspection_worst_score_36m",
    "quality_samples_passed_share_36m",
    "days_since_inspection",
)

CASES = (
    Case(
        "six visits of two departments",
        lambda firm: [
            inspection(firm, date(2025, 6, 21), None, result_text="整改中"),
            inspection(firm, date(2025, 1, 2), "责改"),
            inspection(firm, date(2024, 7, 2), "正常", item="商品质量抽检"),
            inspection(firm, date(2023, 7, 2), "失联", org="消防"),
            inspection(firm, date(2023, 7, 1), "违法", item="商品质量抽检"),
            inspection(firm, date(2022, 7, 2), "正常"),
        ],
        {
            "inspections_12m": 3,
            "inspections_36m": 6,
            "inspection_normal_share_24m": 1 / 3,
            "inspection_problems_6m": 1,
            "inspection_orders_24m": 1,
            "inspection_breaches_36m": 1,
            "inspection_not_found_24m": 1,
            "inspection_latest_score": 3,
            "inspection_worst_score_36m": 0,
            "quality_samples_passed_share_36m": 0.5,
            "inspections_by_others_36m": 1,
            "items_with_problems_36m": 2,
            "days_since_inspection": 10,
        },
    ),
    Case(
        "a day too long ago",
        lambda firm: [inspection(firm, date(2025, 1, 1), "异常")],
        {"inspection_problems_6m": 0, "inspections_36m": 1, "inspection_latest_score": 2},
    ),
    Case(
        "three years ago and out of use",
        lambda firm: [inspection(firm, date(2022, 7, 1), "违法")],
        {"inspections_36m": 0, "inspection_worst_score_36m": None},
    ),
    Case(
        "found in words only",
        lambda firm: [inspection(firm, date(2025, 6, 1), None, result_text="整改中")],
        {"inspections_12m": 1, "inspection_normal_share_24m": None, "inspection_latest_score": None},
    ),
    Case(
        "known too late",
        lambda firm: [inspection(firm, date(2025, 6, 1), "违法")],
        {"inspections_12m": 0, "inspection_breaches_36m": 0},
        TOO_LATE,
    ),
    Case("never inspected", nobody, all_but(NAMES, UNKNOWN)),
)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return land_cases(tmp_path_factory.mktemp("cases"), CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said)
def test_features(landed: Cases, case: Case) -> None:
    assert landed.read(case) == case.values


def test_every_feature_has_a_value_of_records() -> None:
    assert {name for case in CASES if case.rows is not nobody for name in case.values} == set(NAMES)
