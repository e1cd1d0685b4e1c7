"""When a statement became known: publication and receipt as the departments' lags would have had it."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import NormalDist

import numpy as np
import polars as pl

from features.contracts.feeds import find_feed
from features.sources.city.arrays import Days, Ints
from features.sources.city.months import day_number
from features.sources.city.parameters import Parameters
from features.sources.city.rows import days
from features.sources.city.streams import REFERENCE_SHARD, Chances

_P95 = NormalDist().inv_cdf(0.95)
_STEPS = 4096
_NORMAL = np.array([NormalDist().inv_cdf((step + 0.5) / _STEPS) for step in range(_STEPS)])
"""A lag is one of so many equally likely ones: drawing a position costs a tenth of drawing a logarithm."""
_NIGHT_SECONDS = 3_600, 21_600
"""Deliveries land at night, so a record counts from the day it is received."""
_SPARSE = 0.03
"""Up to this share positions are drawn instead of rows; hardly any is drawn twice."""
_SHANGHAI = timedelta(hours=8) // timedelta(seconds=1)


def publish(
    statements: pl.DataFrame,
    feed: str,
    parameters: Parameters,
    chance: np.random.Generator,
    outages: Sequence[tuple[int, int]] = (),
) -> pl.DataFrame:
    """Rows as they arrive: adds publish_date and received_at, drops `learned_on`.

    They stay enterprise by enterprise, an order which says nothing and is quick to store. What would arrive after the
    calendar's last day is left out; some rows arrive twice. A column `published_after` (a date), where present, holds
    publication back. Records from before the calendar arrive in its first weeks, as the platform's initial load.
    outages: first and last day of each silence of the feed; what it missed arrives after.
    """
    (publish_lag, receive_lag), rules = _lags(feed, parameters), parameters.dirt.of(feed)
    count = statements.height
    published = statements["learned_on"].to_physical().to_numpy() + _drawn(publish_lag, count, chance)
    if "published_after" in statements.columns:
        held = statements["published_after"].to_physical().fill_null(0).to_numpy()
        published = np.maximum(published, held)
    received = published + _drawn(receive_lag, count, chance)
    late = some(count, rules.late, chance)
    received[late] += chance.integers(*rules.late_days, len(late))
    received = _after_outages(received, outages)
    first = day_number(parameters.calendar.first)
    early = np.flatnonzero(received < first)
    received[early] = first + chance.integers(0, 14, len(early))
    arrived = np.flatnonzero(received <= day_number(parameters.calendar.last))
    arrived = np.concatenate([arrived, arrived[some(len(arrived), rules.duplicated, chance)]])
    instant = received.astype(np.int64) * 86_400 + chance.integers(*_NIGHT_SECONDS, count, dtype=np.int32) - _SHANGHAI
    misdated = some(count, rules.published_before, chance)
    published[misdated] = _events(statements)[misdated] - chance.integers(1, 4, len(misdated))
    return (
        statements.drop("learned_on", "published_after", strict=False)
        .with_columns(publish_date=days(published), received_at=pl.Series(instant * 1_000_000))
        .with_columns(pl.col("received_at").cast(pl.Datetime("us", "UTC")))[arrived]
    )


def draw_outages(feed: str, parameters: Parameters, seed: int) -> tuple[tuple[int, int], ...]:
    """First and last day of each silence of a feed, the same for every shard of a city."""
    chance, rule = Chances(seed, REFERENCE_SHARD).of(f"outages-{feed}"), parameters.dirt.of(feed)
    first, last = day_number(parameters.calendar.first), day_number(parameters.calendar.last)
    number = int(chance.poisson((last - first) / (30.44 * rule.outage_every_months)))
    begins = np.sort(chance.integers(first + 60, last - rule.outage_days[1], number))
    lengths = chance.integers(rule.outage_days[0], rule.outage_days[1] + 1, number)
    return tuple((int(begin), int(begin + length - 1)) for begin, length in zip(begins, lengths, strict=True))


def _after_outages(received: Days, outages: Sequence[tuple[int, int]]) -> Days:
    """What would have come in a silence comes on the day it ends."""
    for begins, ends in outages:
        received[(received >= begins) & (received <= ends)] = ends + 1
    return received


def _events(statements: pl.DataFrame) -> Days:
    column = "event_date" if "event_date" in statements.columns else "learned_on"
    return statements[column].to_physical().to_numpy()


def some(count: int, share: float, chance: np.random.Generator) -> Ints:
    """Positions of a share of so many rows, in order."""
    if share <= _SPARSE:
        return np.unique(chance.integers(0, max(count, 1), chance.binomial(count, share)))
    chosen: Ints = np.flatnonzero(chance.random(count, dtype=np.float32) < share)
    return chosen


def _lags(feed: str, parameters: Parameters) -> tuple[tuple[float, float], tuple[float, float]]:
    """The lags a parameter file names for a feed, else those its department promises."""
    named, contract = parameters.lags.get(feed), find_feed(feed)
    if named is not None:
        return named.publish, named.receive
    return contract.publish_lag_days, contract.receive_lag_days


def _drawn(lag: tuple[float, float], count: int, chance: np.random.Generator) -> Days:
    """Whole days, log-normal with the given median and 95th percentile."""
    median, p95 = lag
    median, p95 = max(median, 0.1), max(p95, 0.2)  # a lag of no days is drawn as one that rounds to none
    sigma = np.log(p95 / median) / _P95
    possible = np.round(median * np.exp(sigma * _NORMAL)).astype(np.int32)
    drawn: Days = possible[chance.integers(0, _STEPS, count, dtype=np.uint16)]
    return drawn
