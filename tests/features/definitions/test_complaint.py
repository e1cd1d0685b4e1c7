"""Complaints: how many, of what, and how they ended; the end counts from the day it is known."""

from datetime import date

import pytest

from features.definitions.complaint import COMPLAINT_FEATURES
from tests.factories.cases import TOO_LATE, Case, Cases, all_but, land_cases, nobody
from tests.factories.market import complaint, open_complaint

NAMES = [entry.name for entry in COMPLAINT_FEATURES]
UNKNOWN = (
    "days_since_complaint",
    "largest_complaint_36m",
    "mean_complaint_24m",
    "complaints_settled_share_24m",
    "complaints_unfounded_share_36m",
    "days_to_settle_24m",
    "longest_days_to_close_36m",
)

CASES = (
    Case(
        "six complaints in three years",
        lambda firm: [
            open_complaint(firm, date(2025, 6, 21), topic="价格", amount_fen=None),
            complaint(firm, date(2025, 1, 2)),
            complaint(firm, date(2025, 1, 1), outcome="调解不成", topic="售后", amount_fen=70_000),
            complaint(firm, date(2024, 7, 2), kind="举报", outcome="立案查处", topic="食品"),
            complaint(firm, date(2024, 7, 1), outcome="不成立", topic="合同"),
            complaint(
                firm, date(2022, 7, 2), amount_fen=90_000, closed_on=date(2022, 7, 31), days_to_close=29, topic="其他"
            ),
        ],
        {
            "complaints_6m": 2,
            "complaints_12m": 4,
            "complaints_36m": 6,
            "complaints_rise_6m": 0,
            "reports_of_breaches_24m": 1,
            "complaints_prosecuted_36m": 1,
            "complaint_months_24m": 3,
            "days_since_complaint": 10,
            "quality_complaints_24m": 2,
            "honesty_complaints_24m": 2,
            "after_sale_complaints_24m": 1,
            "mean_complaint_24m": 40_000,
            "complaint_amount_12m": 130_000,
            "largest_complaint_36m": 90_000,
            "complaints_open": 1,
            "complaints_settled_share_24m": 0.5,
            "complaints_unfounded_share_36m": 0.2,
            "days_to_settle_24m": 9,
            "longest_days_to_close_36m": 29,
        },
    ),
    Case(
        "more than before",
        lambda firm: [open_complaint(firm, date(2025, 1, 2), n) for n in (1, 2)] + [complaint(firm, date(2024, 7, 2))],
        {"complaints_rise_6m": 1, "complaints_open": 2, "complaint_amount_12m": 90_000},
    ),
    Case(
        "closed tomorrow",
        lambda firm: [complaint(firm, date(2025, 6, 23), publish_date=date(2025, 6, 30))],
        {"complaints_open": 1, "complaints_settled_share_24m": None, "longest_days_to_close_36m": None},
    ),
    Case(
        "closed today",
        lambda firm: [complaint(firm, date(2025, 6, 22), publish_date=date(2025, 6, 30))],
        {"complaints_open": 0, "complaints_settled_share_24m": 1, "longest_days_to_close_36m": 9},
    ),
    Case(
        "three years ago and out of use",
        lambda firm: [complaint(firm, date(2022, 7, 1))],
        {"complaints_36m": 0, "days_since_complaint": None},
    ),
    Case("known too late", lambda firm: [complaint(firm)], {"complaints_6m": 0, "complaints_36m": 0}, TOO_LATE),
    Case("nobody complained", nobody, all_but(NAMES, UNKNOWN)),
)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return land_cases(tmp_path_factory.mktemp("cases"), CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said)
def test_features(landed: Cases, case: Case) -> None:
    assert landed.read(case) == case.values


def test_every_feature_has_a_value_of_records() -> None:
    assert {name for case in CASES if case.rows is not nobody for name in case.values} == set(NAMES)
