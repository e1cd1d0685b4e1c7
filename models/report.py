"""The full report on a version: separation, calibration, lift, the months and their trend, what moved, and segments.

Figures are of rows no part of the model had seen; where outcomes have days, of the newest.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation import NORMAL_95, Interval, auc_interval
from models.pictures import calibration_bands, gain_curve
from models.reliability import calibration_slope, observed_to_said
from models.segments import Groups
from models.stability import Shift, shift
from models.training import Trained

Floats = NDArray[np.float64]

LIFTS = (0.05, 0.1, 0.2, 0.5)
"""Shares of applicants, riskiest first, at which lift is told."""
FEWEST = 5
"""Defaults, and rows repaid, below which a month or a segment has no figure of separation."""


@dataclass(frozen=True)
class Slice:
    """Some of the judged rows. gini: 2 AUC - 1 with its interval; None where too few defaulted or repaid."""

    by: str
    group: str
    rows: int
    defaults: int
    observed: float
    said: float
    gini: Interval | None


@dataclass(frozen=True)
class Trend:
    """Change of Gini a year: a line through the months, each by the rows it rests on."""

    a_year: Interval


@dataclass(frozen=True)
class Report:
    """lift: share of defaults among the riskiest, over the share of rows. csi: of each feature, the most moved first.

    psi, csi: between the calibration period and the test; empty where outcomes have no days.
    """

    gini: Interval
    slope: Interval
    observed_to_said: Interval
    lift: dict[str, float]
    reliability: list[dict[str, float]]
    months: list[Slice]
    trend: Trend | None
    psi: Shift | None
    csi: dict[str, Shift]
    segments: list[Slice]

    def text(self) -> str:
        """As JSON, for a model's folder."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def build_report(trained: Trained) -> Report:
    """The report of a trained model."""
    rows, pd = trained.judged, trained.pd
    months = list(slices(trained, {"month": trained.months}, named=False)) if trained.months is not None else []
    bands = calibration_bands(pd, rows.target, rows.weight).select("pd", "observed", "low", "high")
    return Report(
        gini=as_gini(trained.figures.auc),
        slope=calibration_slope(pd, rows.target, rows.weight, rows.firm),
        observed_to_said=observed_to_said(pd, rows.target, rows.weight, rows.firm),
        lift=lift(pd, rows.target, rows.weight),
        reliability=bands.to_dicts(),
        months=months,
        trend=gini_trend(months),
        psi=trained.score_shift(),
        csi=_csi(trained),
        segments=list(slices(trained, trained.groups)),
    )


def as_gini(auc: Interval) -> Interval:
    """An AUC as Gini."""
    return Interval(2 * auc.value - 1, 2 * auc.low - 1, 2 * auc.high - 1)


def lift(pd: Floats, target: Floats, weight: Floats) -> dict[str, float]:
    """How many times more defaults the riskiest shares hold than as many rows taken blindly."""
    curve = gain_curve(pd, target, weight)
    reached = np.interp(LIFTS, curve["share"].to_numpy(), curve["defaults"].to_numpy())
    return {f"{share:.0%}": float(found / share) for share, found in zip(LIFTS, reached, strict=True)}


def slices(trained: Trained, groups: Groups, *, named: bool = True) -> Iterator[Slice]:
    """A line for each group of each division; named: only groups that have a name."""
    rows, pd = trained.judged, trained.pd
    for by, group_of in groups.items():
        for group in np.unique(group_of):
            if named and not str(group):
                continue
            chosen = group_of == group
            some = rows.take(chosen)
            told = min(some.defaults, len(some) - some.defaults) >= FEWEST
            auc = auc_interval(pd[chosen], some.target, some.weight, some.firm) if told else None
            yield Slice(
                by=by,
                group=str(group),
                rows=len(some),
                defaults=some.defaults,
                observed=some.rate,
                said=float(np.average(pd[chosen], weights=some.weight)),
                gini=as_gini(auc) if auc else None,
            )


def gini_trend(months: list[Slice]) -> Trend | None:
    """The line through the months that have a Gini, each weighing by its interval; None below three."""
    told = [(month.group, month.gini) for month in months if month.gini is not None]
    if len(told) < 3:
        return None
    years = np.array([int(name[:4]) + (int(name[5:7]) - 1) / 12 for name, _ in told])
    gini = np.array([found.value for _, found in told])
    error = np.array([max((found.high - found.low) / (2 * NORMAL_95), 1e-6) for _, found in told])
    weight = error**-2
    centred = years - np.average(years, weights=weight)
    spread = float(weight @ centred**2)
    slope, half = float(weight @ (centred * gini)) / spread, NORMAL_95 / spread**0.5
    return Trend(Interval(slope, slope - half, slope + half))


def _csi(trained: Trained) -> dict[str, Shift]:
    before, after = trained.earlier, trained.judged
    if before is None:
        return {}
    found = {
        name: shift(before.matrix[:, j], after.matrix[:, j], before.weight, after.weight)
        for j, name in enumerate(trained.model.features)
    }
    return dict(sorted(found.items(), key=lambda item: -item[1].index))


def metrics_of(report: Report) -> dict[str, float]:
    """The report's single figures by name, for a registry."""
    found: dict[str, Any] = {
        "gini": report.gini.value,
        "calibration_slope_low": report.slope.low,
        "calibration_slope_high": report.slope.high,
        "observed_to_said": report.observed_to_said.value,
        "psi": report.psi.index if report.psi else None,
        "gini_trend_a_year": report.trend.a_year.value if report.trend else None,
        **{f"lift_{share.rstrip('%')}": value for share, value in report.lift.items()},
    }
    return {name: float(value) for name, value in found.items() if value is not None}
