"""Days the law derives from the day of use."""

from datetime import date

import pytest

from bureau.errors import UnknownName
from features.law.horizons import legal_day


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param("day", date(2024, 5, 31), id="the day of use"),
        pytest.param("months:3", date(2024, 2, 29), id="month ends are clamped"),
        pytest.param("months:36", date(2021, 5, 31), id="three years"),
    ],
)
def test_legal_day(rule: str, expected: date) -> None:
    assert legal_day(rule, date(2024, 5, 31)) == expected


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(UnknownName):
        legal_day("weeks:3", date(2024, 5, 31))
