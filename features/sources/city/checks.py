"""What the generator promises of a city, measured on its deliveries: `bureau source check` and the tests ask here.

A city of some thousand enterprises has some hundred defaults, so every bound has three standard errors of room.
"""

from pathlib import Path

import numpy as np
import polars as pl

from features.lake.lake import Lake
from features.sources.city.arrays import Floats, Ints
from features.sources.city.lending import loan_shares
from features.sources.city.likeness import told_apart
from features.sources.city.manifest import TRUTH
from features.sources.city.outcomes import OUT_OF_TIME_FROM, delivered, matured_loans
from features.sources.city.probes import AFTER_DEFAULT, PROBES, measure, presence
from features.sources.city.scores import fitted_scores
from features.sources.city.separation import (
    CHANCE,
    Separation,
    beyond_path,
    clustered_error,
    first_component_share,
    separation,
)
from features.sources.city.together import judge_published
from features.sources.city.truth import read_truth
from features.sources.city.volumes import FAR, Volume, volumes
from features.sources.source import Check

ROOM = 3.0
"""Standard errors a measured AUC may lie beyond its bound."""
NOTHING = 0.02
"""AUC from 0.48 to 0.52 is nothing."""
SINGLE_AT_MOST = 0.70
STATE_BETWEEN = 0.88, 0.90
"""What the hidden state of the day of the grant may separate; the rest of the year is not decided yet."""
NAIVE_GAIN = 0.05
RATE_BETWEEN = 0.015, 0.030
DEFAULTS_PER_ENTERPRISE = 0.03, 0.015
"""Before the split and from it on: 60 and 30 with 2,000 enterprises, and with more."""
DENSE = 2_000
REGISTRATION_ONLY = ("age", "registered capital")
REGISTRATION_BETWEEN, LAWFUL_BETWEEN = (0.60, 0.64), (0.78, 0.84)
GAP_BETWEEN, SLOPE_BETWEEN = (0.42, 0.52), (0.9, 1.1)
"""Of trees fitted to all published features and judged out of time: Kolmogorov-Smirnov, calibration slope."""
LIKENESS_AT_MOST = 0.80
REAL_BORROWERS_AT_MOST = 0.08
"""In a city whose rows can be held against the contracts'."""
LOAN_SHARES = (
    ("share of the amount lent to small borrowers", 0.87, 0.03),
    ("share of the amount lent without security", 0.82, 0.03),
    ("share of the amount that is both", 0.77, 0.08),
)
"""Of a check: its words, the figure the platform reported, and how near a city must come."""
FIRST_COMPONENT_AT_MOST = 0.35
REGULAR_FEEDS = ("F14", "F15", "F16", "F17", "F22", "F46")
FEWEST_DEFAULTS = 30
"""Below, nothing can be measured: generate a larger city."""


def check_city(folder: Path, data: Path | None = None, lake: Lake | None = None) -> tuple[Check, ...]:
    """Measure a city from the folder its deliveries and truth were written to.

    lake: where they have landed; without it the published features are not asked.
    data: directory of real invoices to hold the city's against.
    """
    if not any(folder.glob("F60-*.parquet")):
        kept = "not measured: its deliveries were not kept; load it with --keep"
        return (Check("the city is what its parameters promise", True, kept),)
    loans = matured_loans(folder)
    if loans["bad"].sum() < FEWEST_DEFAULTS:
        few = f"{loans['bad'].sum()} defaults; generate at least 1,000 enterprises to judge a city"
        return (Check("there are defaults enough to judge the city by", False, few),)
    probes = measure(folder, loans)
    return (
        _rate(loans),
        _enough(folder, loans),
        _state(loans),
        _nothing_beyond_path("no record from before a loan knows more than the hidden path", loans, probes),
        _nothing_beyond_path("ids, order and batches know nothing", loans, _labels_of_rows(folder, loans)),
        _presence(folder, loans),
        _single(loans, probes),
        _fitted("AUC of registration alone", loans, probes.select(REGISTRATION_ONLY), REGISTRATION_BETWEEN),
        _fitted("AUC of some simple measures together", loans, probes, LAWFUL_BETWEEN),
        *(() if lake is None else _together(lake, loans)),
        _naive(folder, loans, probes),
        _component(probes),
        *_lending(folder),
        *_volumes(folder),
        _likeness(folder, data),
    )


def _rate(loans: pl.DataFrame) -> Check:
    low, high = RATE_BETWEEN
    bad, weight = loans["bad"].to_numpy().astype(np.float64), loans["weight"].to_numpy()
    rate = float(np.average(bad, weights=weight))
    error = clustered_error(weight * (bad - rate), _firms(loans)) / weight.sum()
    holds = bool(low - ROOM * error <= rate <= high + ROOM * error)
    found = f"{rate:.2%} ± {error:.2%} of {loans.height:,}"
    return Check("loans that default", holds, found, f"{low:.1%} to {high:.1%}")


def _enough(folder: Path, loans: pl.DataFrame) -> Check:
    """On both sides of the split, in proportion to the enterprises of a small city, whose borrowers are many."""
    enterprises = min(read_truth(folder / TRUTH, "enterprises").height, DENSE)
    bad = loans.filter("bad")
    after = bad.filter(pl.col("granted_on") >= OUT_OF_TIME_FROM).height
    before = bad.height - after
    least = tuple(round(enterprises * part) for part in DEFAULTS_PER_ENTERPRISE)
    holds = before >= least[0] and after >= least[1]
    rule, target = f"defaults before {OUT_OF_TIME_FROM} and from it on", f"at least {least[0]:,} and {least[1]:,}"
    return Check(rule, holds, f"{before:,} and {after:,}", target)


def _state(loans: pl.DataFrame) -> Check:
    found = _separation(loans, loans["state_log_odds"])
    return _between("AUC of the hidden state at the grant", found.auc, found.error, STATE_BETWEEN)


def _nothing_beyond_path(rule: str, loans: pl.DataFrame, columns: pl.DataFrame) -> Check:
    """The label against each column, given the hidden path."""
    truth = loans["bad"].to_numpy(), loans["probability"].to_numpy(), _firms(loans)
    found = {column.name: beyond_path(_values(column), *truth) for column in columns}
    return _largest(rule, found, NOTHING)


def _labels_of_rows(folder: Path, loans: pl.DataFrame) -> pl.DataFrame:
    """Everything about a loan's rows that must carry nothing, as numbers: keys and places in the files."""
    feedback = delivered(folder, "F60").with_row_index("place").sort("period", "place").group_by("loan_no_hash")
    enterprises = delivered(folder, "F01").with_row_index("enterprise_place").group_by("uscc")
    of_loan = feedback.agg(pl.first("place"), record=pl.first("record_id"))
    joined = loans.join(of_loan, on="loan_no_hash", how="left", maintain_order="left")
    joined = joined.join(enterprises.agg(pl.min("enterprise_place")), on="uscc", how="left", maintain_order="left")
    keys = [pl.col(key).rank("dense") for key in ("uscc", "loan_no_hash", "record")]
    return joined.select("place", "enterprise_place", *keys)


def _presence(folder: Path, loans: pl.DataFrame) -> Check:
    found = {feed: _separation(loans, presence(folder, loans, feed)) for feed in REGULAR_FEEDS}
    return _largest("the mere presence of a feed's rows says next to nothing", found, NOTHING)


def _single(loans: pl.DataFrame, probes: pl.DataFrame) -> Check:
    found = {column.name: _separation(loans, column) for column in probes}
    return _largest("no single measure separates by itself", found, SINGLE_AT_MOST - CHANCE)


def _fitted(rule: str, loans: pl.DataFrame, columns: pl.DataFrame, bounds: tuple[float, float]) -> Check:
    """A plain score of these columns, fitted to other firms than those it is judged on."""
    firm, bad = _firms(loans), loans["bad"].to_numpy()
    values = columns.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    found = separation(fitted_scores(values, bad, 0, firm), bad, firm)
    return _between(rule, found.auc, found.error, bounds)


def _together(lake: Lake, loans: pl.DataFrame) -> tuple[Check, ...]:
    """All published features, as a bank's model would read them."""
    found = judge_published(lake, loans)
    return (
        _between("AUC of all published features, out of time", found.auc.auc, found.auc.error, LAWFUL_BETWEEN),
        _between("their largest gap between good and bad (KS)", found.gap, found.gap_error, GAP_BETWEEN),
        _between("the slope of their calibration", found.slope, found.slope_error, SLOPE_BETWEEN),
    )


def _between(rule: str, value: float, error: float, bounds: tuple[float, float]) -> Check:
    low, high = bounds
    holds = low - ROOM * error <= value <= high + ROOM * error
    return Check(rule, holds, f"{value:.3f} ± {error:.3f}", f"{low:.2f} to {high:.2f}")


def _lending(folder: Path) -> tuple[Check, ...]:
    """Three shares of the amount. What the last figure is a share of is not known, so the other reading stands by."""
    shares = loan_shares(folder)
    other = f"; of small borrowers, {shares.holding:.0%} hold an unsecured loan"
    measured = (shares.small, ""), (shares.unsecured, ""), (shares.both, other)
    return tuple(
        Check(rule, abs(share - target) <= near, f"{share:.1%}{more}", f"{target:.0%} ± {near:.0%}")
        for (rule, target, near), (share, more) in zip(LOAN_SHARES, measured, strict=True)
    )


def _volumes(folder: Path) -> tuple[Check, ...]:
    enterprises = read_truth(folder / TRUTH, "enterprises")
    share = enterprises["borrower"].sum() / enterprises.height
    if share > REAL_BORROWERS_AT_MOST:
        many = f"not measured: {share:.0%} of this city borrow; sample.mix_of gives it the mix of a large one"
        return (Check("rows per enterprise are those of the contracts", True, many),)
    return tuple(_volume(one) for one in volumes(folder, enterprises.height))


def _volume(one: Volume) -> Check:
    excuse = f": {FAR[one.feed]}" if one.feed in FAR else ""
    holds = one.near or one.feed in FAR
    return Check(f"rows per enterprise of {one.feed}", holds, f"{one.measured:.3g}{excuse}", f"{one.target:.3g}")


def _likeness(folder: Path, data: Path | None) -> Check:
    rule, target = "AUC of a real firm's monthly invoices against the city's", f"at most {LIKENESS_AT_MOST:.2f}"
    if data is None:
        return Check(rule, True, "not measured: say where real invoices are with --data DIR", target)
    told = told_apart(folder, data)
    auc, error = told.found.auc, told.found.error
    found = f"{auc:.3f} ± {error:.3f} with {told.real_firms:,} real firms"
    if holds := auc - ROOM * error <= LIKENESS_AT_MOST:
        return Check(rule, holds, found, target)
    why = f"; by no habit alone more than {told.habit_alone.strength:.3f} ({told.habit}), but by all of them together"
    return Check(rule, holds, found + why, target)


def _naive(folder: Path, loans: pl.DataFrame, probes: pl.DataFrame) -> Check:
    """The trap is set: who reads the courts' feeds without asking when they were known gains what he must not have."""
    courts = tuple(probe for probe in PROBES if probe.name in AFTER_DEFAULT)
    naive = measure(folder, loans, courts, naive=True)
    lawful = _separation(loans, probes.select(AFTER_DEFAULT).sum_horizontal()).auc
    gain = _separation(loans, naive.sum_horizontal()).auc - lawful
    rule = "AUC gained by reading courts' records before they were known"
    return Check(rule, gain >= NAIVE_GAIN, f"{gain:.3f} above {lawful:.3f}", f"at least {NAIVE_GAIN}")


def _component(probes: pl.DataFrame) -> Check:
    share = first_component_share(probes.to_numpy())
    holds = share <= FIRST_COMPONENT_AT_MOST
    return Check("one direction in all measures", holds, f"{share:.0%}", f"at most {FIRST_COMPONENT_AT_MOST:.0%}")


def _largest(rule: str, found: dict[str, Separation], at_most: float) -> Check:
    """Holds while every AUC lies within `at_most` of 0.5, give or take its error; tells the largest."""
    holds = all(one.strength - ROOM * one.error <= CHANCE + at_most for one in found.values())
    name, most = max(found.items(), key=lambda item: item[1].strength)
    found_most = f"at most {most.strength:.3f} ± {most.error:.3f} ({name})"
    return Check(rule, holds, found_most, f"at most {CHANCE + at_most:.2f}")


def _separation(loans: pl.DataFrame, column: pl.Series) -> Separation:
    return separation(_values(column), loans["bad"].to_numpy(), _firms(loans))


def _firms(loans: pl.DataFrame) -> Ints:
    firms: Ints = loans["uscc"].rank("dense").to_numpy().astype(np.int64)
    return firms


def _values(column: pl.Series) -> Floats:
    values: Floats = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values
