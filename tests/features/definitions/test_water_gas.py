"""Water and gas: work going on, and bills paid late. 50 days after a month it is published: on 20 July, May."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from features.contracts.gas import GAS
from features.contracts.registration import REGISTRATION
from features.contracts.water import WATER
from features.definitions.water_gas import WATER_GAS_FEATURES
from features.lake.lake import Lake
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.registrations import registration
from tests.factories.utilities import gas, water
from tests.factories.values import values

DELTA = uscc(4)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME uses water and gas alike; BETA stands on the edges; DELTA owes for November; GAMMA has no account."""
    lake = make_lake(tmp_path_factory.mktemp("supplies"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-01")
    for feed, bill in ((WATER, water), (GAS, gas)):
        rows = [
            bill(ACME, "2025-05", 60),
            bill(ACME, "2025-04", 30, paid_on=date(2025, 6, 1)),
            bill(ACME, "2025-03", 0, paid_on=None, amount_fen=1_000),
            bill(ACME, "2025-01", 90, **({"months_covered": 2} if feed is WATER else {})),
            bill(ACME, "2024-05", 120),
            bill(BETA, "2023-06", 10, paid_on=date(2023, 7, 20)),
            bill(BETA, "2023-05", 10, paid_on=date(2023, 9, 1)),
            bill(BETA, "2025-04", 10, paid_on=date(2025, 7, 21), amount_fen=4_000),
        ]
        owing = bill(DELTA, "2024-11", 10, paid_on=None, amount_fen=700)
        land_rows(lake, feed, [*rows, owing], "2025-07-01")
        land_rows(lake, feed, [bill(BETA, "2025-05", 50)], "2025-07-22")
    return lake


def both(**expected: Any) -> dict[str, Any]:
    """The same values of water and of gas."""
    return {f"{supply}_{name}": value for supply in ("water", "gas") for name, value in expected.items()}


BUSY = both(
    trend_3p=-0.25,
    trend_12p=0.5,
    level_6p=45,
    late_share_6p=0.5,
    late_share_24p=0.4,
    overdue_fen=1_000,
    long_overdue_fen=0,
    peak_12p=2,
    days_since_use=50,
) | {"water_active_share_12p": 0.8, "gas_active_share_12p": 0.75}


@pytest.mark.parametrize(
    ("firm", "as_of", "expected"),
    [
        pytest.param(ACME, "2025-07-20", BUSY, id="use, payment and change of a busy account"),
        pytest.param(ACME, "2025-07-19", both(level_6p=40), id="the day before May is due it does not count"),
        pytest.param(BETA, "2025-07-20", both(late_share_24p=0.5), id="paid on the day due is in time; first month in"),
        pytest.param(BETA, "2025-08-20", both(late_share_24p=0.5), id="a month on, the first has left the window"),
        pytest.param(BETA, "2025-07-20", both(overdue_fen=4_000), id="overdue until it is paid"),
        pytest.param(BETA, "2025-07-21", both(overdue_fen=0, level_6p=10), id="paid today; May not known yet"),
        pytest.param(BETA, "2025-07-22", both(level_6p=30), id="May is known"),
        pytest.param(DELTA, "2025-07-19", both(long_overdue_fen=0, overdue_fen=700), id="owing for five months"),
        pytest.param(DELTA, "2025-07-20", both(long_overdue_fen=700), id="owing for six months"),
        pytest.param(
            GAMMA,
            "2025-07-20",
            both(overdue_fen=0, level_6p=None, late_share_6p=None, days_since_use=None),
            id="no account owes nothing and says nothing",
        ),
    ],
)
def test_supplies(lake: Lake, firm: str, as_of: str, expected: dict[str, Any]) -> None:
    assert values(lake, expected, firm, as_of) == expected


def test_every_feature_is_held_to_a_value() -> None:
    assert {entry.name for entry in WATER_GAS_FEATURES} == set(BUSY)


def test_an_account_in_a_name_alone_is_its_holders(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, name="深圳市安邦五金有限公司")], "2020-01-01")
    land_rows(lake, WATER, [water(None, "2025-05", 40, name="深圳市安邦五金有限公司")], "2025-07-01")
    assert values(lake, ["water_level_6p"], ACME, "2025-07-20") == {"water_level_6p": 40}
