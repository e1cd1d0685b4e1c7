"""A question about loans: whose outcomes answer it, how time divides them, and how many it takes to answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

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
from models.training import Labelled, read_labelled, rows_of

ReadLabels = Callable[[Lake, date, ReadGrant], pl.DataFrame]


@dataclass(frozen=True)
class Question:
    """A model's question as its own training asks it.

    read_labels: the loans of its population that have matured by a day. recipe: the kind that takes any number of
    features. least_to_train, least_to_judge: defaults needed in the oldest and in the newest period. newcomers: whether
    only enterprises are asked about that have had no loan.
    """

    spec: ModelSpec
    read_labels: ReadLabels
    split: TimeSplit
    recipe: TreeRecipe
    least_to_train: int
    least_to_judge: int
    newcomers: bool = False

    def on(self, day: date, labelled: Labelled) -> "Question":
        """The question as it is asked on a day: its periods have moved on with the loans that matured since."""
        newest = labelled.frame["granted_on"].max()
        return replace(self, split=self.split.moved_on(day, newest)) if isinstance(newest, date) else self

    def part(self, labelled: Labelled, period: Period) -> Rows:
        """The rows granted in one period."""
        return labelled.rows.take(chosen(labelled, period, self.split))


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
