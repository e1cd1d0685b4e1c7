"""Lists of market regulation: on them, off them, cured without a day, and the end of a registration."""

from datetime import date

import pytest

from features.definitions.market_lists import MARKET_LIST_FEATURES
from tests.factories.cases import TOO_LATE, Case, Cases, all_but, land_cases, nobody
from tests.factories.market import abnormal_listing, deregistration, serious_violation

NAMES = [entry.name for entry in MARKET_LIST_FEATURES]
UNKNOWN = (
    "days_since_abnormal_listing",
    "abnormal_cured_share",
    "serious_violation_days",
)

CASES = (
    Case(
        "listed three times and still twice",
        lambda firm: [
            abnormal_listing(firm, date(2023, 7, 10), removed_on=date(2023, 9, 1), removal_reason="补报"),
            abnormal_listing(firm, date(2024, 7, 1)),
            abnormal_listing(firm, date(2024, 7, 2), "失联"),
        ],
        {
            "abnormal_listed": 1,
            "abnormal_listed_days": 365,
            "abnormal_listings_12m": 1,
            "abnormal_listings_36m": 3,
            "lost_contact_listings_24m": 1,
            "unreported_listings_36m": 2,
            "abnormal_reasons": 2,
            "days_since_abnormal_listing": 364,
            "abnormal_cured_share": 1 / 3,
        },
    ),
    Case(
        "listed more than four years ago and never removed: it still stands",
        lambda firm: [abnormal_listing(firm, date(2021, 3, 1))],
        {"abnormal_listed": 1, "abnormal_reasons": 1, "abnormal_cured_share": 0},
    ),
    Case(
        "removed today",
        lambda firm: [abnormal_listing(firm, removed_on=date(2025, 7, 1), removal_reason="补报")],
        {"abnormal_listed": 0, "abnormal_listings_12m": 1, "abnormal_cured_share": 1},
    ),
    Case(
        "cured on a day nobody told",
        lambda firm: [abnormal_listing(firm, removal_reason="补报")],
        {"abnormal_listed": 0, "abnormal_listed_days": 0, "abnormal_cured_share": 1},
    ),
    Case(
        "removed more than three years ago and out of use",
        lambda firm: [abnormal_listing(firm, date(2021, 7, 10), removed_on=date(2022, 7, 1), removal_reason="补报")],
        {"abnormal_listed": 0, "days_since_abnormal_listing": None, "abnormal_reasons": 0},
    ),
    Case(
        "cured on a day nobody told, and listed more than three years ago: out of use",
        lambda firm: [abnormal_listing(firm, date(2022, 7, 1), removal_reason="补报")],
        {"days_since_abnormal_listing": None, "abnormal_reasons": 0, "abnormal_cured_share": None},
    ),
    Case(
        "cured on a day nobody told, and listed three years ago less a day",
        lambda firm: [abnormal_listing(firm, date(2022, 7, 2), removal_reason="补报")],
        {"days_since_abnormal_listing": 1095, "abnormal_reasons": 1, "abnormal_cured_share": 1},
    ),
    Case(
        "not found for two years to the day",
        lambda firm: [abnormal_listing(firm, date(2023, 7, 2), "失联")],
        {"lost_contact_listings_24m": 1, "abnormal_listed_days": 730, "abnormal_cured_share": 0},
    ),
    Case(
        "not found a day longer",
        lambda firm: [abnormal_listing(firm, date(2023, 7, 1), "失联")],
        {"lost_contact_listings_24m": 0, "abnormal_listed": 1},
    ),
    Case(
        "listed for serious violations by city and province",
        lambda firm: [
            serious_violation(firm, date(2025, 6, 1)),
            serious_violation(firm, date(2025, 6, 11), basis="生产销售不合格食品"),
        ],
        {"serious_violation_listed": 1, "serious_violation_days": 30, "serious_food_violation_listed": 1},
    ),
    Case(
        "struck from the serious list today",
        lambda firm: [serious_violation(firm, removed_on=date(2025, 7, 1))],
        {"serious_violation_listed": 0, "serious_violation_days": None, "serious_food_violation_listed": 0},
    ),
    Case(
        "cancelled simply",
        lambda firm: [deregistration(firm, date(2024, 7, 2), simple_flag=True)],
        {"licence_revoked": 0, "cancelled_simply": 1, "registration_cancelled_12m": 1},
    ),
    Case(
        "cancelled a day too long ago",
        lambda firm: [deregistration(firm, date(2024, 7, 1))],
        {"cancelled_simply": 0, "registration_cancelled_12m": 0},
    ),
    Case(
        "revoked on a day nobody told",
        lambda firm: [deregistration(firm, date(2025, 6, 30), "吊销", ended_on=None)],
        {"licence_revoked": 1, "cancelled_simply": 0, "registration_cancelled_12m": 0},
    ),
    Case(
        "known too late",
        lambda firm: [abnormal_listing(firm), serious_violation(firm), deregistration(firm, kind="吊销")],
        {"abnormal_listed": 0, "serious_violation_listed": 0, "licence_revoked": 0},
        TOO_LATE,
    ),
    Case("never listed", nobody, all_but(NAMES, UNKNOWN)),
)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return land_cases(tmp_path_factory.mktemp("cases"), CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said)
def test_features(landed: Cases, case: Case) -> None:
    assert landed.read(case) == case.values


def test_every_feature_has_a_value_of_records() -> None:
    assert {name for case in CASES if case.rows is not nobody for name in case.values} == set(NAMES)
