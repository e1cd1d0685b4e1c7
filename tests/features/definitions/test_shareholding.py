"""Holders at present, what they owe, and how the circle of holders moves."""

from datetime import date

import pytest

from features.definitions.shareholding import SHAREHOLDING_FEATURES
from tests.factories.cases import TOO_LATE, Case, Cases, all_but, land_cases, nobody
from tests.factories.market import shareholder

NAMES = [entry.name for entry in SHAREHOLDING_FEATURES]
UNKNOWN = (
    "holders",
    "largest_holder_bp",
    "capital_paid_share",
    "capital_paid",
    "holders_left_share",
    "days_since_new_holder",
    "oldest_holding_days",
    "mean_contribution",
)

CASES = (
    Case(
        "two hold and one has left",
        lambda firm: [
            shareholder(firm, date(2023, 7, 2)),
            shareholder(firm, date(2024, 7, 2), 2, pct_bp=6_000, holder_type="企业", subscribed_fen=60_000_000),
            shareholder(firm, date(2020, 7, 1), 3, pct_bp=9_000, left_on=date(2024, 7, 2)),
        ],
        {
            "holders": 2,
            "largest_holder_bp": 6_000,
            "company_held_bp": 6_000,
            "person_holders": 1,
            "capital_paid_share": 0.4,
            "capital_paid": 40_000_000,
            "capital_overdue": 0,
            "holders_in_default": 0,
            "new_holders_12m": 1,
            "new_holders_36m": 2,
            "new_holders_share_bp_24m": 10_000,
            "holders_left_share": 1 / 3,
            "days_since_new_holder": 364,
            "oldest_holding_days": 730,
            "mean_contribution": 50_000_000,
        },
    ),
    Case(
        "owing from today",
        lambda firm: [shareholder(firm, due_date=date(2025, 7, 1))],
        {"capital_overdue": 20_000_000, "holders_in_default": 1},
    ),
    Case(
        "owing from tomorrow",
        lambda firm: [shareholder(firm, due_date=date(2025, 7, 2))],
        {"capital_overdue": 0, "holders_in_default": 0},
    ),
    Case(
        "paid when it was due",
        lambda firm: [shareholder(firm, due_date=date(2025, 7, 1), paid_fen=40_000_000)],
        {"capital_overdue": 0, "holders_in_default": 0, "capital_paid_share": 1},
    ),
    Case(
        "owing and gone",
        lambda firm: [shareholder(firm, due_date=date(2025, 7, 1), left_on=date(2025, 7, 1))],
        {"capital_overdue": 0, "holders": None, "holders_left_share": 1, "days_since_new_holder": 483},
    ),
    Case(
        "leaving tomorrow",
        lambda firm: [shareholder(firm, left_on=date(2025, 7, 2))],
        {"holders": 1, "holders_left_share": 0},
    ),
    Case("entered a day too long ago", lambda firm: [shareholder(firm, date(2024, 7, 1))], {"new_holders_12m": 0}),
    Case(
        "known too late",
        lambda firm: [shareholder(firm, date(2025, 6, 1))],
        {"holders": None, "new_holders_12m": 0},
        TOO_LATE,
    ),
    Case(
        "nothing subscribed",
        lambda firm: [shareholder(firm, subscribed_fen=0, paid_fen=0)],
        {"capital_paid_share": None, "mean_contribution": 0},
    ),
    Case("nobody told us", nobody, all_but(NAMES, UNKNOWN)),
)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return land_cases(tmp_path_factory.mktemp("cases"), CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said)
def test_features(landed: Cases, case: Case) -> None:
    assert landed.read(case) == case.values


def test_every_feature_has_a_value_of_records() -> None:
    assert {name for case in CASES if case.rows is not nobody for name in case.values} == set(NAMES)
