"""Points and grades: a probability of default in the words a bank uses, by one master scale that is data."""

import math
from bisect import bisect_right
from functools import cache, cached_property
from pathlib import Path
from typing import Self

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MASTER_SCALE = Path(__file__).with_name("master_scale.yaml")


class Grade(BaseModel):
    """A band of the master scale: probabilities of default below its cut and at or above the one before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grade: str
    pd_below: float = Field(gt=0, le=1.01)
    label: str
    label_en: str


class Scale(BaseModel):
    """score = offset - factor x log-odds of default, rounded, between the lowest and the highest.

    The more points the better. `points_to_double` points more mean twice the good odds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    anchor_score: int
    anchor_good_odds: float = Field(gt=0)
    points_to_double: float = Field(gt=0)
    lowest: int = Field(ge=0)
    highest: int
    grades: tuple[Grade, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        cuts = [grade.pd_below for grade in self.grades]
        if cuts != sorted(set(cuts)) or cuts[-1] <= 1:
            raise ValueError("the cuts of the grades must rise, and the last one must lie above 1")
        if not self.lowest < self.anchor_score < self.highest:
            raise ValueError("the anchor score must lie between the lowest and the highest")
        return self

    @cached_property
    def factor(self) -> float:
        """Points for one unit of log-odds."""
        return self.points_to_double / math.log(2)

    @cached_property
    def _anchor(self) -> float:
        """Log-odds of good at the anchor score."""
        return math.log(self.anchor_good_odds)

    @cached_property
    def _cuts(self) -> tuple[float, ...]:
        return tuple(band.pd_below for band in self.grades)

    def points(self, log_odds_of_default: float) -> float:
        """Exact points, neither rounded nor clipped."""
        return self.anchor_score - self.factor * (log_odds_of_default + self._anchor)

    def score(self, log_odds_of_default: float) -> int:
        """The score that is shown: whole points from the lowest to the highest."""
        return min(max(round(self.points(log_odds_of_default)), self.lowest), self.highest)

    def grade(self, pd: float) -> str:
        """The grade of a probability of default."""
        return self.grades[bisect_right(self._cuts, pd)].grade

    def scores(self, log_odds_of_default: Floats) -> Ints:
        """`score` of many at once; halves go to the even point in both."""
        points = self.anchor_score - self.factor * (log_odds_of_default + self._anchor)
        shown: Ints = np.clip(np.rint(points), self.lowest, self.highest).astype(np.int64)
        return shown

    def bands(self, pd: Floats) -> Ints:
        """`grade` of many at once, as positions in `grades`."""
        position: Ints = np.searchsorted(self._cuts, pd, side="right")
        return position


@cache
def master_scale() -> Scale:
    """The scale new models are released with."""
    return Scale.model_validate(yaml.safe_load(MASTER_SCALE.read_text("utf-8")))
