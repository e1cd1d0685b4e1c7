"""The promises that need defaults to be judged by: what state, records and features tell of a loan's end."""

import math
from pathlib import Path

import numpy as np
import polars as pl

from features.lake.lake import Lake
from features.sources.city.label import firms, separated, strength
from features.sources.city.label_checks import LABEL, check_label
from features.sources.city.outcomes import OUT_OF_TIME_FROM, matured_loans
from features.sources.city.parameters import SampleParameters
from features.sources.city.probes import AFTER_DEFAULT, PROBES, measure
from features.sources.city.promises import Figure, Promise, Size, judge_largest
from features.sources.city.scores import fitted_scores
from features.sources.city.separation import Separation, clustered_error, separation
from features.sources.city.together import judge_published
from features.sources.source import Check

FEWEST_DEFAULTS = 30
"""Below, nothing can be measured."""
DEFAULTS_PER_ENTERPRISE = 0.03, 0.015
"""Before the split and from it on, where nearly all borrow: 60 and 30 with 2,000 enterprises, and with more."""

RATE = Promise("loans that default", 0.015, 0.030, ".1%")
STATE = Promise("AUC of the hidden state at the grant", 0.88, 0.90)
"""The rest of the year is not decided yet."""
SINGLE = Promise("no single feature separates by itself: largest AUC", high=0.70)
COMPONENT = Promise("one direction in all features", high=0.35, form=".0%")
REGISTRATION = Promise("AUC of registration alone", 0.60, 0.64)
SIMPLE = Promise("AUC of some simple measures together", 0.78, 0.84)
TOGETHER = Promise("AUC of all published features, out of time", 0.78, 0.84)
GAP = Promise("their largest gap between good and bad (KS)", 0.42, 0.52)
SLOPE = Promise("the slope of their calibration", 0.9, 1.1)
NAIVE = Promise("AUC gained by reading courts' records before they were known", low=0.05)
PUBLISHED = SINGLE, COMPONENT, TOGETHER, GAP, SLOPE
"""What is asked of the published features, where a lake holds their records."""

_REGISTRATION = ("age", "registered capital")


def check_outcomes(folder: Path, sample: SampleParameters, size: Size, lake: Lake | None) -> tuple[Check, ...]:
    """Each promise with its verdict; none is measured where too few loans defaulted.

    lake: where the deliveries have landed; without it the published features are not asked.
    """
    loans = matured_loans(folder)
    before, after = _enough(sample, size)
    if loans["bad"].sum() < FEWEST_DEFAULTS:
        how = _larger(loans, size)
        of_loans = (RATE, before, after, STATE, *LABEL, REGISTRATION, SIMPLE, NAIVE, *PUBLISHED)
        return tuple(promise.unmeasured(how) for promise in of_loans)
    probes = measure(folder, loans)
    late = pl.col("granted_on") >= OUT_OF_TIME_FROM
    return (
        RATE.judge(_rate(loans), size),
        before.judge(_defaults(loans.filter(~late)), size),
        after.judge(_defaults(loans.filter(late)), size),
        STATE.judge(_figure(separated(loans, loans["state_log_odds"])), size),
        *check_label(folder, loans, probes, size),
        REGISTRATION.judge(_fitted(loans, probes.select(_REGISTRATION)), size),
        SIMPLE.judge(_fitted(loans, probes), size),
        NAIVE.judge(_naive(folder, loans, probes), size),
        *_published(lake, loans, size),
    )


def _larger(loans: pl.DataFrame, size: Size) -> str:
    """How large a city has defaults enough, by those the hidden path lets expect of this one."""
    expected = float(loans["probability"].sum())
    if expected == 0:
        return f"no loan's first year is over; generate {size.times(100)}"
    wanted = FEWEST_DEFAULTS + 2 * math.sqrt(FEWEST_DEFAULTS)
    few = f"{loans['bad'].sum()} of {loans.height:,} loans defaulted, and {FEWEST_DEFAULTS} are needed"
    return f"{few}: generate {size.times(wanted / expected)}"


def _enough(sample: SampleParameters, size: Size) -> tuple[Promise, Promise]:
    """On both sides of the split, in proportion to the borrowers of whom something is delivered."""
    mix, dense = sample.mix(size.enterprises), sample.dense
    told = mix.borrower_share * mix.backfilled_share / (dense.borrower_share * dense.backfilled_share)
    least = [min(size.enterprises * told, dense.enterprises) * part for part in DEFAULTS_PER_ENTERPRISE]
    return (
        Promise(f"defaults before {OUT_OF_TIME_FROM}", low=least[0], form=".0f", fine=".0f"),
        Promise(f"defaults from {OUT_OF_TIME_FROM} on", low=least[1], form=".0f", fine=".0f"),
    )


def _rate(loans: pl.DataFrame) -> Figure:
    bad, weight = loans["bad"].to_numpy().astype(np.float64), loans["weight"].to_numpy()
    rate = float(np.average(bad, weights=weight))
    error = clustered_error(weight * (bad - rate), firms(loans)) / float(weight.sum())
    return Figure(rate, error, f"{loans.height:,} loans")


def _defaults(loans: pl.DataFrame) -> Figure:
    bad = loans["bad"].to_numpy().astype(np.float64)
    return Figure(float(bad.sum()), clustered_error(bad, firms(loans)))


def _fitted(loans: pl.DataFrame, columns: pl.DataFrame) -> Figure:
    """A plain score of these columns, fitted to other firms than those it is judged on."""
    firm, bad = firms(loans), loans["bad"].to_numpy()
    known = columns.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return _figure(separation(fitted_scores(known, bad, 0, firm), bad, firm))


def _naive(folder: Path, loans: pl.DataFrame, probes: pl.DataFrame) -> Figure:
    """The trap is set: who reads the courts' feeds without asking when they were known gains what he must not have."""
    courts = tuple(probe for probe in PROBES if probe.name in AFTER_DEFAULT)
    naive = separated(loans, measure(folder, loans, courts, naive=True).sum_horizontal())
    lawful = separated(loans, probes.select(AFTER_DEFAULT).sum_horizontal()).auc
    return Figure(naive.auc - lawful, naive.error, f"above {lawful:.3f}")


def _published(lake: Lake | None, loans: pl.DataFrame, size: Size) -> tuple[Check, ...]:
    """All published features, each alone and as a bank's model would read them."""
    if lake is None:
        return tuple(promise.unmeasured("the city has not landed; bureau source load city") for promise in PUBLISHED)
    found = judge_published(lake, loans)
    return (
        judge_largest(SINGLE, {name: strength(one) for name, one in found.alone.items()}, size),
        COMPONENT.judge(Figure(found.component), size),
        TOGETHER.judge(_figure(found.auc), size),
        GAP.judge(Figure(found.gap, found.gap_error), size),
        SLOPE.judge(Figure(found.slope, found.slope_error), size),
    )


def _figure(found: Separation) -> Figure:
    return Figure(found.auc, found.error)
