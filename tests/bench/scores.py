"""Scoring measured: one enterprise from records to reason codes, many rows with exact contributions, a whole city.

The models are grown on the lake's own features and an invented outcome: the time rests on their shape alone. `shipped`
has the shape of sme_default, `deepest` the most that serving allows (300 trees, 31 leaves, 6 deep).
`python -m tests.bench.scores NAME OPTIONS` runs one work in the home and prints a line of JSON.
"""

import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from bureau.grant import operator_grant
from features.store.city_build import CityBuild
from features.store.hot_rows import renew_hot_files
from features.store.live import live_vector
from features.store.training_set import training_set
from models.boosted_trees import BoostedTrees, TreeRecipe
from models.calibration import Platt
from models.city_file import write_city_scores
from models.columns import Columns, Value
from models.comparing import compared_reasons
from models.scorecard import master_scale
from models.scoring import ScoringModel
from models.sme_default.spec import SPEC, TREES
from tests.bench import subjects
from tests.bench.works import Facts, Ground, ground

SHAPES = {
    "shipped": TREES,
    "deepest": TreeRecipe(trees=300, depth=6, leaves=31, smallest_leaf=20, penalty=1.0, share_of_features=0.3),
}
THREADS = 2
PORTION = 25_000
WARMING = 200
"""Calls that are not counted."""
TURN = 50
"""Calls of ours, then of LightGBM's: the machine's moods meet both."""
GROWN_ON = 10_000
"""Enterprises a model is grown on, and whose rows are scored again and again."""


def grown(on: Ground, shape: str, *, numbers: bool = False) -> tuple[ScoringModel, np.ndarray]:
    """A model of a shape, and the rows it was grown on. numbers: on features that are no categories."""
    labels = subjects.labels(on.lake, GROWN_ON, 1, on.last_day)
    frame = training_set(on.lake, labels, SPEC.features, operator_grant("training")).frame
    columns = Columns(tuple(one for one in SPEC.columns.columns if one.categories is None or not numbers))
    words = tuple(one for one in SPEC.words if one.name in columns.places)
    matrix = columns.matrix(frame)
    predictor = SHAPES[shape].fit(columns, matrix, _outcome(columns, matrix), np.ones(len(matrix)))
    model = ScoringModel(
        "bench", "1", columns, predictor, Platt(0.0, 1.0), master_scale(), words, "0" * 64, on.snapshot
    )
    return model, matrix


def score_one(on: Ground, shape: str, calls: int = 2_000) -> Facts:
    """One enterprise after the other, from records to reason codes and to sentences; and, a portion of them by turns,
    `ours` beside `contrib`, LightGBM's own contributions, both with the values of the features at hand."""
    renew_hot_files(on.lake, on.snapshot)
    model, _ = grown(on, shape)
    booster, grant = _booster(model), operator_grant()
    records, ours, theirs, told = list[float](), list[float](), list[float](), list[float]()
    read: list[dict[str, Value]] = []
    for number in subjects.some(on.lake, calls + WARMING):
        begun = time.perf_counter()
        values = live_vector(on.lake, model.features, number, on.last_day, grant)
        scored = model.score(values)
        records.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        compared_reasons(model, values, scored.reasons)
        told.append(time.perf_counter() - begun)
        read.append(values)
    for first in range(0, len(read), TURN):
        some = read[first : first + TURN]
        ours += [_seconds(partial(model.score, values)) for values in some]
        for row in map(model.columns.row, some):  # one thread: for one row faster than more
            theirs.append(_seconds(partial(booster.predict, row, pred_contrib=True, num_threads=1)))
    figures = {"records": records, "ours": ours, "contrib": theirs, "sentences": told}
    marks = {"p50": 0.5, "p99": 0.99}
    found = {f"{name}_{mark}_ms": _at(took[WARMING:], marks[mark]) for name, took in figures.items() for mark in marks}
    return found | {"seconds": sum(ours), "cpu": 0.0}


def score_many(on: Ground, shape: str, rows: int = 1_000_000, sample: int = 5_000) -> Facts:
    """Seconds a million rows take with exact contributions: ours over all rows, the others over a sample."""
    model, matrix = grown(on, shape)
    booster = _booster(model)
    some = np.resize(matrix, (sample, matrix.shape[1]))
    few = some[: max(sample // 5, 1)]
    model.points(few)
    ours = _seconds(lambda: _in_portions(model, matrix, rows)) / rows
    lightgbm = _seconds(lambda: booster.predict(some, pred_contrib=True, num_threads=THREADS)) / len(some)
    import shap  # seconds that no other work is to wait for

    explainer = shap.TreeExplainer(booster)
    by_shap = _seconds(lambda: explainer.shap_values(few, check_additivity=False)) / len(few)
    return {
        "rows": rows,
        "sample": sample,
        "ours": 1e6 * ours,
        "pred_contrib": 1e6 * lightgbm,
        "shap": 1e6 * by_shap,
        "seconds": ours * rows,
        "cpu": 0.0,
    }


def score_many_by_woodelf(on: Ground, shape: str, rows: int = 1_000_000) -> Facts:
    """Rows without categories, which it does not know, by woodelf-explainer where the extra `explainers` is installed,
    and by us."""
    if importlib.util.find_spec("woodelf") is None:
        return {"installed": False, "seconds": 0.0, "cpu": 0.0}
    from woodelf import WoodelfExplainer  # of an extra, so it may be absent

    model, matrix = grown(on, shape, numbers=True)
    booster = _booster(model)
    model.points(matrix[:10])
    ours = _seconds(lambda: _in_portions(model, matrix, rows))
    frame = pd.DataFrame(np.resize(matrix, (rows, matrix.shape[1])), columns=booster.feature_name())
    explainer = WoodelfExplainer(booster)
    took = _seconds(lambda: explainer.shap_values(frame, verbose=False))
    per_million = {"woodelf": 1e6 * took / rows, "ours": 1e6 * ours / rows}
    return {"installed": True, **per_million, "rows": rows, "seconds": took, "cpu": 0.0}


def score_city(on: Ground, shape: str) -> Facts:
    """Every enterprise scored into one file, as `bureau models score` does it."""
    model, _ = grown(on, shape)
    wanted = CityBuild(model.features, on.last_day, on.snapshot)
    with TemporaryDirectory(dir=on.lake.root.parent) as folder:
        out = Path(folder) / "scores.parquet"
        begun, cpu = time.perf_counter(), time.process_time()
        rows = write_city_scores(on.lake, model, wanted, operator_grant("operation"), out)
        took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
        return took | {"rows": rows, "bytes": out.stat().st_size}


def _booster(model: ScoringModel) -> Any:
    assert isinstance(model.predictor, BoostedTrees)
    return model.predictor.booster


def _outcome(columns: Columns, matrix: np.ndarray) -> np.ndarray:
    """An invented outcome on which every feature has a say, so that the trees ask all of them."""
    random = np.random.default_rng(7)
    known = np.nan_to_num(matrix)
    ranks = known.argsort(axis=0).argsort(axis=0) / len(matrix) - 0.5
    signs = np.where(columns.signs == 0, 1, columns.signs)
    risk = (ranks * signs * random.uniform(0.5, 1.5, matrix.shape[1])).sum(axis=1)
    return (risk + random.normal(0, 1, len(matrix)) > np.quantile(risk, 0.9)).astype(np.float64)


def _in_portions(model: ScoringModel, matrix: np.ndarray, rows: int) -> None:
    """All rows once, a portion for each thread in memory."""
    with ThreadPoolExecutor(THREADS) as threads:
        for _ in threads.map(lambda portion: model.points(portion)[0].sum(), _portions(matrix, rows)):
            pass


def _portions(matrix: np.ndarray, rows: int) -> Iterator[np.ndarray]:
    portion = np.resize(matrix, (min(PORTION, rows), matrix.shape[1]))
    for begin in range(0, rows, PORTION):
        yield portion[: min(PORTION, rows - begin)]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _at(took: list[float], share: float) -> float:
    """Milliseconds that a share of the calls stays within."""
    return 1e3 * sorted(took)[int(len(took) * share)]


WORKS: dict[str, Callable[..., Facts]] = {
    work.__name__: work for work in (score_one, score_many, score_many_by_woodelf, score_city)
}

if __name__ == "__main__":
    print(json.dumps(WORKS[sys.argv[1]](ground(), **json.loads(sys.argv[2]))))
