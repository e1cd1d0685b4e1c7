"""A split by time: fitted on the oldest loans, calibrated on the next, judged on the newest, as if released then."""

from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True)
class TimeSplit:
    """Loans granted before `calibrate_from` train; those before `test_from` calibrate; the rest judge."""

    calibrate_from: date
    test_from: date

    def period(self, granted_on: pl.Expr) -> pl.Expr:
        """Which part a day of grant belongs to: train, calibrate or test."""
        early = pl.when(granted_on < self.calibrate_from).then(pl.lit("train"))
        return early.when(granted_on < self.test_from).then(pl.lit("calibrate")).otherwise(pl.lit("test"))

    def facts(self) -> dict[str, str]:
        return {"calibrate_from": self.calibrate_from.isoformat(), "test_from": self.test_from.isoformat()}
