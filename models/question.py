"""A question about loans: whose outcomes answer it, how time divides them, and how many it takes to answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.boosted_trees import TreeRecipe
from models.cross_validation import Rows
from models.scoring import ScoringModel
from models.spec import ModelSpec
from models.time_split import Period, TimeSplit
from models.training import Labelled, OneRate, read_labelled, rows_of

ReadLabels = Callable[[Lake, date, ReadGrant], pl.DataFrame]


@dataclass(frozen=True)
class Question:
    """A model's question as its own training asks it.

    read_labels: the loans of its population that have matured by a day. recipe: the kind that takes any number of
    features. least_to_train, least_to_judge: defaults needed in the oldest and in the newest period. newcomers: whether
    only enterprises are asked about that have had no loan. read_known: the outcomes as far as a day knew them, where
    read_labels knows them afterwards only.
    """

    spec: ModelSpec
    read_labels: ReadLabels
    split: TimeSplit
    recipe: TreeRecipe
    least_to_train: int
    least_to_judge: int
    newcomers: bool = False
    read_known: ReadLabels | None = None

    def on(self, day: date, labelled: Labelled) -> "Question":
        """The question as it is asked on a day: its periods have moved on with the loans that matured since."""
        newest = labelled.frame["granted_on"].max()
        return replace(self, split=self.split.moved_on(day, newest)) if isinstance(newest, date) else self

    def part(self, labelled: Labelled, period: Period) -> Rows:
        """The rows granted in one period."""
        return labelled.rows.take(chosen(labelled, period, self.split))

    def known_before(self, lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
        """The labels that were known when a day began: nothing of what came later."""
        return (self.read_known or self.read_labels)(lake, day - timedelta(days=1), grant)


def rate_of(labels: pl.DataFrame) -> float | None:
    """The weighted rate of defaults among labels; None where there are none."""
    return float(np.average(labels["target"], weights=labels["weight"])) if len(labels) else None


def read_for(question: Question, model: ScoringModel, lake: Lake, day: date, grant: ReadGrant) -> Labelled:
    """The loans matured by a day as a kept model reads them: the features of its spec may be others by now."""
    spec = replace(question.spec, features=model.features)
    read = read_labelled(lake, spec, question.read_labels(lake, day, grant), grant)
    return replace(read, rows=rows_of(model.columns, read.frame))


def chosen(labelled: Labelled, period: Period, split: TimeSplit) -> NDArray[np.bool_]:
    """Which rows were granted in a period of a split."""
    inside = labelled.frame.select(split.period(pl.col("granted_on")) == period).to_series()
    return np.asarray(inside.to_numpy(), dtype=np.bool_)


def rate_before(labelled: Labelled, split: TimeSplit) -> float:
    """The weighted rate of defaults among the loans granted before the test: what a constant would have said."""
    return labelled.rows.take(~chosen(labelled, "test", split)).rate


def rate_before_test(labelled: Labelled, split: TimeSplit, known: float | None) -> OneRate:
    """What a constant would have said on the day the test began, and whether that day could know it.

    known: the rate of the outcomes known on that day; None where there were none.
    """
    if known is not None:
        return OneRate(known, f"the rate of the loans whose outcome was known on {split.test_from}")
    return OneRate(
        rate_before(labelled, split), f"the rate of the loans granted before {split.test_from}, in hindsight"
    )
