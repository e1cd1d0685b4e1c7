"""How choices are made and rows judged: never by rows that are judged, in any order, on any number of processes."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from models.boosted_trees import TreeRecipe
from models.columns import Column, Columns
from models.cross_validation import Rows
from models.evaluation import weighted_auc
from models.logistic import LogisticRecipe
from models.real.choosing import INNER_FOLDS, Memory, best_of, blend_of, inner_folds
from models.real.contenders import OURS, PLAIN
from models.real.contest import Ages, fit_contender
from models.real.judging import MOST_TO_CROSS, OUTER_FOLDS, Judging, judge_inside, judge_unseen
from models.real.learner import Contender, unsigned
from models.real.lightgbm_learner import LightGBMLearner, WithoutDepth
from models.real.measured import Measures, SetMeasured
from models.real.table import bars, page
from models.woe_scorecard import ScorecardRecipe

TREES = TreeRecipe(trees=20, depth=2, leaves=4, smallest_leaf=10)
BLIND = LightGBMLearner(trees=1, parameters=(("learning_rate", 1e-9),))
AS_SAID: list[str] = []


def made_up(rows: int, seed: int = 0) -> Rows:
    chance = np.random.default_rng(seed)
    x = chance.normal(size=(rows, 2))
    target = (chance.random(rows) < 1 / (1 + np.exp(1 - x[:, 0]))).astype(float)
    return Rows(Columns((Column("x", 1), Column("noise"))), x, target, np.ones(rows), np.arange(rows))


def who(seed: int) -> list[Contender]:
    others = (ScorecardRecipe(5), ScorecardRecipe(8))
    return [
        Contender(OURS, blend=(TREES, LogisticRecipe()), signed=True),
        Contender(PLAIN, (LightGBMLearner(trees=5),), plain=True),
        Contender("logistic scorecard", others[: 1 + seed % 2]),
    ]


def test_the_better_learner_is_chosen_and_its_scores_are_unseen() -> None:
    rows = made_up(600)
    told = best_of((BLIND, ScorecardRecipe(5)), rows, 0)
    assert np.corrcoef(told.unseen, rows.matrix[:, 0])[0, 1] > 0.8
    assert np.unique(told.unseen - told.scored.raw(rows.matrix)).size > 1


def test_blends_share_what_was_fitted_already() -> None:
    rows = made_up(300)
    memory: Memory = {}
    blend_of((TREES, LogisticRecipe()), rows, 0, memory)
    known = list(memory.values())
    blend_of((WithoutDepth(TREES), LogisticRecipe()), rows, 0, memory)
    assert len(memory) == 3
    assert list(memory.values())[:2] == known


def test_the_order_of_the_rows_changes_no_figure() -> None:
    seen, unseen = made_up(300), made_up(200, 1)
    turned = unseen.take(np.random.default_rng(2).permutation(200))
    how = Judging(seeds=2, say=AS_SAID.append)
    one, other = judge_unseen(who, seen, {"as they came": unseen, "turned": turned}, how)
    assert one.contenders[OURS].auc == pytest.approx(other.contenders[OURS].auc, abs=1e-12)
    assert one.contenders[OURS].brier == pytest.approx(other.contenders[OURS].brier, abs=1e-12)
    assert AS_SAID[-1] == "as they came and turned: 2 of 2 runs"


def test_processes_change_no_figure() -> None:
    seen, unseen = made_up(200), {"x": made_up(100, 1)}
    quiet = partial(Judging, seeds=2, say=AS_SAID.append)
    assert judge_unseen(who, seen, unseen, quiet(processes=2)) == judge_unseen(who, seen, unseen, quiet(processes=1))


def test_many_rows_are_judged_once_each_by_all_runs_together() -> None:
    rows = made_up(MOST_TO_CROSS + 100)
    measured = judge_inside("many", who, rows, Judging(seeds=2, say=AS_SAID.append))
    assert len(measured.runs[OURS]) == 2
    assert measured.rows == pytest.approx(len(rows) * 2 / OUTER_FOLDS, abs=2)


def test_rows_with_ages_are_calibrated_on_the_newest() -> None:
    """The older half is of a calm time: twice as few defaults of the same score."""
    rows = made_up(2_000)
    target = rows.target * np.where((np.arange(2_000) < 1_000) & (np.arange(2_000) % 2 == 0), 0, 1)
    newest = np.arange(2_000) >= 1_000
    aged = fit_contender(who(0)[0], replace(rows, target=target), 0, Ages(newest, np.where(newest, 1.0, 0.25)))
    assert aged.pd(rows).mean() == pytest.approx(target[newest].mean(), abs=0.02)


def test_one_year_parts_nobody_further_than_was_fitted() -> None:
    """Of the newest the score tells far more than of the older ones, and their defaults are half as many."""
    rows = made_up(4_000)
    newest = np.arange(4_000) >= 2_000
    sure = np.where(newest, rows.matrix[:, 0] > 1, rows.target).astype(float)
    fitted = fit_contender(who(0)[0], replace(rows, target=sure), 0, Ages(newest, np.ones(4_000)))
    line = fitted._calibration(rows)
    assert line.slope == 1.0
    assert fitted.pd(rows.take(newest)).mean() == pytest.approx(sure[newest].mean(), abs=0.01)


def test_the_newest_are_told_by_fits_on_the_older_alone() -> None:
    """What the older ones say of `x` has turned round by then: folds by chance would not have seen it."""
    rows = made_up(2_000)
    newest = np.arange(2_000) >= 1_000
    matrix = np.column_stack([np.where(newest, 1 - rows.target, rows.target), rows.matrix[:, 1]])
    told = best_of((LogisticRecipe(),), replace(rows, matrix=matrix, columns=unsigned(rows.columns)), 0, newest)
    assert np.isnan(told.unseen[~newest]).all()
    assert weighted_auc(told.unseen[newest], rows.target[newest]) == 0.0
    alike = inner_folds(replace(rows, target=np.where(newest, 0.0, rows.target)), 0, newest)
    assert len(alike) == INNER_FOLDS  # the newest of one kind alone could tell nothing


def test_judged_rows_are_calibrated_by_rows_drawn_alike() -> None:
    """Rows of weight 2 were drawn from a place with twice as few defaults."""
    rows = made_up(4_000)
    weight = np.where(np.arange(4_000) % 2, 1.0, 2.0)
    target = rows.target * np.where((weight == 2) & (np.arange(4_000) % 4 == 0), 0, 1)
    fitted = fit_contender(who(0)[0], replace(rows, target=target, weight=weight), 0)
    for drawn in (1.0, 2.0):
        alike = replace(rows, target=target, weight=weight).take(weight == drawn)
        assert fitted.pd(alike).mean() == pytest.approx(alike.target.mean(), abs=0.02)
    assert fitted.pd(replace(rows, weight=np.full(4_000, 7.0))).mean() == pytest.approx(
        np.average(target, weights=weight), abs=0.02
    )


def run_of(brier: float, slope: float = 1.0, auc: float = 0.7) -> Measures:
    return Measures(auc, 0.3, brier, slope)


def set_of(ours: list[Measures], other: list[Measures]) -> SetMeasured:
    names = ("ours as served", "ours without signs", "ours without a depth limit", PLAIN)
    return SetMeasured("sba_x", 10, {OURS: tuple(ours), "EBM": tuple(other)} | dict.fromkeys(names, tuple(ours)))


@pytest.mark.parametrize(
    ("ours", "other", "stands"),
    [
        pytest.param([0.10, 0.10], [0.11, 0.12], "better", id="better in every run"),
        pytest.param([0.12, 0.11], [0.10, 0.10], "worse", id="worse in every run"),
        pytest.param([0.10, 0.12], [0.12, 0.11], "even", id="now so, now so"),
        pytest.param([0.10], [0.11], "even", id="one run tells of no noise"),
    ],
)
def test_calibration_stands_beyond_the_noise_or_is_even(ours: list[float], other: list[float], stands: str) -> None:
    measured = set_of([run_of(one) for one in ours], [run_of(one) for one in other])
    assert measured.stand("EBM", "Brier") == stands
    assert measured.stand("EBM", "slope") == "even"


def test_every_bar_is_judged_and_a_missed_one_said() -> None:
    good = set_of([run_of(0.10), run_of(0.10)], [run_of(0.11), run_of(0.12)])
    far = set_of([run_of(0.10, auc=0.60)], [run_of(0.10, auc=0.75)])
    told = bars([good, far])
    assert "on 1 of 2 sets, missed" in told[0]
    assert "on 0 of 2 sets, missed" in told[1]
    assert "on 2 of 2 sets" in told[2]
    assert "on 1 of 2 sets, 4 wanted, missed" in told[3]
    assert "0.6000, missed" in page([far], 60.0)
    assert "cores" in page([far], 60.0)
