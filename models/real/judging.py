"""How a set is judged: on rows of another directory, on later rows of the same, or by cross-validation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from warnings import catch_warnings, simplefilter

import numpy as np

from models.cross_validation import Rows, one_thread
from models.real.choosing import divisions
from models.real.contest import Ages, contest
from models.real.learner import Contender
from models.real.measured import Floats, Measures, SetMeasured, measure

SEEDS = 5
OUTER_FOLDS = 5
MOST_TO_CROSS = 2_000
"""Above it one run judges one fold, and the runs of five seeds each row once; below, each run judges every row."""

Contenders = Callable[[int], Sequence[Contender]]
"""Who competes, for a seed."""
Figures = dict[str, Measures]
Work = Callable[[int], list[Figures]]
"""The figures of every set judged, for a seed."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Judging:
    """How often, on how many processes at a time, and who hears how far it is."""

    seeds: int = SEEDS
    processes: int = 1
    say: Say = print


def judge_unseen(
    who: Contenders, seen: Rows, unseen: Mapping[str, Rows], how: Judging, ages: Ages | None = None
) -> list[SetMeasured]:
    """Fit on some rows and judge on others, of one set or of several by name, as often as there are seeds."""
    runs = _run(" and ".join(unseen), partial(_unseen, who, seen, tuple(unseen.values()), ages), how)
    by_set = zip(unseen.items(), zip(*runs, strict=True), strict=True)
    return [_measured(name, some, len(rows)) for (name, rows), some in by_set]


def judge_inside(name: str, who: Contenders, rows: Rows, how: Judging) -> SetMeasured:
    """Repeated nested cross-validation: choices and calibration are made inside each outer fold."""
    runs = _run(name, partial(_crossed, who, rows), how)
    whole = len(rows) <= MOST_TO_CROSS or how.seeds >= OUTER_FOLDS
    judged = len(rows) if whole else sum(len(fold[1]) for fold in divisions(rows, 0, OUTER_FOLDS)[: how.seeds])
    return _measured(name, [run for (run,) in runs], judged)


def _unseen(who: Contenders, seen: Rows, unseen: Sequence[Rows], ages: Ages | None, seed: int) -> list[Figures]:
    told = _quietly(who(seed), seen, unseen, seed, ages)
    return [_figures(pds, rows) for pds, rows in zip(told, unseen, strict=True)]


def _crossed(who: Contenders, rows: Rows, seed: int) -> list[Figures]:
    contenders = who(seed)
    pds = {one.name: np.full(len(rows), np.nan) for one in contenders}
    whole = len(rows) <= MOST_TO_CROSS
    folds = divisions(rows, seed if whole else seed // OUTER_FOLDS, OUTER_FOLDS)
    for inside, outside in folds if whole else [folds[seed % OUTER_FOLDS]]:
        (told,) = _quietly(contenders, rows.take(inside), [rows.take(outside)], seed)
        for name, pd in told.items():
            pds[name][outside] = pd
    judged = ~np.isnan(next(iter(pds.values())))
    return [_figures({name: pd[judged] for name, pd in pds.items()}, rows.take(judged))]


def _figures(pds: Mapping[str, Floats], rows: Rows) -> Figures:
    return {name: measure(pd, rows.target, rows.weight) for name, pd in pds.items()}


def _quietly(
    contenders: Sequence[Contender], seen: Rows, unseen: Sequence[Rows], seed: int, ages: Ages | None = None
) -> list[dict[str, Floats]]:
    """What libraries warn of (pictures that leave out missing values) is nothing to whoever waits for figures."""
    with one_thread(), catch_warnings():
        simplefilter("ignore")
        return contest(contenders, seen, unseen, seed, ages)


def _run(name: str, work: Work, how: Judging) -> list[list[Figures]]:
    """The runs of all seeds in their order, saying how many are done."""
    done: dict[int, list[Figures]] = {}
    for seed, figures in _each(work, how.seeds, how.processes):
        done[seed] = figures
        how.say(f"{name}: {len(done)} of {how.seeds} runs")
    return [done[seed] for seed in range(how.seeds)]


def _each(work: Work, runs: int, processes: int) -> Iterator[tuple[int, list[Figures]]]:
    if min(processes, runs) <= 1:
        yield from ((seed, work(seed)) for seed in range(runs))
        return
    with ProcessPoolExecutor(min(processes, runs), mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(work, seed): seed for seed in range(runs)}
        for one in as_completed(waiting):
            yield waiting[one], one.result()


def _measured(name: str, runs: Sequence[Figures], rows: int) -> SetMeasured:
    return SetMeasured(name, rows, {one: tuple(run[one] for run in runs) for one in runs[0]})
