"""A question about dated outcomes: a model's spec as it is asked on a day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.clock import months_before
from bureau.errors import InvalidInput
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.boosted_trees import TreeRecipe
from models.cross_validation import Rows, Validation
from models.labels import read_known, read_labels, read_others
from models.scoring import ScoringModel
from models.spec import ModelSpec
from models.terms import AfterMonths, AtEnd
from models.time_cuts import compare_in_time
from models.time_split import Cuts, Period, TimeSplit
from models.training import Labelled, OneRate, read_labelled


@dataclass(frozen=True)
class Question:
    """A spec as it is asked, by nothing but what it says; where it declares folds, nothing of it is divided by time."""

    spec: ModelSpec

    @property
    def split(self) -> TimeSplit:
        """Raises `InvalidInput` where the spec is not divided by time."""
        if not isinstance(self.spec.split, TimeSplit):
            raise InvalidInput(f"The outcomes of {self.spec.name} have no days: its spec declares folds, no days.")
        return self.spec.split

    @property
    def recipe(self) -> TreeRecipe:
        """The kind that takes any number of features."""
        trees = next((recipe for recipe in self.spec.recipes if isinstance(recipe, TreeRecipe)), None)
        if trees is None:
            raise InvalidInput(f"Among the recipes of {self.spec.name} are no trees: add a TreeRecipe to its spec.")
        return trees

    @property
    def maturity_months(self) -> int:
        """How long after a grant its outcome is known; 0 where that is each loan's own matter."""
        return self.spec.maturity.months if isinstance(self.spec.maturity, AfterMonths) else 0

    @property
    def vintage_months(self) -> int:
        """How long after a grant a vintage is held against what was expected of it."""
        return self.spec.maturity.vintage_months if isinstance(self.spec.maturity, AtEnd) else self.maturity_months

    def read_labels(self, lake: Lake, day: date, grant: ReadGrant, snapshot: int | None = None) -> pl.DataFrame:
        """The loans of its population that have matured by a day."""
        return read_labels(lake, self.spec, day, grant, snapshot)

    def read(
        self,
        lake: Lake,
        day: date,
        grant: ReadGrant,
        labels: pl.DataFrame | None = None,
        snapshot: int | None = None,
    ) -> Labelled:
        """Those loans with their features, and beside them the loans that teach a fit only, all of one snapshot.

        labels: of the day, read from that snapshot. snapshot: the newest unless said.
        Raises `TooFewLabels`, and `SuspectColumns` where a feature knows the outcome.
        """
        snapshot = lake.snapshot() if snapshot is None else snapshot
        labels = self.read_labels(lake, day, grant, snapshot) if labels is None else labels
        others = read_others(lake, self.spec, labels, day, grant, snapshot)
        return read_labelled(lake, self.spec, labels, grant, others, snapshot=snapshot)

    def on(self, day: date, labelled: Labelled) -> "Question":
        """The question as it is asked on a day: its periods have moved on with the loans that matured since."""
        newest = labelled.frame["granted_on"].max()
        if not isinstance(newest, date):
            return self
        return self.split_by(self.split.moved_on(day, newest, self.maturity_months))

    def split_by(self, split: TimeSplit) -> "Question":
        """The same question with other periods, e.g. those of a kept version."""
        return Question(replace(self.spec, split=split))

    def known_before(self, lake: Lake, day: date, grant: ReadGrant, snapshot: int | None = None) -> pl.DataFrame:
        """The labels that were known when a day began: nothing of what came later. snapshot: the newest unless said."""
        before = day - timedelta(days=1)
        if isinstance(self.spec.maturity, AtEnd):
            return read_known(lake, self.spec, before, grant, snapshot)
        return read_labels(lake, self.spec, before, grant, snapshot)

    def read_vintages(self, lake: Lake, day: date, grant: ReadGrant, snapshot: int | None = None) -> pl.DataFrame:
        """The labels of the loans that are old enough for their vintage to be held against what was expected.

        Where loans end any year, those that have not gone bad by a day count as good: of the young, the bad end first,
        and a repayment may be told long after a default.
        """
        if not isinstance(self.spec.maturity, AtEnd):
            return read_labels(lake, self.spec, day, grant, snapshot)
        known = read_known(lake, self.spec, day, grant, snapshot)
        return known.filter(pl.col("granted_on") <= months_before(day, self.vintage_months))

    def part(self, labelled: Labelled, *periods: Period) -> Rows:
        """The rows granted in some periods."""
        return labelled.rows.take(_in(labelled, periods, self.split))

    def to_fit(self, labelled: Labelled, *periods: Period) -> Rows:
        """The same rows as a fit sees them: with the weights of the spec, and the lessons of the same periods."""
        rows, days = self.part(labelled, *periods), labelled.frame["granted_on"]
        granted_on, others = days.filter(pl.Series(_in_periods(days, periods, self.split))), labelled.others
        if others is not None:
            rows, granted_on = others.join(rows, granted_on, _in_periods(others.granted_on, periods, self.split))
        return self.spec.weights.to_fit(rows, granted_on)


def compare_kinds(
    question: Question, labelled: Labelled, *periods: Period, cuts: Cuts | None = None
) -> list[Validation]:
    """The recipes of the spec at several cuts inside some periods. cuts: those of the spec unless said."""
    spec, granted_on = question.spec, labelled.frame["granted_on"]
    return compare_in_time(
        spec.recipes,
        question.part(labelled, *periods),
        granted_on.filter(pl.Series(_in(labelled, periods, question.split))),
        cuts or question.split.cuts,
        weights=spec.weights,
        maturity=spec.maturity if isinstance(spec.maturity, AfterMonths) else None,
        others=labelled.others,
    )


def rate_of(labels: pl.DataFrame) -> float | None:
    """The weighted rate of defaults among labels; None where there are none."""
    return float(np.average(labels["target"], weights=labels["weight"])) if len(labels) else None


def read_for(
    question: Question, model: ScoringModel, lake: Lake, day: date, grant: ReadGrant, *, to_fit: bool = False
) -> Labelled:
    """The loans matured by a day as a kept model reads them: the features of its spec may be others by now.

    All is of the newest snapshot. to_fit: beside them the loans that teach a fit only.
    """
    snapshot = lake.snapshot()
    spec, labels = replace(question.spec, features=model.features), question.read_labels(lake, day, grant, snapshot)
    others = read_others(lake, spec, labels, day, grant, snapshot) if to_fit else None
    return read_labelled(lake, spec, labels, grant, others, model.columns, snapshot)


def chosen(labelled: Labelled, period: Period, split: TimeSplit) -> NDArray[np.bool_]:
    """Which rows were granted in a period of a split."""
    return _in(labelled, (period,), split)


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


def _in(labelled: Labelled, periods: tuple[Period, ...], split: TimeSplit) -> NDArray[np.bool_]:
    return _in_periods(labelled.frame["granted_on"], periods, split)


def _in_periods(granted_on: pl.Series, periods: tuple[Period, ...], split: TimeSplit) -> NDArray[np.bool_]:
    inside = pl.select(split.period(pl.lit(granted_on)).is_in(periods)).to_series()
    return np.asarray(inside.to_numpy(), dtype=np.bool_)
