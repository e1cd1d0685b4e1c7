"""A split by time: fitted on the oldest loans, calibrated on the next, judged on the newest, as if released then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from bureau.clock import months_before

Period = Literal["train", "calibrate", "test"]
TEST_MONTHS = 16
"""Months of grant that judge: those of the city's last matured loans, from 2021 on."""
MATURITY_MONTHS = 12


@dataclass(frozen=True)
class TimeSplit:
    """Loans granted before `calibrate_from` train; those before `test_from` calibrate; the rest judge."""

    calibrate_from: date
    test_from: date

    def period(self, granted_on: pl.Expr) -> pl.Expr:
        """Which part a day of grant belongs to: train, calibrate or test."""
        early = pl.when(granted_on < self.calibrate_from).then(pl.lit("train"))
        return early.when(granted_on < self.test_from).then(pl.lit("calibrate")).otherwise(pl.lit("test"))

    def a_year_earlier(self) -> "TimeSplit":
        """By what was known when the test began: the outcomes of the year before it had not matured."""
        begins = (self.calibrate_from, self.test_from)
        return TimeSplit(*(day.replace(year=day.year - 1) for day in begins))

    def moved_on(self, day: date, newest: date) -> "TimeSplit":
        """The split asked for on a day, whose newest matured loan was granted on `newest`.

        The newest months judge and those before them calibrate, as many as ever, so that a training learns from what
        has matured since. It never goes back behind the periods declared.
        """
        last = min(months_before(day, MATURITY_MONTHS), months_before(newest, -1))
        test_from = months_before(last.replace(day=1), TEST_MONTHS - 1)
        if test_from <= self.test_from:
            return self
        length = (
            12 * (self.test_from.year - self.calibrate_from.year) + self.test_from.month - self.calibrate_from.month
        )
        return TimeSplit(months_before(test_from, length), test_from)

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> "TimeSplit":
        """The split a version was trained or calibrated by, as its files keep it."""
        return cls(*(date.fromisoformat(facts[name]) for name in ("calibrate_from", "test_from")))

    def facts(self) -> dict[str, str]:
        return {"calibrate_from": self.calibrate_from.isoformat(), "test_from": self.test_from.isoformat()}


def half_year(day: pl.Expr) -> pl.Expr:
    """`2022 H1` or `2022 H2`."""
    half = pl.when(day.dt.month() <= 6).then(pl.lit("H1")).otherwise(pl.lit("H2"))
    return pl.format("{} {}", day.dt.year(), half)
