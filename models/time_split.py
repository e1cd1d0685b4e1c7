"""A split by time: fitted on the oldest loans, calibrated on the next, judged on the newest, as if released then.

A split with folds fits the loans that calibrate too, and scores each of them by fits without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import polars as pl

from bureau.clock import months_before
from models.cross_validation import Division

Period = Literal["train", "calibrate", "test"]


@dataclass(frozen=True)
class Cuts:
    """Days of the training period at which kinds are compared: `fitted` of its defaults come before the first, and as
    many lie in each of the `number` spans that follow, each judged by a fit on what came before it."""

    number: int = 4
    fitted: float = 0.5


@dataclass(frozen=True)
class TimeSplit:
    """Loans granted before `calibrate_from` train; those before `test_from` calibrate; the rest judge.

    test_months: how many months of grant go on judging when later loans mature; None where the days stay.
    cuts: by which kinds are compared before. folds: where what calibrates is fitted too, the shuffled folds of
    everything fitted, by which it is scored unseen; None where it is not fitted.
    """

    calibrate_from: date
    test_from: date
    test_months: int | None = None
    cuts: Cuts = Cuts()
    folds: Division | None = None

    def period(self, granted_on: pl.Expr) -> pl.Expr:
        """Which part a day of grant belongs to: train, calibrate or test."""
        early = pl.when(granted_on < self.calibrate_from).then(pl.lit("train"))
        return early.when(granted_on < self.test_from).then(pl.lit("calibrate")).otherwise(pl.lit("test"))

    def earlier(self, months: int) -> "TimeSplit":
        """By what was known when the test began: the outcomes of the months before it had not matured."""
        return replace(
            self,
            calibrate_from=months_before(self.calibrate_from, months),
            test_from=months_before(self.test_from, months),
        )

    def moved_on(self, day: date, newest: date, maturity_months: int) -> "TimeSplit":
        """The split asked for on a day, whose newest matured loan was granted on `newest`.

        The newest months judge and those before them calibrate, as many as ever, so that a training learns from what
        has matured since. It never goes back behind the periods declared.
        """
        if self.test_months is None:
            return self
        last = min(months_before(day, maturity_months), months_before(newest, -1))
        test_from = months_before(last.replace(day=1), self.test_months - 1)
        if test_from <= self.test_from:
            return self
        length = (
            12 * (self.test_from.year - self.calibrate_from.year) + self.test_from.month - self.calibrate_from.month
        )
        return replace(self, calibrate_from=months_before(test_from, length), test_from=test_from)

    @property
    def told(self) -> str:
        judged, spans = f"judged on those from {self.test_from} on", f"of which {self.cuts.number} spans compared kinds"
        moves = f"; the newest {self.test_months} months judge when later loans have matured"
        if self.folds is None:
            calibrated = f"calibrated on loans granted from {self.calibrate_from} to {self.test_from}"
            parts = f"{calibrated}, {judged}, fitted on older ones, {spans}"
        else:
            unseen = f"{self.folds.repeats} times in {self.folds.folds} shuffled folds"
            calibrated = f"calibrated on those from {self.calibrate_from} on, each scored by fits without it ({unseen})"
            parts = f"fitted on loans granted before {self.test_from}, {spans}; {calibrated}; {judged}"
        return f"{parts}{'' if self.test_months is None else moves}"

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> "TimeSplit":
        """The split a version was trained or calibrated by, as its files keep it."""
        return cls(date.fromisoformat(facts["calibrate_from"]), date.fromisoformat(facts["test_from"]))

    def facts(self) -> dict[str, str]:
        return {"calibrate_from": self.calibrate_from.isoformat(), "test_from": self.test_from.isoformat()}


def half_year(day: pl.Expr) -> pl.Expr:
    """`2022 H1` or `2022 H2`."""
    half = pl.when(day.dt.month() <= 6).then(pl.lit("H1")).otherwise(pl.lit("H2"))
    return pl.format("{} {}", day.dt.year(), half)


def first_of_half_year(day: date) -> date:
    """The first day of the half-year a day lies in."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)
