"""Work safety and fire: what inspections find, what is put right, what goes wrong."""

from datetime import date

import pytest

from features.contracts.fire_inspection import FIRE_INSPECTION
from features.contracts.registration import REGISTRATION
from features.contracts.work_safety import WORK_SAFETY
from features.lake.lake import Lake
from features.store.live import Value
from tests.factories.lakes import ACME, GAMMA, land_rows, make_lake
from tests.factories.oversight import fire_inspection, work_safety
from tests.factories.registrations import registration
from tests.factories.values import value

DAY = "2025-06-01"
HARM = {"kind": "事故", "hazard_n": 0, "fixed_n": 0}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME inspected at the edges of every window, GAMMA never; later rows are known a day after DAY."""
    lake = make_lake(tmp_path_factory.mktemp("safety"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-02")
    checks = [
        work_safety(ACME, date(2024, 6, 2)),
        work_safety(ACME, date(2024, 6, 1), kind="复查", hazard_n=3),
        work_safety(ACME, date(2023, 6, 1), hazard_n=1, fixed_n=0),
        work_safety(ACME, date(2022, 6, 2), hazard_n=0, fixed_n=0),
        work_safety(ACME, date(2022, 6, 1), hazard_n=9, fixed_n=0),
        work_safety(ACME, date(2025, 1, 10), accident_level="一般", **HARM),
        work_safety(ACME, date(2023, 6, 2), accident_level="较大", **HARM),
    ]
    land_rows(lake, WORK_SAFETY, checks, "2025-05-30")
    fires = [
        fire_inspection(ACME, date(2024, 6, 2), address="A"),
        fire_inspection(ACME, date(2024, 6, 1), address="B", result="不合格"),
        fire_inspection(ACME, date(2022, 6, 2), address="A", result="临时查封"),
        fire_inspection(ACME, date(2022, 6, 1), address="D", result="不合格"),
        fire_inspection(ACME, date(2025, 2, 1), address="C", result="合格"),
    ]
    land_rows(lake, FIRE_INSPECTION, fires, "2025-05-30")
    rectified = checks[0] | {"op": "U", "version": 2, "fixed_n": 5}
    land_rows(lake, WORK_SAFETY, [rectified], "2025-06-02")
    land_rows(lake, FIRE_INSPECTION, [fire_inspection(ACME, date(2025, 5, 20))], "2025-06-02")
    return lake


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("safety_hazards_12m", 5),
        ("safety_hazards_36m", 9),
        ("safety_hazards_open_24m", 2),
        ("safety_rectified_share_36m", pytest.approx(6 / 9)),
        ("safety_most_hazards_36m", 5),
        ("safety_mean_hazards_24m", 4),
        ("safety_inspections_24m", 2),
        ("safety_clean_share_36m", 0.25),
        ("safety_accidents_36m", 2),
        ("safety_accident_worst_36m", 2),
        ("safety_days_since_accident", 142),
        ("fire_inspections_36m", 4),
        ("fire_failed_12m", 1),
        ("fire_failed_36m", 3),
        ("fire_failed_share_36m", 0.75),
        ("fire_result_latest", 0),
        ("fire_sealed_36m", 1),
        ("fire_days_since_failed", 364),
        ("fire_places_36m", 3),
    ],
)
def test_of_an_inspected_firm(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, ACME, DAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("safety_hazards_36m", None),
        ("safety_inspections_24m", 0),
        ("safety_accidents_36m", 0),
        ("safety_clean_share_36m", None),
        ("fire_failed_36m", 0),
        ("fire_failed_share_36m", None),
        ("fire_result_latest", None),
    ],
)
def test_who_was_never_inspected_is_not_safe_but_unknown(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, GAMMA, DAY) == expected


def test_what_is_put_right_counts_from_the_day_it_is_known(lake: Lake) -> None:
    assert [value(lake, "safety_hazards_open_24m", ACME, day) for day in (DAY, "2025-06-02")] == [2, 0]


def test_an_inspection_known_late_is_the_latest_from_then_on(lake: Lake) -> None:
    assert [value(lake, "fire_result_latest", ACME, day) for day in (DAY, "2025-06-02")] == [0, 1]
