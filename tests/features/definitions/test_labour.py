"""Wage arrears and disputes with staff, at their boundaries."""

from datetime import date

import pytest

from features.contracts.labour_dispute import LABOUR_DISPUTE
from features.contracts.registration import REGISTRATION
from features.definitions.labour import LABOUR_FEATURES
from features.lake.lake import Lake
from tests.factories.labour import labour_dispute
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.registrations import registration
from tests.factories.values import value, values

TODAY = "2025-07-01"
NOTHING = uscc(9)
"""An enterprise without a record in these feeds."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_rows(lake, REGISTRATION, [registration(firm) for firm in (NOTHING, GAMMA)], "2020-01-01")
    disputes = [
        labour_dispute(ACME, date(2025, 1, 20)),
        labour_dispute(
            ACME,
            date(2024, 3, 5),
            type="欠薪投诉",
            n_workers=10,
            amount_fen=20_000_000,
            closed_on=date(2024, 6, 1),
            result="支持",
        ),
        labour_dispute(
            ACME,
            date(2023, 2, 1),
            type="工伤待遇",
            n_workers=1,
            amount_fen=None,
            closed_on=date(2023, 5, 1),
            result="调解",
        ),
        labour_dispute(ACME, date(2022, 9, 9), type="其他", party="承包单位", n_workers=2),
        labour_dispute(ACME, date(2022, 7, 1), type="欠薪投诉", n_workers=50),
        labour_dispute(BETA, date(2024, 7, 2), type="欠薪投诉", closed_on=date(2025, 7, 2), result="撤回"),
        labour_dispute(BETA, date(2024, 7, 1), case_no="旧案", closed_on=date(2025, 7, 1), result="驳回"),
    ]
    land_rows(lake, LABOUR_DISPUTE, disputes, "2025-04-01")
    land_rows(lake, LABOUR_DISPUTE, [labour_dispute(GAMMA, date(2025, 6, 30))], "2025-07-02")
    return lake


EXPECTED = {
    "labour_disputes_12m": 1,
    "labour_disputes_36m": 3,
    "labour_wage_claims_24m": 2,
    "labour_claimed_fen_24m": 23_000_000,
    "labour_workers_24m": 13,
    "labour_largest_group_36m": 10,
    "labour_disputes_open": 2,
    "labour_wage_complaint_open": 0,
    "labour_disputes_lost_36m": 1,
    "labour_settled_share_36m": 0.5,
    "labour_contractor_disputes_36m": 1,
    "labour_dispute_types_36m": 4,
    "labour_dispute_days_ago": (date(2025, 7, 1) - date(2025, 1, 20)).days,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_feature_of_a_firm_with_records(lake: Lake, name: str) -> None:
    assert value(lake, name, ACME, TODAY) == pytest.approx(EXPECTED[name])


def test_each_feature_has_its_expected_value() -> None:
    assert set(EXPECTED) == {entry.name for entry in LABOUR_FEATURES}


def test_no_record_is_none_or_unknown_as_declared(lake: Lake) -> None:
    found = values(lake, EXPECTED, NOTHING, TODAY)
    declared = {entry.name: getattr(entry.definition, "missing", None) for entry in LABOUR_FEATURES}
    assert found == declared


@pytest.mark.parametrize(
    ("firm", "name", "expected"),
    [
        pytest.param(BETA, "labour_disputes_12m", 1, id="first day of the window counts, the day before does not"),
        pytest.param(BETA, "labour_disputes_open", 1, id="closed today, and tomorrow"),
        pytest.param(BETA, "labour_wage_complaint_open", 1, id="wage complaint closed tomorrow"),
        pytest.param(BETA, "labour_disputes_lost_36m", 0, id="withdrawn and dismissed"),
        pytest.param(BETA, "labour_settled_share_36m", 0.5, id="withdrawn of both"),
        pytest.param(GAMMA, "labour_disputes_12m", 0, id="accepted before, known too late"),
    ],
)
def test_boundaries(lake: Lake, firm: str, name: str, expected: float) -> None:
    assert value(lake, name, firm, TODAY) == expected


def test_a_wage_complaint_is_open_until_it_is_closed(lake: Lake) -> None:
    assert value(lake, "labour_wage_complaint_open", BETA, "2025-07-02") == 0
