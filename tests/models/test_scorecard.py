"""Points and grades at the anchors, the cuts and the ends of the scale."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.scorecard import Scale, master_scale


def log_odds(pd: float) -> float:
    return math.log(pd / (1 - pd))


@pytest.mark.parametrize(
    ("good_odds", "score"),
    [
        pytest.param(10, 600, id="the anchor"),
        pytest.param(20, 640, id="twice the odds"),
        pytest.param(5, 560, id="half the odds"),
        pytest.param(1e9, 850, id="never above the highest"),
        pytest.param(1e-9, 300, id="never below the lowest"),
    ],
)
def test_points_double_the_odds(good_odds: float, score: int) -> None:
    assert master_scale().score(-math.log(good_odds)) == score


@pytest.mark.parametrize(
    ("pd", "grade"),
    [
        pytest.param(0.0, "A", id="best"),
        pytest.param(0.00999, "A", id="just under the first cut"),
        pytest.param(0.01, "B", id="a cut belongs to the worse grade"),
        pytest.param(0.2, "E", id="the last cut"),
        pytest.param(1.0, "E", id="worst"),
    ],
)
def test_grades_follow_the_cuts(pd: float, grade: str) -> None:
    assert master_scale().grade(pd) == grade


def test_a_higher_score_never_has_a_worse_grade() -> None:
    scale = master_scale()
    told = [(scale.score(log_odds(pd)), scale.grade(pd)) for pd in (i / 1000 for i in range(1, 1000))]
    assert told == sorted(told, key=lambda pair: (-pair[0], pair[1]))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"grades": list(reversed(master_scale().model_dump()["grades"]))}, id="cuts that fall"),
        pytest.param({"grades": master_scale().model_dump()["grades"][:3]}, id="no grade for the worst"),
        pytest.param({"anchor_score": 900}, id="an anchor off the scale"),
        pytest.param({"colour": "red"}, id="a word the scale does not know"),
    ],
)
def test_a_wrong_scale_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Scale.model_validate(master_scale().model_dump() | change)


@given(st.lists(st.floats(-40, 40), min_size=1, max_size=30))
def test_many_at_once_are_scored_as_one_by_one(odds: list[float]) -> None:
    scale = master_scale()
    pds = [1 / (1 + math.exp(-one)) for one in odds]
    assert scale.scores(np.array(odds)).tolist() == [scale.score(one) for one in odds]
    assert [scale.grades[band].grade for band in scale.bands(np.array(pds))] == [scale.grade(pd) for pd in pds]
