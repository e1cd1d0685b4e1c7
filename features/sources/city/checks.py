"""What the generator promises of a city, measured on its deliveries: `bureau source check` and the tests ask here.

A city of some thousand enterprises has some hundred defaults, so every bound has three standard errors of room.
"""

from pathlib import Path

import numpy as np
import polars as pl

from features.sources.city.arrays import Floats, Ints
from features.sources.city.manifest import TRUTH
from features.sources.city.outcomes import OUT_OF_TIME_FROM, delivered, matured_loans
from features.sources.city.probes import AFTER_DEFAULT, PROBES, measure, presence
from features.sources.city.separation import (
    CHANCE,
    Separation,
    beyond_path,
    clustered_error,
    first_component_share,
    separation,
)
from features.sources.city.truth import read_truth
from features.sources.source import Check

ROOM = 3.0
"""Standard errors a measured AUC may lie beyond its bound."""
NOTHING = 0.02
"""AUC from 0.48 to 0.52 is nothing."""
SINGLE_AT_MOST = 0.70
STATE_BETWEEN = 0.85, 0.90
"""What the hidden state of the day of the grant may separate; the rest of the year is not decided yet."""
NAIVE_GAIN = 0.05
RATE_BETWEEN = 0.015, 0.030
DEFAULTS_PER_ENTERPRISE = 0.03, 0.015
"""Before the split and from it on: 60 and 30 with 2,000 enterprises."""
FIRST_COMPONENT_AT_MOST = 0.35
REGULAR_FEEDS = ("F14", "F15", "F16", "F17", "F22", "F46")
FEWEST_DEFAULTS = 30
"""Below, nothing can be measured: generate a larger city."""


def check_city(folder: Path) -> tuple[Check, ...]:
    """Measure a city from the folder its deliveries and truth were written to."""
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
        _naive(folder, loans, probes),
        _component(probes),
    )


def _rate(loans: pl.DataFrame) -> Check:
    low, high = RATE_BETWEEN
    bad, weight = loans["bad"].to_numpy().astype(np.float64), loans["weight"].to_numpy()
    rate = float(np.average(bad, weights=weight))
    error = clustered_error(weight * (bad - rate), _firms(loans)) / weight.sum()
    holds = low - ROOM * error <= rate <= high + ROOM * error
    return Check(f"{low:.1%} to {high:.1%} of loans default", holds, f"{rate:.2%} ± {error:.2%} of {loans.height:,}")


def _enough(folder: Path, loans: pl.DataFrame) -> Check:
    """On both sides of the split, in proportion to the enterprises."""
    enterprises = read_truth(folder / TRUTH, "enterprises").height
    bad = loans.filter("bad")
    after = bad.filter(pl.col("granted_on") >= OUT_OF_TIME_FROM).height
    before = bad.height - after
    least = tuple(round(enterprises * part) for part in DEFAULTS_PER_ENTERPRISE)
    rule = f"at least {least[0]:,} defaults before {OUT_OF_TIME_FROM} and {least[1]:,} from it on"
    return Check(rule, before >= least[0] and after >= least[1], f"{before:,} and {after:,}")


def _state(loans: pl.DataFrame) -> Check:
    low, high = STATE_BETWEEN
    found = _separation(loans, loans["state_log_odds"])
    holds = low - ROOM * found.error <= found.auc <= high + ROOM * found.error
    return Check(f"the hidden state at the grant separates with {low} to {high}", holds, f"{found.auc:.3f}")


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
    rule = f"no single measure separates with more than {SINGLE_AT_MOST}"
    return _largest(rule, found, SINGLE_AT_MOST - CHANCE)


def _naive(folder: Path, loans: pl.DataFrame, probes: pl.DataFrame) -> Check:
    """The trap is set: who reads the courts' feeds without asking when they were known gains what he must not have."""
    courts = tuple(probe for probe in PROBES if probe.name in AFTER_DEFAULT)
    naive = measure(folder, loans, courts, naive=True)
    lawful = _separation(loans, probes.select(AFTER_DEFAULT).sum_horizontal()).auc
    gain = _separation(loans, naive.sum_horizontal()).auc - lawful
    rule = f"reading courts' records before they were known gains at least {NAIVE_GAIN}"
    return Check(rule, gain >= NAIVE_GAIN, f"{gain:.3f} above {lawful:.3f}")


def _component(probes: pl.DataFrame) -> Check:
    share = first_component_share(probes.to_numpy())
    rule = f"one direction holds at most {FIRST_COMPONENT_AT_MOST:.0%} of what the measures say"
    return Check(rule, share <= FIRST_COMPONENT_AT_MOST, f"{share:.0%}")


def _largest(rule: str, found: dict[str, Separation], at_most: float) -> Check:
    """Holds while every AUC lies within `at_most` of 0.5, give or take its error; tells the largest."""
    holds = all(one.strength - ROOM * one.error <= CHANCE + at_most for one in found.values())
    name, most = max(found.items(), key=lambda item: item[1].strength)
    return Check(rule, holds, f"at most {most.strength:.3f} ± {most.error:.3f} ({name})")


def _separation(loans: pl.DataFrame, column: pl.Series) -> Separation:
    return separation(_values(column), loans["bad"].to_numpy(), _firms(loans))


def _firms(loans: pl.DataFrame) -> Ints:
    firms: Ints = loans["uscc"].rank("dense").to_numpy().astype(np.int64)
    return firms


def _values(column: pl.Series) -> Floats:
    values: Floats = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values
