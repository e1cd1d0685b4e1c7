"""Contributions owed and the housing fund, at their boundaries."""

from datetime import date
from pathlib import Path

import pytest

from features.contracts.housing_fund import HOUSING_FUND
from features.contracts.insurance_arrears import INSURANCE_ARREARS
from features.contracts.registration import REGISTRATION
from features.contracts.social_insurance import SOCIAL_INSURANCE
from features.definitions.contributions import CONTRIBUTION_FEATURES
from features.lake.lake import Lake
from tests.factories.labour import housing_fund, insurance_arrears
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.registrations import registration
from tests.factories.social_insurance import social_insurance
from tests.factories.values import value, values

TODAY = "2025-07-01"
NOTHING = uscc(9)
"""An enterprise without a record in these feeds."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_rows(lake, REGISTRATION, [registration(firm) for firm in (NOTHING, GAMMA)], "2020-01-01")
    owed = [
        insurance_arrears(ACME, "2025-02"),
        insurance_arrears(ACME, "2024-06", arrears_fen=900_000, cleared_on=date(2024, 12, 1)),
        insurance_arrears(ACME, "2022-06", arrears_fen=200_000, cleared_on=date(2025, 7, 2)),
        insurance_arrears(ACME, "2022-05", arrears_fen=300_000),
        insurance_arrears(BETA, "2024-05", cleared_on=date(2025, 7, 1)),
    ]
    land_rows(lake, INSURANCE_ARREARS, owed, "2025-06-20")
    land_rows(lake, INSURANCE_ARREARS, [insurance_arrears(GAMMA, "2025-05")], "2025-07-02")
    fund = [
        housing_fund(ACME, "2025-06", 90),
        housing_fund(ACME, "2025-05"),
        housing_fund(ACME, "2025-04", paid_fen=0, arrears_months=2),
        housing_fund(ACME, "2025-03", paid_fen=0, arrears_months=1),
        housing_fund(ACME, "2024-01", 4, base_total_fen=2_400_000, paid_fen=0, arrears_months=4),
        housing_fund(BETA, "2025-02", arrears_months=1),
        housing_fund(BETA, "2024-05", arrears_months=1),
    ]
    land_rows(lake, HOUSING_FUND, fund, "2025-06-20")
    land_rows(
        lake, SOCIAL_INSURANCE, [social_insurance(ACME, month, 16) for month in ("2025-04", "2025-05")], "2025-06-20"
    )
    return lake


EXPECTED = {
    "insurance_arrears_months_12m": 2,
    "insurance_arrears_months_36m": 3,
    "insurance_arrears_open_fen": 1_100_000,
    "insurance_arrears_open_months_12m": 1,
    "insurance_arrears_largest_24m": 900_000,
    "insurance_arrears_cleared_36m": 1 / 3,
    "insurance_arrears_days_ago": 92,
    "fund_members": 8,
    "fund_members_trend_6p": 1.0,
    "fund_missed_months_12p": 2,
    "fund_arrears_now": 0,
    "fund_arrears_longest_24p": 4,
    "fund_paid_rate_12p": 1 / 30,
    "fund_wage_6p": 800_000,
    "fund_wage_trend_6p": 1 / 3,
    "fund_months_24p": 1,
    "fund_coverage_6p": 0.75,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_feature_of_a_firm_with_records(lake: Lake, name: str) -> None:
    assert value(lake, name, ACME, TODAY) == pytest.approx(EXPECTED[name])


def test_each_feature_has_its_expected_value() -> None:
    assert set(EXPECTED) == {entry.name for entry in CONTRIBUTION_FEATURES}


def test_no_record_is_none_or_unknown_as_declared(lake: Lake) -> None:
    found = values(lake, EXPECTED, NOTHING, TODAY)
    declared = {entry.name: getattr(entry.definition, "missing", None) for entry in CONTRIBUTION_FEATURES}
    assert found == declared


def test_the_newest_month_of_the_fund_was_due() -> None:
    assert HOUSING_FUND.deadline_days == 30


@pytest.mark.parametrize(
    ("firm", "name", "expected"),
    [
        pytest.param(BETA, "insurance_arrears_months_12m", 0, id="struck before the window"),
        pytest.param(BETA, "insurance_arrears_months_36m", 1, id="struck within three years"),
        pytest.param(BETA, "insurance_arrears_open_fen", 0, id="cleared today"),
        pytest.param(BETA, "insurance_arrears_cleared_36m", 1, id="all cleared"),
        pytest.param(GAMMA, "insurance_arrears_months_12m", 0, id="struck before, known too late"),
        pytest.param(BETA, "fund_members", 0, id="members of an old month are not those of today"),
        pytest.param(BETA, "fund_arrears_now", None, id="arrears of an old month are not those of today"),
        pytest.param(BETA, "fund_missed_months_12p", 1, id="a missed month too old is left out"),
        pytest.param(BETA, "fund_coverage_6p", None, id="no insured staff to compare"),
    ],
)
def test_boundaries(lake: Lake, firm: str, name: str, expected: int | None) -> None:
    assert value(lake, name, firm, TODAY) == expected


def test_arrears_stay_open_until_they_are_cleared(lake: Lake) -> None:
    assert value(lake, "insurance_arrears_open_fen", ACME, "2025-07-02") == 900_000
    assert value(lake, "insurance_arrears_open_fen", BETA, "2025-06-30") == 600_000
    assert value(lake, "insurance_arrears_months_12m", GAMMA, "2025-07-02") == 1


def test_a_month_of_which_nothing_is_owed_is_paid_up_though_its_day_is_missing(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    owed = [insurance_arrears(ACME, "2025-02"), insurance_arrears(ACME, "2025-03", arrears_fen=0)]
    land_rows(lake, INSURANCE_ARREARS, owed, "2025-06-20")
    assert value(lake, "insurance_arrears_open_months_12m", ACME, TODAY) == 1
    assert value(lake, "insurance_arrears_cleared_36m", ACME, TODAY) == 0.5
