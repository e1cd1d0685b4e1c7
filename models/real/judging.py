"""How a set is judged: on rows of another directory, on later rows of the same, or by cross-validation."""

from collections.abc import Callable, Sequence

import numpy as np

from models.cross_validation import Rows, one_thread
from models.real.learner import Contender, contest, divisions
from models.real.measured import Floats, SetMeasured, mean_of, measure

SEEDS = 5
OUTER_FOLDS = 5

Contenders = Callable[[int], Sequence[Contender]]
"""Who competes, for a seed."""


def judge_unseen(
    name: str, who: Contenders, seen: Rows, unseen: Rows, *, later: Rows | None = None, seeds: int = SEEDS
) -> SetMeasured:
    """Fit on some rows and judge on others, as often as there are seeds; figures are means over them."""
    with one_thread():
        runs = [contest(who(seed), seen, unseen, seed, later) for seed in range(seeds)]
    return _measured(name, runs, unseen)


def judge_inside(name: str, who: Contenders, rows: Rows, *, repeats: int = SEEDS) -> SetMeasured:
    """Repeated nested cross-validation: choices and calibration are made inside each outer fold."""
    with one_thread():
        runs = [_crossed(who(seed), rows, seed) for seed in range(repeats)]
    return _measured(name, runs, rows)


def _crossed(contenders: Sequence[Contender], rows: Rows, seed: int) -> dict[str, Floats]:
    pds = {one.name: np.empty(len(rows)) for one in contenders}
    for inside, outside in divisions(rows, seed, OUTER_FOLDS):
        told = contest(contenders, rows.take(inside), rows.take(outside), seed, None)
        for name, pd in told.items():
            pds[name][outside] = pd
    return pds


def _measured(name: str, runs: Sequence[dict[str, Floats]], judged: Rows) -> SetMeasured:
    measured = {one: mean_of([measure(run[one], judged.target, judged.weight) for run in runs]) for one in runs[0]}
    return SetMeasured(name, len(judged), measured)
