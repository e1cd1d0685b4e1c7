"""A city's marginals are held against those of the mix it has, and a city that is another than it says is seen."""

from pathlib import Path

import numpy as np
import pytest

from features.sources.city.census import check_census, expected_course, shares_of_sizes
from features.sources.city.default_path import check_default_path
from features.sources.city.manners import check_dirt, check_lags
from features.sources.city.parameters import Parameters, load_parameters
from features.sources.city.population import NEVER, draw_firms
from features.sources.city.promises import size_of
from features.sources.city.streams import Chances
from features.sources.source import Check, Verdict
from tests.factories.cities import SEED, months_of, other_parameters

REAL, DENSE = 4_000_000, 2_000
CHECKS = (check_census, check_default_path, check_lags, check_dirt)


def checks_of(folder: Path, parameters: Parameters) -> dict[str, Check]:
    size = size_of(parameters.sample, 300)
    return {check.rule: check for checks in CHECKS for check in checks(folder, parameters, size)}


def test_a_city_has_the_marginals_of_its_parameters(village: Path) -> None:
    checks = checks_of(village, load_parameters())
    assert {rule for rule, check in checks.items() if check.verdict is Verdict.MISSED} == set()
    assert checks["sole traders of all"].note.endswith("38.6% in the reference city")
    assert checks["dirt: codes of full width"].target == "0.30% ± 0.04%"
    assert checks["F15: publication to receipt, median days"].target == "5.0 ± 1.0"


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        pytest.param("sole traders of all", {"sample": {"mix_of": REAL}}, id="another mix"),
        pytest.param(
            "division 440307 of all",
            {"districts": [{"division": "440307", "name": "龙岗区", "share": 1.0}]},
            id="one district",
        ),
        pytest.param("left in 2022, of those at its end", {"firms": {"yearly_exit": {"established": 0.5}}}, id="exits"),
        pytest.param(
            "median age of those on the register, years",
            {"firms": {"mean_age_years": {"borrower": 25.0}}},
            id="older ones",
        ),
        pytest.param("yearly rate of default in 2020", {"default": {"yearly_rate": {2020: 0.4}}}, id="a deep slump"),
        pytest.param(
            "F15: event to publication, median days", {"lags": {"F15": {"publish": [60, 90]}}}, id="a slow department"
        ),
        pytest.param("dirt: codes of full width", {"dirt": {"full_width": 0.05}}, id="careless clerks"),
        pytest.param("dirt: corrected records", {"dirt": {"corrected": 0.2}}, id="many corrections"),
    ],
)
def test_a_city_of_other_parameters_is_seen(village: Path, tmp_path: Path, rule: str, named: dict[str, object]) -> None:
    checks = checks_of(village, other_parameters(tmp_path, **named))
    assert checks[rule].fails


@pytest.mark.parametrize("enterprises", [pytest.param(DENSE, id="dense"), pytest.param(REAL, id="real")])
def test_what_is_expected_is_what_is_drawn(enterprises: int) -> None:
    parameters, count = load_parameters(), 40_000
    months, mix = months_of(parameters), parameters.sample.mix(enterprises)
    firms = draw_firms(parameters, months, Chances(SEED, 0), mix, first=0, count=count)
    expected, year = expected_course(parameters, enterprises, 2022), months.year == 2022
    december = int(np.flatnonzero(year)[-1])
    born = months.year[months.position(firms.born).clip(0)]
    stock = ((firms.born <= months.ends[december]) & (firms.left > december)).sum()
    assert (born == 2022).sum() / stock == pytest.approx(expected.entry, rel=0.1)
    assert np.isin(firms.left, np.flatnonzero(year)).sum() / stock == pytest.approx(expected.exit, rel=0.1)
    ages = (months.last_day - firms.born[firms.left == NEVER]) / 365.25
    assert np.median(ages) == pytest.approx(expected.median_age, rel=0.03)
    assert (firms.size == 0).mean() == pytest.approx(shares_of_sizes(parameters, enterprises)["sole_trader"], abs=0.01)


def test_the_real_mix_comes_near_the_counts_that_are_public() -> None:
    parameters = load_parameters()
    course = expected_course(parameters, REAL, 2022)
    assert shares_of_sizes(parameters, REAL)["sole_trader"] == pytest.approx(0.386, abs=0.005)
    assert course.exit == pytest.approx(0.064, abs=0.02)
    assert course.median_age == pytest.approx(5.0, abs=1.0)
