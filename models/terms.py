"""The terms of a model's question: what one means, of whom, when it is known, and what a row counts in a fit."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.cross_validation import Rows


@dataclass(frozen=True)
class Target:
    """What one means: a bank reported `dpd` days past due, or more, within `months` of the grant.

    months: None where it counts whenever it came before the outcome was known. said, said_en: a sentence a credit
    officer would sign, in which {dpd} and {months} stand for the figures.
    """

    said: str
    said_en: str
    dpd: int
    months: int | None = None

    @property
    def text(self) -> str:
        return self.said.format(dpd=self.dpd, months=self.months)

    @property
    def text_en(self) -> str:
        return self.said_en.format(dpd=self.dpd, months=self.months)


@dataclass(frozen=True)
class Population:
    """Whose outcomes are learnt from. newcomers: enterprises' first loans alone. granted_from: older are left out.

    others_teach: of newcomers, a fit also sees the loans of enterprises that had one before, as it would see those of
    another town: newcomers who fail are too few to tell steady reasons by. They calibrate nothing and judge nothing.
    """

    said: str
    newcomers: bool = False
    granted_from: date | None = None
    others_teach: bool = False

    def granted(self, day: pl.Expr) -> pl.Expr:
        """Whether a loan granted on a day belongs to it."""
        return pl.lit(value=True) if self.granted_from is None else day >= self.granted_from

    @property
    def told(self) -> str:
        since = "" if self.granted_from is None else f", granted from {self.granted_from} on"
        return f"{self.said}{since}{'; all other loans teach a fit besides' if self.others_teach else ''}"


@dataclass(frozen=True)
class AfterMonths:
    """An outcome is known when so many months since the grant have passed and been reported, whatever it is: an early
    default of a young loan waits for its young neighbours, or the young would all be bad."""

    months: int

    @property
    def told(self) -> str:
        return f"when the {self.months} months after the grant have passed and been reported, whatever the outcome"


@dataclass(frozen=True)
class AtEnd:
    """An outcome is known when the loan was repaid or charged off, however long it ran.

    vintage_months: after which so few are still to be charged off that a vintage is held against what was expected of
    it, those not charged off by then as good ones.
    """

    told: str = "when the loan was repaid or charged off"
    vintage_months: int = 84


@dataclass(frozen=True)
class AtVerdict:
    """An outcome is known when a bank published its verdict; no day of grant or of default is told."""

    told: str = "when the bank published its verdict, which names no days"


Maturity = AfterMonths | AtEnd | AtVerdict


@dataclass(frozen=True)
class Weights:
    """What a row counts in a fit; calibration and judgement always go by the source's weights, which restore the
    population.

    fitted: the source's weights too, or "equal" ones, where defaulters and others were drawn in equal numbers and a fit
    on them as they are tells the two apart better. half_life_days: a loan so much older counts half as much besides.
    """

    fitted: Literal["source", "equal"] = "source"
    half_life_days: int | None = None

    def to_fit(self, rows: Rows, granted_on: pl.Series | None = None) -> Rows:
        """The rows as a fit sees them. granted_on: their days, where loans fade."""
        weight = rows.weight if self.fitted == "source" else np.ones(len(rows))
        return replace(rows, weight=weight if granted_on is None else weight * self.fades(granted_on))

    def fades(self, granted_on: pl.Series) -> NDArray[np.float64]:
        """What each loan counts for its age: 1 the newest, half as much for every half-life that it is older."""
        if self.half_life_days is None:
            return np.ones(len(granted_on))
        return np.asarray(0.5 ** (age_days(granted_on) / self.half_life_days))

    @property
    def told(self) -> str:
        drawn = "those of the source" if self.fitted == "source" else "equal in a fit, those of the source elsewhere"
        fades = f"; in a fit half as much for every {self.half_life_days} days that a loan is older"
        return drawn if self.half_life_days is None else drawn + fades


def age_days(granted_on: pl.Series) -> NDArray[np.int64]:
    """How much older than the newest each is."""
    days = granted_on.dt.epoch("d").to_numpy().astype(np.int64)
    return np.asarray(days.max() - days)
