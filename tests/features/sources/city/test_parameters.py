"""A parameter file replaces what it names, and one clear sentence refuses what cannot be meant."""

from pathlib import Path

import pytest

from bureau.errors import UnreadableFile
from features.contracts.feeds import find_feed
from features.sources.city.exposure import DELIVERED, rates_of
from features.sources.city.parameters import load_parameters
from features.sources.city.reactions import DirtRates
from features.sources.city.records import FEEDS
from tests.factories.cities import other_parameters


def test_a_file_replaces_only_what_it_names(tmp_path: Path) -> None:
    ours, theirs = load_parameters(), other_parameters(tmp_path, default={"slope": 0.5})
    assert theirs.default.slope == 0.5
    assert theirs.default.yearly_rate == ours.default.yearly_rate
    assert theirs.model_copy(update={"default": ours.default}) == ours


def test_a_list_is_replaced_whole(tmp_path: Path) -> None:
    calm = other_parameters(tmp_path, macro=[{"since": "2015-01-01", "value": 0.0}])
    assert [step.value for step in calm.macro] == [0.0]


@pytest.mark.parametrize(
    ("enterprises", "borrower_share"),
    [
        pytest.param(1, 0.92, id="one"),
        pytest.param(2_000, 0.92, id="as a demonstration has it"),
        pytest.param(89_443, 0.2249, id="half way between the two, in logarithms"),
        pytest.param(4_000_000, 0.055, id="as a real city has it"),
        pytest.param(9_000_000, 0.055, id="beyond"),
    ],
)
def test_the_larger_a_city_the_fewer_of_it_borrow(enterprises: int, borrower_share: float) -> None:
    mix = load_parameters().sample.mix(enterprises)
    assert mix.borrower_share == pytest.approx(borrower_share, abs=1e-4)
    assert mix.enterprises == enterprises


def test_a_small_city_can_have_the_mix_of_a_large_one(tmp_path: Path) -> None:
    parameters = other_parameters(tmp_path, sample={"mix_of": 4_000_000})
    assert parameters.sample.mix(300) == load_parameters().sample.mix(4_000_000)


@pytest.mark.parametrize("feed", load_parameters().lags)
def test_lags_are_those_the_contracts_promise(feed: str) -> None:
    lags, contract = load_parameters().lags[feed], find_feed(feed)
    assert lags.publish == contract.publish_lag_days
    assert lags.receive == contract.receive_lag_days


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("loans: {bankz: 3}", "there is no parameter loans.bankz", id="a name nobody knows"),
        pytest.param("latent: {liquidity: {persistence: 1.2}}", "persistence: Input should be less than 1", id="bound"),
        pytest.param("default: {slope: steep}", "default.slope: Input should be a valid number", id="not a number"),
        pytest.param("sections: {F: 1}", "sections.F", id="a value where names belong"),
        pytest.param("sections: {Q: {enterprises: 1, sole_traders: 1, macro: 1, risk: 0}}", "section Q", id="a trade"),
        pytest.param("sample: {others: {micro: 0.9}}", "add up to 1, not 1.35", id="shares beyond the whole"),
        pytest.param("calendar: {first: 2022-01-01}", "at least two years", id="a short calendar"),
        pytest.param("calendar: {last: 2025-12-31}", "2024 is missing", id="a year without a rate"),
        pytest.param("lags: {F16: {publish: [0, 3]}}", "lags.F16.publish.0", id="a median of no days"),
        pytest.param("default: {slope: .nan}", "default.slope: Input should be a finite number", id="no number"),
        pytest.param("default: {slope: .inf}", "default.slope: Input should be a finite number", id="without end"),
        pytest.param("stress: {size: {micro: -.inf}}", "stress.size.micro: Input should be", id="within names"),
        pytest.param("assets: {qualification: {sections: {M: .nan}}}", "sections.M: Input should be a fin", id="deep"),
        pytest.param("default: {slope: 1e300}", "default.slope: Input should be less than or equal to 20", id="huge"),
        pytest.param("latent: {leverage_sigma: 1.0e+5}", "leverage_sigma: Input should be less than", id="huge spread"),
        pytest.param("feeds: {grade: {mean: 101}}", "feeds.grade.mean: Input should be less", id="points beyond 100"),
        pytest.param("lags: {F99: {publish: [1, 2], receive: [1, 2]}}", "lags names F99, which", id="no such feed"),
        pytest.param("lags: {F16L: {publish: [1, 2], receive: [1, 2]}}", "lags names F16L", id="another source's feed"),
        pytest.param("lags: {F15: {publish: [25, 15]}}", "lags.F15.publish: must be a median", id="p95 below"),
        pytest.param("lags: {F15: {publish: [15, 15]}}", "a larger 95th percentile", id="no spread of days"),
        pytest.param("lags: {F15: {publish: [1, 9999]}}", "ten years of days at most", id="a lag of decades"),
        pytest.param("dirt: {late_days: [240, 90]}", "dirt.late_days: must be two whole", id="a range backwards"),
        pytest.param("dirt: {feeds: {F99: {late: 0}}}", "dirt: feeds names F99, which no city", id="dirt of no feed"),
        pytest.param("dirt: {feeds: {F23: {negative: 0.1}}}", "feeds.F23 names negative, which", id="not its dirt"),
        pytest.param("dirt: {feeds: {F34: {number_only: 1}}}", "names number_only, which", id="codes alone"),
        pytest.param("dirt: {feeds: {F16: {same_name: 0.1}}}", "names same_name, which", id="dirt of no single feed"),
        pytest.param("dirt: {feeds: {F16: {late: 2}}}", "less than or equal to 1", id="more than all of a feed"),
        pytest.param("dirt: {feeds: {F16: 0.1}}", "dirt.feeds.F16: Input should be a valid dict", id="dirt of no name"),
        pytest.param("relations: {ring_size: [1, 4]}", "ring_size must be two numbers from 2 up", id="a ring of one"),
        pytest.param("districts: [{division: '440305', name: 南山区, share: 7}]", "districts.0.share", id="share of 7"),
        pytest.param(
            "districts: [{division: '440305', name: 南山区, share: 0.7}]",
            "the shares of districts must add up to 1, not 0.7; change the others too",
            id="districts that are not the whole",
        ),
        pytest.param("sections: {F: {enterprises: 0.46}}", "enterprises of sections must add up", id="trades beyond"),
        pytest.param(
            "sections: {R: {enterprises: 0, sole_traders: 0}, F: {enterprises: 0.38, sole_traders: 0.595}}",
            "sections.R holds nobody; give it enterprises or sole_traders",
            id="a trade nobody has",
        ),
        pytest.param("loans: {terms: {12: 0.9}}", "loans: terms must add up to 1, not", id="terms beyond the whole"),
        pytest.param("loans: {joined_between: [2022-07-31, 2022-01-10]}", "the earlier one first", id="days backwards"),
        pytest.param(
            "macro: [{since: 2019-01-01, value: 0}, {since: 2015-01-01, value: 0}]", "in order", id="macro backwards"
        ),
        pytest.param("loans: {banks: 3}\nloans: {banks: 4}", "line 2 names loans a second time; keep one", id="twice"),
        pytest.param("loans: {banks: 3, banks: 4}", "line 1 names banks a second time", id="twice within"),
        pytest.param("? [a]\n: 1", "cannot be read as a YAML file", id="a name that is a list"),
        pytest.param("- a list", "must hold names and values", id="a list"),
        pytest.param("a: [", "cannot be read as a YAML file", id="broken YAML"),
        pytest.param("", "must hold names and values", id="an empty file"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(UnreadableFile) as refused:
        load_parameters(path)
    assert sentence in refused.value.message
    assert refused.value.message.startswith(str(path))
    assert "\n" not in refused.value.message


def test_a_feed_has_dirt_of_its_own_and_the_others_keep_theirs(tmp_path: Path) -> None:
    ours = load_parameters().dirt
    theirs = other_parameters(tmp_path, dirt={"late": 0.5, "feeds": {"F16": {"late": 0.1, "late_days": [5, 9]}}}).dirt
    assert (theirs.of("F16").late, theirs.of("F16").late_days) == (0.1, (5, 9))
    assert theirs.of("F17") == ours.of("F17").model_copy(update={"late": 0.5})


def test_every_rate_of_dirt_is_some_feeds() -> None:
    assert frozenset().union(*(rates_of(feed) for feed in FEEDS)) == set(DirtRates.model_fields)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read"):
        load_parameters(tmp_path / "nowhere.yaml")


def test_lags_can_be_given_for_every_feed_a_city_delivers() -> None:
    assert set(FEEDS) == DELIVERED
