"""A question that the worth of feeds can be measured by: dated outcomes, divided by time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.boosted_trees import TreeRecipe
from models.cross_validation import Rows
from models.spec import ModelSpec
from models.training import Labelled

Period = Literal["train", "calibrate", "test"]


@dataclass(frozen=True)
class Question:
    """A model's question as its own training asks it.

    part: the rows of one period. recipe: the kind that takes any number of features.
    least_to_train, least_to_judge: defaults needed in the oldest and in the newest period.
    """

    spec: ModelSpec
    read_labels: Callable[[Lake, date, ReadGrant], pl.DataFrame]
    part: Callable[[Labelled, Period], Rows]
    recipe: TreeRecipe
    least_to_train: int
    least_to_judge: int
