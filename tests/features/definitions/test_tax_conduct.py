"""Taxpayers' states and tax violations, at their boundaries."""

from datetime import date

import pytest

from features.contracts.registration import REGISTRATION
from features.contracts.tax_registration import TAX_REGISTRATION
from features.contracts.tax_violation import TAX_VIOLATION
from features.definitions.tax_conduct import TAX_CONDUCT_FEATURES
from features.lake.lake import Lake
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.registrations import registration
from tests.factories.tax import tax_registration, tax_violation
from tests.factories.values import value, values

TODAY = "2025-07-01"
NOTHING = uscc(9)
"""An enterprise without a record in these feeds."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_rows(lake, REGISTRATION, [registration(firm) for firm in (NOTHING, GAMMA)], "2020-01-01")
    states = [
        tax_registration(ACME, date(2018, 5, 4)),
        tax_registration(ACME, date(2024, 2, 10), state="非正常"),
        tax_registration(ACME, date(2024, 6, 10), taxpayer_type="一般"),
        tax_registration(ACME, date(2025, 1, 5), state="停业", taxpayer_type="一般"),
        tax_registration(ACME, date(2025, 3, 6), taxpayer_type="一般"),
        tax_registration(BETA, date(2024, 7, 2), state="非正常"),
        tax_registration(GAMMA, date(2024, 7, 1), state="非正常"),
    ]
    land_rows(lake, TAX_REGISTRATION, states, "2025-04-01")
    found = [
        tax_violation(ACME, date(2024, 11, 5)),
        tax_violation(
            ACME, date(2023, 3, 1), kind="虚开发票", amount_fen=20_000_000, penalty_fen=40_000_000, major=True
        ),
        tax_violation(ACME, date(2022, 7, 2), kind="认定非正常户", amount_fen=1_000_000, penalty_fen=2_000_000),
        tax_violation(ACME, date(2022, 7, 1), kind="骗取出口退税", amount_fen=99_000_000, major=True),
        tax_violation(BETA, date(2022, 7, 1), major=True),
    ]
    land_rows(lake, TAX_VIOLATION, found, "2025-04-01")
    land_rows(lake, TAX_VIOLATION, [tax_violation(GAMMA, date(2025, 6, 30))], "2025-07-02")
    return lake


EXPECTED = {
    "taxpayer_normal": 1,
    "taxpayer_general": 1,
    "taxpayer_state_days": (date(2025, 7, 1) - date(2025, 3, 6)).days,
    "taxpayer_abnormal_12m": 0,
    "taxpayer_abnormal_36m": 1,
    "taxpayer_abnormal_days_ago": (date(2025, 7, 1) - date(2024, 2, 10)).days,
    "taxpayer_suspended_36m": 1,
    "taxpayer_state_changes_24m": 4,
    "tax_violations_12m": 1,
    "tax_violations_36m": 3,
    "tax_violation_fen_36m": 31_000_000,
    "tax_evasion_fen_24m": 10_000_000,
    "tax_penalty_largest_36m": 40_000_000,
    "tax_penalty_rate_36m": 47 / 31,
    "tax_found_abnormal_36m": 1,
    "tax_invoice_fraud_36m": 1,
    "tax_major_violation": 1,
    "tax_violation_days_ago": (date(2025, 7, 1) - date(2024, 11, 5)).days,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_feature_of_a_firm_with_records(lake: Lake, name: str) -> None:
    assert value(lake, name, ACME, TODAY) == pytest.approx(EXPECTED[name])


def test_each_feature_has_its_expected_value() -> None:
    assert set(EXPECTED) == {entry.name for entry in TAX_CONDUCT_FEATURES}


def test_no_record_is_none_or_unknown_as_declared(lake: Lake) -> None:
    found = values(lake, EXPECTED, NOTHING, TODAY)
    declared = {entry.name: getattr(entry.definition, "missing", None) for entry in TAX_CONDUCT_FEATURES}
    assert found == declared


@pytest.mark.parametrize(
    ("firm", "name", "expected"),
    [
        pytest.param(BETA, "taxpayer_abnormal_12m", 1, id="first day of the window"),
        pytest.param(GAMMA, "taxpayer_abnormal_12m", 0, id="a day too old"),
        pytest.param(BETA, "taxpayer_normal", 0, id="still abnormal"),
        pytest.param(BETA, "taxpayer_general", 0, id="small-scale"),
        pytest.param(BETA, "tax_violations_36m", 0, id="violation a day too old"),
        pytest.param(BETA, "tax_major_violation", 0, id="major violation a day too old"),
        pytest.param(GAMMA, "tax_violations_12m", 0, id="happened before, known too late"),
    ],
)
def test_boundaries(lake: Lake, firm: str, name: str, expected: int) -> None:
    assert value(lake, name, firm, TODAY) == expected


def test_a_violation_counts_from_the_day_it_is_known(lake: Lake) -> None:
    assert value(lake, "tax_violations_12m", GAMMA, "2025-07-02") == 1
