"""Pledged equity and movables: in force, released, against capital and assets."""

from datetime import date

import pytest

from features.definitions.security import SECURITY_FEATURES
from tests.factories.cases import TOO_LATE, Case, Cases, all_but, land_cases, nobody
from tests.factories.market import annual_report, equity_pledge, movable_security

NAMES = [entry.name for entry in SECURITY_FEATURES]
UNKNOWN = (
    "largest_equity_pledge",
    "equity_pledges_released_share",
    "days_since_equity_pledge",
    "movable_securities_ended_share",
    "days_since_movable_security",
    "largest_movable_secured_debt_36m",
    "movable_secured_debt_to_assets",
)

CASES = (
    Case(
        "two pledges in force and a larger one released",
        lambda firm: [
            equity_pledge(firm, date(2025, 1, 2), pledgor_hash="a" * 16, pledgee_type="自然人"),
            equity_pledge(firm, date(2024, 7, 1), amount_fen=25_000_000),
            equity_pledge(firm, date(2022, 7, 1), amount_fen=90_000_000, released_on=date(2025, 7, 1), status="无效"),
        ],
        {
            "equity_pledges": 2,
            "equity_pledged": 75_000_000,
            "largest_equity_pledge": 90_000_000,
            "new_equity_pledges_6m": 1,
            "new_equity_pledges_36m": 2,
            "equity_pledges_to_persons_36m": 1,
            "equity_pledged_outside_banks": 1,
            "equity_pledges_released_share": 1 / 3,
            "days_since_equity_pledge": 180,
            "equity_pledged_to_capital": 0.75,
        },
    ),
    Case(
        "released tomorrow",
        lambda firm: [equity_pledge(firm, released_on=date(2025, 7, 2))],
        {"equity_pledges": 1, "equity_pledged_outside_banks": 0, "equity_pledges_released_share": 0},
    ),
    Case(
        "pledged in shares, without an amount",
        lambda firm: [equity_pledge(firm, date(2025, 1, 1), amount_fen=None, shares_n=10)],
        {"equity_pledges": 1, "equity_pledged": 0, "new_equity_pledges_6m": 0, "equity_pledged_to_capital": 0},
    ),
    Case(
        "in force for more than five years",
        lambda firm: [equity_pledge(firm, date(2019, 1, 1))],
        {"equity_pledges": 1},
    ),
    Case(
        "released more than five years ago and out of use",
        lambda firm: [equity_pledge(firm, date(2019, 1, 1), released_on=date(2020, 6, 30), status="无效")],
        {"equity_pledges_released_share": None, "largest_equity_pledge": None},
    ),
    Case(
        "four securities of three kinds, one ended",
        lambda firm: [
            movable_security(firm, date(2025, 1, 2)),
            movable_security(firm, date(2024, 7, 1), kind="动产抵押", debt_fen=20_000_000, secured_party="乙"),
            movable_security(firm, date(2023, 7, 1), kind="融资租赁", debt_fen=None, due_on=date(2025, 7, 1)),
            movable_security(firm, date(2022, 7, 2), debt_fen=80_000_000, ended_on=date(2025, 7, 1), status="注销"),
            annual_report(firm, 2023),
        ],
        {
            "movable_securities": 3,
            "movable_secured_debt": 50_000_000,
            "new_movable_securities_6m": 1,
            "new_movable_securities_24m": 2,
            "new_movable_secured_debt_12m": 30_000_000,
            "receivable_financing_in_force": 1,
            "chattel_mortgages_in_force": 1,
            "finance_leases_in_force": 1,
            "secured_parties_36m": 2,
            "movable_securities_overdue": 1,
            "movable_securities_ended_share": 0.25,
            "days_since_movable_security": 180,
            "largest_movable_secured_debt_36m": 80_000_000,
            "movable_secured_debt_to_capital": 0.5,
            "movable_secured_debt_to_assets": 0.25,
        },
    ),
    Case(
        "a sold receivable due tomorrow",
        lambda firm: [movable_security(firm, date(2025, 1, 1), kind="应收账款转让", due_on=date(2025, 7, 2))],
        {
            "movable_securities_overdue": 0,
            "receivable_financing_in_force": 1,
            "new_movable_securities_6m": 0,
            "movable_secured_debt_to_assets": None,
        },
    ),
    Case(
        "known too late",
        lambda firm: [equity_pledge(firm), movable_security(firm)],
        {"equity_pledges": 0, "movable_securities": 0},
        TOO_LATE,
    ),
    Case("nothing given", nobody, all_but(NAMES, UNKNOWN)),
)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return land_cases(tmp_path_factory.mktemp("cases"), CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said)
def test_features(landed: Cases, case: Case) -> None:
    assert landed.read(case) == case.values


def test_every_feature_has_a_value_of_records() -> None:
    assert {name for case in CASES if case.rows is not nobody for name in case.values} == set(NAMES)
