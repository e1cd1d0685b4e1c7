"""The promises of the generator hold for a city as a demo has it, and a broken promise is seen."""

from pathlib import Path

import pytest

from features.sources.city.checks import LIKENESS, LIKENESS_TO_TREES, check_city
from features.sources.city.city import DEFAULT_SEED
from features.sources.city.label_checks import EVENTS
from features.sources.city.outcome_checks import NAIVE, PUBLISHED, RATE
from features.sources.city.volumes import volumes
from features.sources.source import Check, Verdict
from tests.factories.cities import other_parameters, write_city


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_city(folder, enterprises=2000, seed=DEFAULT_SEED)
    return folder


@pytest.fixture(scope="module")
def checks(town: Path) -> dict[str, Check]:
    return {check.rule: check for check in check_city(town)}


def test_a_city_of_two_thousand_misses_only_what_it_says_why(checks: dict[str, Check]) -> None:
    missed = {rule: check for rule, check in checks.items() if check.verdict is Verdict.MISSED}
    assert set(missed) == {EVENTS.rule}
    assert missed[EVENTS.rule].accepted
    assert "the hidden path alone lets expect" in missed[EVENTS.rule].note


def test_what_was_not_measured_says_how_to_have_it_measured(checks: dict[str, Check]) -> None:
    missing = {rule: check.note for rule, check in checks.items() if check.verdict is Verdict.NOT_MEASURED}
    assert "--data DIR" in missing.pop(LIKENESS.rule)
    assert "--data DIR" in missing.pop(LIKENESS_TO_TREES.rule)
    assert "sample.mix_of" in missing.pop("rows per enterprise are those of the contracts")
    assert set(missing) == {promise.rule for promise in PUBLISHED}
    assert all("source load city" in how for how in missing.values())


def test_a_figure_beyond_its_target_says_its_room_and_what_would_decide(checks: dict[str, Check]) -> None:
    noisy = [check for check in checks.values() if check.verdict is Verdict.WITHIN_NOISE]
    assert noisy
    for check in noisy:
        assert check.room.startswith("±")
        assert "would decide it" in check.note


def test_reading_ahead_is_worth_more_than_the_law_allows(checks: dict[str, Check]) -> None:
    assert float(checks[NAIVE.rule].found.split()[0]) >= NAIVE.low


def test_a_city_of_a_real_mix_is_judged_by_its_rows_and_says_how_large_it_had_to_be(tmp_path: Path) -> None:
    write_city(tmp_path, enterprises=1500, parameters=other_parameters(tmp_path, sample={"mix_of": 4_000_000}))
    measured = {one.feed: one for one in volumes(tmp_path, 1500)}
    for feed in ("F15", "F16", "F22", "F46"):
        assert measured[feed].measured == pytest.approx(measured[feed].target, rel=0.25)
    checks = {check.rule: check for check in check_city(tmp_path)}
    assert {rule for rule, check in checks.items() if check.fails} == set()
    assert checks["rows per enterprise of all feeds together"].verdict is Verdict.MET
    first = checks["rows per enterprise of F01"]
    assert (first.verdict, first.accepted) == (Verdict.MISSED, True)
    assert "version of its own" in first.note
    rate = checks[RATE.rule]
    assert rate.verdict is Verdict.NOT_MEASURED
    enterprises = int(rate.note.split("generate about ")[1].split()[0].replace(",", ""))
    assert 5_000 < enterprises < 500_000
    assert rate.note.endswith("with sample.mix_of: 4000000")


def test_a_city_whose_deliveries_are_gone_says_so(tmp_path: Path) -> None:
    write_city(tmp_path, enterprises=20)
    for path in tmp_path.glob("*.parquet"):
        path.unlink()
    (check,) = check_city(tmp_path)
    assert check.verdict is Verdict.NOT_MEASURED
    assert "--keep" in check.note


def test_a_city_too_small_to_judge_says_which_size_it_takes(tmp_path: Path) -> None:
    write_city(tmp_path, enterprises=50)
    checks = {check.rule: check for check in check_city(tmp_path)}
    assert checks[RATE.rule].verdict is Verdict.NOT_MEASURED
    assert "enterprises with sample.mix_of: 2000" in checks[RATE.rule].note
    assert not [check for check in checks.values() if check.fails]
