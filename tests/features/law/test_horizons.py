"""Days the law derives from the day of use."""

from datetime import date

import pytest

from bureau.errors import InvalidInput, UnknownName
from features.law.horizons import legal_day


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param("day", date(2024, 5, 31), id="the day of use"),
        pytest.param("months:3", date(2024, 2, 29), id="month ends are clamped"),
        pytest.param("months:36", date(2021, 5, 31), id="three years"),
        pytest.param("clock:power_arrears_adverse", date(2023, 11, 30), id="more than six months"),
        pytest.param("clock:objection_national", date(2024, 5, 10), id="more than twenty days"),
    ],
)
def test_legal_day(rule: str, expected: date) -> None:
    assert legal_day(rule, date(2024, 5, 31)) == expected


def test_only_days_and_months_begin_a_use() -> None:
    with pytest.raises(InvalidInput, match="working_days"):
        legal_day("clock:objection_bureau", date(2024, 5, 31))


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(UnknownName):
        legal_day("weeks:3", date(2024, 5, 31))
