"""Financing: what was asked for and answered, who stands for it, and what was claimed."""

from datetime import date
from typing import Any

import pytest

from features.contracts.financing_demand import FINANCING_DEMAND
from features.contracts.guarantee import GUARANTEE
from features.contracts.registration import REGISTRATION
from features.definitions.financing import DEMAND_FEATURES, GUARANTEE_FEATURES
from features.lake.lake import Lake
from tests.factories.financing import financing_demand, guarantee
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.values import values


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME asks and is answered, is covered and has claimed; BETA is on the edges; GAMMA did none of it."""
    lake = make_lake(tmp_path_factory.mktemp("financing"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    demands = [
        financing_demand(ACME, date(2025, 1, 2), amount_fen=100_000),
        financing_demand(ACME, date(2025, 1, 1), amount_fen=300_000, state="已授信", closed_on=date(2025, 1, 9)),
        financing_demand(ACME, date(2023, 7, 2), amount_fen=500_000, state="已拒绝", guarantee="抵押", term_months=36),
        financing_demand(ACME, date(2024, 7, 1), amount_fen=200_000, state="已撤回", guarantee="保证"),
        financing_demand(ACME, date(2025, 6, 30), amount_fen=99_999),
    ]
    land_rows(lake, FINANCING_DEMAND, demands, "2025-07-01")
    asked = financing_demand(BETA, date(2025, 7, 1))
    land_rows(lake, FINANCING_DEMAND, [asked], "2025-07-01")
    declined = asked | {"op": "U", "version": 2, "state": "已拒绝", "closed_on": date(2025, 7, 8)}
    land_rows(lake, FINANCING_DEMAND, [declined], "2025-07-09")
    policies = [
        guarantee(ACME, date(2025, 1, 1), amount_fen=400),
        guarantee(ACME, date(2025, 2, 1), kind="财产保险", amount_fen=300, claim_fen=30, claimed_on=date(2025, 7, 1)),
        guarantee(ACME, date(2022, 7, 2), kind="履约保证", amount_fen=100),
        guarantee(BETA, date(2024, 7, 2), ends_on=date(2025, 7, 1)),
    ]
    land_rows(lake, GUARANTEE, policies, "2025-07-01")
    called = guarantee(BETA, date(2024, 7, 2), ends_on=date(2025, 7, 1), claim_fen=5, claimed_on=date(2025, 6, 30))
    land_rows(lake, GUARANTEE, [called | {"op": "U", "version": 2}], "2025-07-09")
    return lake


ASKER = {
    "demands_6m": 1,
    "demands_24m": 4,
    "demanded_fen_12m": 400_000,
    "demand_largest_fen_36m": 500_000,
    "demands_declined_24m": 1,
    "demand_granted_share_36m": 0.5,
    "demands_recalled_24m": 1,
    "demand_unsecured_share_36m": 0.5,
    "demand_mean_term_36m": 18,
    "demand_days_since_last": 180,
}
COVERED = {
    "loans_guaranteed_fen": 400,
    "property_insured_fen": 300,
    "bonds_36m": 1,
    "cover_kinds": 2,
    "claims_36m": 1,
    "loan_guarantee_called": 0,
    "claimed_share_60m": 30 / 800,
    "cover_days_since_last": 150,
}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-07-01", ASKER, id="asked four times and tried the form once"),
        pytest.param(ACME, "2025-07-02", {"demands_6m": 0, "demands_declined_24m": 0}, id="a day too old"),
        pytest.param(BETA, "2025-07-08", {"demands_declined_24m": 0}, id="declined, and not known yet"),
        pytest.param(BETA, "2025-07-09", {"demands_declined_24m": 1, "demand_granted_share_36m": 0}, id="declined"),
        pytest.param(ACME, "2025-07-01", COVERED, id="covered, and one claim paid today"),
        pytest.param(ACME, "2025-07-02", {"bonds_36m": 0}, id="a bond a day too old"),
        pytest.param(BETA, "2025-07-01", {"loans_guaranteed_fen": 100_000_000}, id="the last day of the cover"),
        pytest.param(BETA, "2025-07-02", {"loans_guaranteed_fen": 0, "loan_guarantee_called": 0}, id="the day after"),
        pytest.param(BETA, "2025-07-09", {"loan_guarantee_called": 1, "claims_36m": 1}, id="the guarantor had to pay"),
        pytest.param(
            GAMMA,
            "2025-07-01",
            {"demands_24m": 0, "demand_granted_share_36m": None, "claims_36m": 0, "claimed_share_60m": None},
            id="neither asked nor covered",
        ),
    ],
)
def test_financing(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in (*DEMAND_FEATURES, *GUARANTEE_FEATURES)} == {*ASKER, *COVERED}
