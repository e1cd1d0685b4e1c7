"""Subsidies, tenders and complaints about payment, at their boundaries."""

from datetime import date

import pytest

from features.contracts.payment_complaint import PAYMENT_COMPLAINT
from features.contracts.procurement import PROCUREMENT
from features.contracts.registration import REGISTRATION
from features.contracts.subsidy import SUBSIDY
from features.definitions.public_money import PUBLIC_MONEY_FEATURES
from features.lake.lake import Lake
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.public_money import payment_complaint, procurement, subsidy
from tests.factories.registrations import registration
from tests.factories.values import value, values

TODAY = "2025-07-01"
NOTHING = uscc(9)
"""An enterprise without a record in these feeds."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_rows(lake, REGISTRATION, [registration(firm) for firm in (NOTHING, GAMMA)], "2020-01-01")
    money = [
        subsidy(ACME, date(2024, 9, 10), "P1"),
        subsidy(ACME, date(2025, 2, 1), "P2", amount_fen=1_000_000, recovered_on=date(2025, 5, 1)),
        subsidy(ACME, date(2023, 1, 15), "P1", amount_fen=3_000_000),
        subsidy(ACME, date(2022, 7, 1), "P3", amount_fen=9_000_000),
        subsidy(BETA, date(2024, 7, 2), recovered_on=date(2025, 7, 2)),
        subsidy(BETA, date(2024, 7, 1)),
    ]
    land_rows(lake, SUBSIDY, money, "2025-06-20")
    tenders = [
        procurement(ACME, date(2024, 8, 15)),
        procurement(ACME, date(2025, 3, 1), consortium=True, amount_fen=50_000_000),
        procurement(ACME, date(2023, 10, 1), amount_fen=20_000_000),
        procurement(ACME, date(2024, 8, 20), "投标", amount_fen=None),
        procurement(ACME, date(2023, 12, 5), "违约", amount_fen=10_000_000),
        procurement(ACME, date(2022, 7, 1), amount_fen=99_000_000),
        procurement(BETA, date(2022, 7, 1), "违约"),
        procurement(BETA, date(2024, 7, 2)),
        procurement(BETA, date(2024, 7, 1)),
    ]
    land_rows(lake, PROCUREMENT, tenders, "2025-06-20")
    land_rows(lake, PROCUREMENT, [procurement(GAMMA, date(2025, 6, 30))], "2025-07-02")
    complaints = [
        payment_complaint(ACME, date(2025, 2, 14)),
        payment_complaint(ACME, date(2023, 5, 5), amount_fen=2_000_000, state="办结"),
        payment_complaint(ACME, date(2024, 1, 10), amount_fen=5_000_000, state="不予受理"),
        payment_complaint(ACME, date(2024, 6, 6), "投诉人"),
        payment_complaint(BETA, date(2023, 7, 2), state="处理中"),
        payment_complaint(BETA, date(2023, 7, 1), state="办结"),
    ]
    land_rows(lake, PAYMENT_COMPLAINT, complaints, "2025-06-20")
    return lake


EXPECTED = {
    "subsidies_12m": 1,
    "subsidies_36m": 2,
    "subsidy_fen_24m": 5_000_000,
    "subsidy_mean_fen_36m": 3_000_000,
    "subsidy_policies_60m": 3,
    "subsidy_recovered": 1,
    "subsidy_days_ago": (date(2025, 7, 1) - date(2025, 2, 1)).days,
    "procurement_wins_12m": 2,
    "procurement_wins_36m": 3,
    "procurement_won_fen_24m": 50_000_000,
    "procurement_largest_win_36m": 50_000_000,
    "procurement_won_trend_12m": 3.0,
    "procurement_bid_months_24m": 4,
    "procurement_win_rate_36m": 0.6,
    "procurement_consortium_share_36m": 0.2,
    "procurement_breaches_36m": 1,
    "procurement_win_days_ago": (date(2025, 7, 1) - date(2025, 3, 1)).days,
    "payment_complaints_against_24m": 1,
    "payment_complaint_fen_36m": 10_000_000,
    "payment_complaints_open": 1,
    "payment_complaint_days_ago": (date(2025, 7, 1) - date(2025, 2, 14)).days,
    "payment_complaints_made_24m": 1,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_feature_of_a_firm_with_records(lake: Lake, name: str) -> None:
    assert value(lake, name, ACME, TODAY) == pytest.approx(EXPECTED[name])


def test_each_feature_has_its_expected_value() -> None:
    assert set(EXPECTED) == {entry.name for entry in PUBLIC_MONEY_FEATURES}


def test_no_record_is_none_or_unknown_as_declared(lake: Lake) -> None:
    found = values(lake, EXPECTED, NOTHING, TODAY)
    declared = {entry.name: getattr(entry.definition, "missing", None) for entry in PUBLIC_MONEY_FEATURES}
    assert found == declared


@pytest.mark.parametrize(
    ("firm", "name", "expected"),
    [
        pytest.param(BETA, "subsidies_12m", 1, id="first day of the window, recovered tomorrow"),
        pytest.param(BETA, "subsidy_recovered", 0, id="not recovered before tomorrow"),
        pytest.param(BETA, "procurement_wins_12m", 1, id="won on the first day of the window"),
        pytest.param(BETA, "procurement_breaches_36m", 0, id="breach a day too old"),
        pytest.param(GAMMA, "procurement_wins_12m", 0, id="won before, known too late"),
        pytest.param(BETA, "payment_complaints_against_24m", 1, id="complaint on the first day of the window"),
        pytest.param(BETA, "payment_complaints_open", 1, id="one in hand, one settled"),
        pytest.param(BETA, "payment_complaints_made_24m", 0, id="complained of, not complaining"),
    ],
)
def test_boundaries(lake: Lake, firm: str, name: str, expected: int) -> None:
    assert value(lake, name, firm, TODAY) == expected


def test_a_recovered_subsidy_no_longer_speaks_for_a_firm(lake: Lake) -> None:
    assert value(lake, "subsidies_12m", BETA, "2025-07-02") == 0
    assert value(lake, "subsidy_recovered", BETA, "2025-07-02") == 1
