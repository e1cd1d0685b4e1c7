"""A verdict is one of four, and says what it rests on."""

import math

import numpy as np
import pytest

from features.sources.city.promises import Figure, Promise, Size, judge_largest, median_figure, near, share_figure
from features.sources.source import Verdict

SIZE = Size(enterprises=1_000, mix_of=2_000)
BETWEEN = Promise("AUC", 0.60, 0.64)


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        pytest.param(0.60, 0.0, Verdict.MET, id="on the lower bound"),
        pytest.param(0.64, 0.5, Verdict.MET, id="on the upper bound, whatever the noise"),
        pytest.param(0.641, 0.0, Verdict.MISSED, id="beyond it, and chance has no part"),
        pytest.param(0.559, 0.014, Verdict.WITHIN_NOISE, id="below, by less than three standard errors"),
        pytest.param(0.559, 0.013, Verdict.MISSED, id="below, by more"),
        pytest.param(0.62, math.inf, Verdict.NOT_MEASURED, id="an error without end"),
        pytest.param(math.nan, 0.1, Verdict.NOT_MEASURED, id="nothing to measure"),
    ],
)
def test_a_verdict_is_one_of_four(value: float, error: float, verdict: Verdict) -> None:
    assert BETWEEN.judge(Figure(value, error), SIZE).verdict is verdict


def test_noise_is_printed_with_its_room_and_the_city_that_would_decide() -> None:
    check = BETWEEN.judge(Figure(0.58, 0.02), SIZE)
    assert (check.target, check.found, check.room) == ("0.60 to 0.64", "0.580", "± 0.060")
    assert check.note == "about 9,000 enterprises with sample.mix_of: 2000 would decide it"
    assert not check.fails


def test_nobody_is_sent_for_a_city_larger_than_any() -> None:
    check = BETWEEN.judge(Figure(0.5999, 0.02), SIZE)
    assert check.note == "more than 4,000,000 enterprises would decide it"


@pytest.mark.parametrize(
    ("value", "note", "fails"),
    [
        pytest.param(0.9, "known: the reason", False, id="as far as the reason goes"),
        pytest.param(0.91, "more than is known: the reason", True, id="beyond it"),
    ],
)
def test_a_known_reason_is_accepted_as_far_as_it_goes(value: float, note: str, fails: bool) -> None:
    check = BETWEEN.excuse(Figure(value), SIZE, "the reason", at_most=0.9)
    assert (check.verdict, check.note, check.fails) == (Verdict.MISSED, note, fails)


def test_a_reason_is_not_given_for_what_is_met() -> None:
    assert BETWEEN.excuse(Figure(0.62), SIZE, "the reason", at_most=0.9).note == ""


def test_of_many_figures_the_one_furthest_beyond_chance_is_told() -> None:
    at_most = Promise("largest", high=0.52)
    check = judge_largest(at_most, {"noisy": Figure(0.60, 0.1), "sure": Figure(0.55, 0.001)}, SIZE)
    assert check.verdict is Verdict.MISSED
    assert check.found == "0.550 (sure)"
    assert judge_largest(at_most, {"a": Figure(0.50), "b": Figure(0.51)}, SIZE).found == "0.510 (b)"


@pytest.mark.parametrize(
    ("promise", "target"),
    [
        pytest.param(Promise("", high=0.7), "at most 0.70", id="from above"),
        pytest.param(Promise("", low=60, form=".0f"), "at least 60", id="from below"),
        pytest.param(near("", 0.87, 0.03, ".0%"), "87% ± 3%", id="about a figure"),
    ],
)
def test_a_target_is_told_as_it_is_meant(promise: Promise, target: str) -> None:
    assert promise.target == target


def test_a_share_of_nothing_is_not_measured() -> None:
    assert near("share", 0.5, 0.1).judge(share_figure(0, 0, 0.5), SIZE).verdict is Verdict.NOT_MEASURED
    assert share_figure(0, 100, 0.5).error == pytest.approx(0.05)


def test_the_error_of_a_median_is_that_of_its_rank() -> None:
    values = np.random.default_rng(3).standard_normal(10_000)
    assert median_figure(values).error == pytest.approx(1.2533 / 100, rel=0.3)
    assert math.isnan(median_figure(values[:0]).value)
    assert math.isnan(median_figure(values[:29]).value)
    assert not math.isnan(median_figure(values[:30]).value)
