"""What courts did to a debtor, and for one, as far as it was known and may still be used."""

from datetime import date
from pathlib import Path

import pytest

from features.contracts.bankruptcy import BANKRUPTCY
from features.contracts.consumption_restriction import CONSUMPTION_RESTRICTION
from features.contracts.judicial_freeze import JUDICIAL_FREEZE
from features.contracts.registration import REGISTRATION
from features.contracts.voluntary_performance import VOLUNTARY_PERFORMANCE
from features.lake.lake import Lake
from features.store.live import Value
from tests.factories.courts import bankruptcy, consumption_restriction, judicial_freeze, voluntary_performance
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.values import value

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME in trouble, BETA restructured, GAMMA without a record; the last delivery comes a day after DAY."""
    lake = make_lake(tmp_path_factory.mktemp("courts"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-02")
    restrictions = [
        consumption_restriction(ACME, from_on=date(2024, 6, 2), case_no="a"),
        consumption_restriction(ACME, from_on=date(2024, 6, 1), case_no="a", name="another spelling"),
        lifted := consumption_restriction(ACME, from_on=date(2025, 1, 10), case_no="c"),
        lifted_later := consumption_restriction(ACME, from_on=date(2024, 1, 5), case_no="d"),
    ]
    freezes = [
        judicial_freeze(ACME, date(2024, 12, 2), amount_fen=600),
        judicial_freeze(ACME, date(2024, 12, 1), amount_fen=300, renew=True),
        judicial_freeze(ACME, date(2023, 6, 2), amount_fen=100, to_on=date(2025, 6, 2)),
        judicial_freeze(ACME, date(2023, 6, 1), amount_fen=5_000, to_on=date(2025, 6, 1), renew=True),
    ]
    stages = [
        bankruptcy(ACME, date(2025, 1, 20), "受理"),
        bankruptcy(ACME, date(2025, 5, 20), "宣告"),
        bankruptcy(BETA, date(2023, 2, 1), "受理"),
        bankruptcy(BETA, date(2024, 3, 1), "重整批准"),
    ]
    performed = [
        voluntary_performance(ACME, performed_on=date(2025, 2, 5), amount_fen=300),
        voluntary_performance(ACME, performed_on=date(2022, 6, 2), amount_fen=50, listed_to=date(2024, 7, 1)),
        voluntary_performance(ACME, performed_on=date(2022, 6, 1), amount_fen=7, listed_from=None, listed_to=None),
        voluntary_performance(ACME, performed_on=date(2025, 5, 1), amount_fen=20, listed_from=date(2025, 6, 2)),
        voluntary_performance(ACME, performed_on=date(2024, 1, 1), amount_fen=5, listed_to=date(2025, 6, 1)),
    ]
    land_rows(lake, CONSUMPTION_RESTRICTION, restrictions, "2025-05-30")
    land_rows(lake, JUDICIAL_FREEZE, freezes, "2025-05-30")
    land_rows(lake, BANKRUPTCY, stages, "2025-05-30")
    land_rows(lake, VOLUNTARY_PERFORMANCE, performed, "2025-05-30")
    lifted |= {"version": 2, "op": "U", "lifted_on": date(2025, 6, 1)}
    land_rows(lake, CONSUMPTION_RESTRICTION, [lifted], "2025-06-01")
    lifted_later |= {"version": 2, "op": "U", "lifted_on": date(2025, 6, 2)}
    late = [lifted_later, consumption_restriction(ACME, from_on=date(2025, 5, 20))]
    land_rows(lake, CONSUMPTION_RESTRICTION, late, "2025-06-02")
    land_rows(lake, JUDICIAL_FREEZE, [judicial_freeze(ACME, date(2025, 5, 20))], "2025-06-02")
    return lake


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("restrictions_in_force", 3),
        ("restrictions_12m", 1),
        ("restriction_days_in_force", 513),
        ("freezes_in_force", 3),
        ("frozen_fen", 1_000),
        ("freezes_6m", 1),
        ("freezes_24m", 3),
        ("freezes_renewed_36m", 2),
        ("freeze_days_since_last", 181),
        ("bankruptcy_stage", "宣告"),
        ("bankruptcy_under_way", 1),
        ("restructured", 0),
        ("performances_listed", 2),
        ("performances_36m", 4),
        ("performed_fen_36m", 375),
    ],
)
def test_of_a_debtor(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, ACME, DAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("bankruptcy_stage", "重整批准"), ("bankruptcy_under_way", 0), ("restructured", 1)],
)
def test_a_restructured_enterprise_is_marked_and_not_in_proceedings(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, BETA, DAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("restrictions_in_force", 0),
        ("restriction_days_in_force", None),
        ("frozen_fen", 0),
        ("freeze_days_since_last", None),
        ("bankruptcy_stage", None),
        ("bankruptcy_under_way", 0),
        ("performed_fen_36m", 0),
    ],
)
def test_of_no_record(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, GAMMA, DAY) == expected


def test_what_was_known_too_late_counts_from_the_day_it_is_known(lake: Lake) -> None:
    assert [value(lake, "frozen_fen", ACME, day) for day in (DAY, "2025-06-02")] == [1_000, 10_000_900]
    assert [value(lake, "restriction_days_in_force", ACME, day) for day in (DAY, "2025-06-02")] == [513, 366]


def test_a_name_alone_is_matched_to_its_enterprise(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, name="深圳市安邦宝科技有限公司")], "2020-01-02")
    named = consumption_restriction(None, name="深圳市安邦宝科技有限公司")
    land_rows(lake, CONSUMPTION_RESTRICTION, [named], "2025-05-30")
    assert value(lake, "restrictions_in_force", ACME, DAY) == 1
