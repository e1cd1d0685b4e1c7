"""Each way to learn from refused applications, judged on all applications of the test by the city's truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from features.sources.city.applicants import read_applicants
from features.store.training_set import training_set
from models.calibration import fit_platt, logit
from models.cross_validation import Rows, one_thread
from models.evaluation import weighted_auc
from models.predictor import Recipe
from models.question import Question
from models.rejects.inference import METHODS, Inferred, infer
from models.rejects.inference import Period as Applications
from models.time_split import Period
from models.training import rows_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """One way on some applications. auc: chance that of two applications the one that defaults, as the truth has it,
    scores worse. said, true: mean probabilities. slope: of the truth's default on the log-odds said; 1 is right."""

    method: str
    applications: str
    rows: int
    auc: float
    said: float
    true: float
    slope: float


def measure_rejects(
    lake: Lake, question: Question, day: date, grant: ReadGrant, recipe: Recipe, city: Path
) -> list[Judged]:
    """Three lines a method: of all applications of the test, of the refused, and of the granted.

    city: the folder of its deliveries and its truth.
    """
    labelled = question.read(lake, day, grant)
    question = question.on(day, labelled)
    applicants = read_applicants(city)
    asked = training_set(lake, applicants, question.spec.features, grant, labelled.snapshot).frame.with_columns(
        target=pl.lit(0.0)
    )
    part = question.split.period(pl.col("as_of") + timedelta(days=1))

    def period(name: Period) -> Applications:
        refused = asked.filter(part == name, ~pl.col("granted"))
        granted = question.to_fit(labelled, name) if name == "train" else question.part(labelled, name)
        return Applications(granted, rows_of(question.spec.columns, refused))

    newest = asked.filter(part == "test")
    rows = rows_of(question.spec.columns, newest)
    true, granted = newest["probability"].to_numpy(), newest["granted"].to_numpy()
    train, calibrate = period("train"), period("calibrate")
    with one_thread():
        fitted = {name: infer(recipe, train, calibrate, method) for name, method in METHODS.items()}
    groups = {"all": np.ones(len(rows), dtype=np.bool_), "refused": ~granted, "granted": granted}
    return [line for name, model in fitted.items() for line in _judged(name, model, rows, true, groups)]


def _judged(
    method: str, model: Inferred, rows: Rows, true: Floats, groups: dict[str, NDArray[np.bool_]]
) -> Iterator[Judged]:
    pd = model.pd(rows.matrix)
    for name, chosen in groups.items():
        weight, said, real = rows.weight[chosen], pd[chosen], true[chosen]
        target = np.repeat([1.0, 0.0], len(said))
        twice, weights = np.tile(said, 2), np.concatenate([weight * real, weight * (1 - real)])
        yield Judged(
            method=method,
            applications=name,
            rows=len(said),
            auc=weighted_auc(twice, target, weights),
            said=float(np.average(said, weights=weight)),
            true=float(np.average(real, weights=weight)),
            slope=fit_platt(logit(twice), target, weights).slope,
        )
