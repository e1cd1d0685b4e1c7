"""Court features: what follows a default must not be seen before it is known."""

from datetime import date
from pathlib import Path

import pytest

from features.contracts.court_case import COURT_CASE
from features.contracts.dishonest_debtor import DISHONEST_DEBTOR
from features.contracts.enforcement import ENFORCEMENT
from features.lake.lake import Lake
from tests.factories.courts import court_case, dishonest_debtor, enforcement
from tests.factories.lakes import ACME, BETA, land_rows, make_lake
from tests.factories.values import value


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Connected to every feed of the courts by old records of BETA; ACME is known as one who sues."""
    lake = make_lake(tmp_path)
    long_ago = date(2015, 3, 2)
    cases = [court_case(BETA, filed_on=long_ago), court_case(ACME, role="原告", filed_on=long_ago, case_no="sues")]
    land_rows(lake, COURT_CASE, cases, "2015-03-02")
    land_rows(lake, ENFORCEMENT, [enforcement(BETA, filed_on=long_ago)], "2015-03-02")
    land_rows(lake, DISHONEST_DEBTOR, [dishonest_debtor(BETA, published_on=long_ago)], "2015-03-02")
    return lake


def test_a_case_filed_before_the_day_and_published_after_it_is_not_seen(lake: Lake) -> None:
    land_rows(lake, COURT_CASE, [court_case(ACME, filed_on=date(2025, 2, 10))], "2025-06-02")
    assert value(lake, "defendant_cases_24m", ACME, "2025-06-01") == 0
    assert value(lake, "defendant_cases_24m", ACME, "2025-06-02") == 1


def test_who_sues_is_no_defendant(lake: Lake) -> None:
    land_rows(lake, COURT_CASE, [court_case(ACME, role="原告")], "2025-03-02")
    assert value(lake, "defendant_cases_24m", ACME, "2025-06-01") == 0


def test_enforcement_is_open_until_its_end_is_known(lake: Lake) -> None:
    case = enforcement(ACME, filed_on=date(2025, 1, 8), amount_fen=900)
    land_rows(lake, ENFORCEMENT, [case], "2025-01-10")
    land_rows(lake, ENFORCEMENT, [case | {"version": 2, "op": "U", "closed_on": date(2025, 4, 1)}], "2025-05-02")
    assert [value(lake, name, ACME, "2025-05-01") for name in ("enforcement_open_count", "enforcement_open_fen")] == [
        1,
        900,
    ]
    assert value(lake, "enforcement_open_count", ACME, "2025-05-02") == 0


def test_enforcement_closed_in_a_way_that_is_told_is_not_open_though_its_day_is_missing(lake: Lake) -> None:
    land_rows(lake, ENFORCEMENT, [enforcement(ACME, filed_on=date(2025, 1, 8), closed_way="执行完毕")], "2025-01-10")
    assert value(lake, "enforcement_open_count", ACME, "2025-05-01") == 0
    assert value(lake, "enforcement_open_fen", ACME, "2025-05-01") == 0


@pytest.mark.parametrize(
    ("as_of", "listed"),
    [
        pytest.param("2025-02-09", 0, id="the day before it is known"),
        pytest.param("2025-02-10", 1, id="the day it is known"),
        pytest.param("2025-04-30", 1, id="the day before its removal takes effect"),
        pytest.param("2025-05-01", 0, id="the day it is removed"),
    ],
)
def test_a_debtor_is_listed_while_the_list_names_it(lake: Lake, as_of: str, listed: int) -> None:
    entry = dishonest_debtor(ACME, published_on=date(2025, 2, 1))
    land_rows(lake, DISHONEST_DEBTOR, [entry], "2025-02-10")
    removed = entry | {"version": 2, "op": "U", "removed_on": date(2025, 5, 1)}
    land_rows(lake, DISHONEST_DEBTOR, [removed], "2025-05-01")
    assert value(lake, "dishonest_listed", ACME, as_of) == listed
