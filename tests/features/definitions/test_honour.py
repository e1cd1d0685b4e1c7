"""Honours in force, and those a subject refused to have recorded."""

from datetime import date

import pytest

from features.contracts.honour import HONOUR
from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.store.live import Value
from tests.factories.lakes import ACME, GAMMA, land_rows, make_lake
from tests.factories.public_standing import honour
from tests.factories.registrations import registration
from tests.factories.values import value

DAY = "2025-06-01"
LEADER = {"subject_type": "企业负责人", "person_hash": "ab" * 32}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """ACME's honours, one of them refused a record; GAMMA has none."""
    lake = make_lake(tmp_path_factory.mktemp("honours"))
    land_rows(lake, REGISTRATION, [registration(GAMMA)], "2020-01-02")
    rows = [
        honour(ACME, date(2024, 6, 2), "H1", org="X"),
        honour(ACME, date(2024, 6, 1), "H2", level="国家级", org="Y", to_on=date(2025, 6, 1)),
        honour(ACME, date(2022, 6, 2), "H1", level="区级", org="X", to_on=date(2025, 5, 31)),
        honour(ACME, date(2022, 6, 1), "H3", level="省级", org="Z", to_on=None),
        honour(ACME, date(2024, 12, 1), "H5", level="国家级", org="V", opt_out=True),
        honour(ACME, date(2025, 1, 1), "H4", level="区级", org="X", **LEADER),
    ]
    land_rows(lake, HONOUR, rows, "2025-05-30")
    land_rows(lake, HONOUR, [honour(ACME, date(2025, 5, 20), "H6")], "2025-06-02")
    return lake


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("honours_valid", 4),
        ("honour_highest_level", 4),
        ("honour_kinds_valid", 4),
        ("honours_12m", 2),
        ("honours_36m", 4),
        ("honours_of_leaders", 1),
        ("honour_departments_36m", 2),
        ("honour_days_since_last", 151),
        ("honours_city_or_above_36m", 2),
    ],
)
def test_of_an_honoured_firm(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, ACME, DAY) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("honours_valid", 0), ("honour_highest_level", 0), ("honour_days_since_last", None)]
)
def test_of_no_honour(lake: Lake, name: str, expected: Value) -> None:
    assert value(lake, name, GAMMA, DAY) == expected


def test_the_day_after_its_last_an_honour_is_over_and_one_known_late_counts(lake: Lake) -> None:
    assert value(lake, "honour_highest_level", ACME, "2025-06-02") == 3
    assert [value(lake, "honour_days_since_last", ACME, day) for day in (DAY, "2025-06-02")] == [151, 13]
