"""When a statement became known: publication and receipt as the departments' lags would have had it."""

from datetime import timedelta

import numpy as np
import polars as pl

from features.contracts.feeds import find_feed
from features.sources.city.arrays import Floats, Ints
from features.sources.city.months import day_number
from features.sources.city.parameters import Parameters
from features.sources.city.rows import days

_P95 = 1.6449
"""Standard normal quantile of the 95th percentile."""
_NIGHT_HOURS = (1.0, 6.0)
"""Deliveries land at night, so a record counts from the day it is received."""
_SHANGHAI = timedelta(hours=8)


def publish(statements: pl.DataFrame, feed: str, parameters: Parameters, chance: np.random.Generator) -> pl.DataFrame:
    """Adds publish_date and received_at; drops what would arrive after the calendar's last day, and `learned_on`.

    A column `published_after` (a date), where present, holds publication back. Records from before the calendar
    arrive in its first weeks, as the platform's initial load.
    """
    publish_lag, receive_lag = _lags(feed, parameters)
    count = statements.height
    learned = statements["learned_on"].cast(pl.Int32).to_numpy().astype(np.int64)
    published = learned + _drawn(publish_lag, count, chance)
    if "published_after" in statements.columns:
        held = statements["published_after"].cast(pl.Int32).fill_null(0).to_numpy().astype(np.int64)
        published = np.maximum(published, held)
    received = published + _drawn(receive_lag, count, chance)
    late = chance.random(count) < parameters.dirt.late
    received = received + np.where(late, chance.integers(*parameters.dirt.late_days, count), 0)
    first = day_number(parameters.calendar.first)
    received = np.where(received < first, first + chance.integers(0, 14, count), received)
    night = chance.uniform(*_NIGHT_HOURS, count) * 3600
    return (
        statements.with_columns(
            publish_date=days(published),
            received_at=_instants(received, night),
            received_on=days(received),
        )
        .filter(pl.col("received_on") <= parameters.calendar.last)
        .drop("received_on", "learned_on", "published_after", strict=False)
    )


def _lags(feed: str, parameters: Parameters) -> tuple[tuple[float, float], tuple[float, float]]:
    """The lags a parameter file names for a feed, else those its department promises."""
    named, contract = parameters.lags.get(feed), find_feed(feed)
    if named is not None:
        return named.publish, named.receive
    return contract.publish_lag_days, contract.receive_lag_days


def _drawn(lag: tuple[float, float], count: int, chance: np.random.Generator) -> Ints:
    """Whole days, log-normal with the given median and 95th percentile."""
    median, p95 = lag
    median, p95 = max(median, 0.1), max(p95, 0.2)  # a lag of no days is drawn as one that rounds to none
    sigma = np.log(p95 / median) / _P95
    drawn: Ints = np.round(median * np.exp(sigma * chance.standard_normal(count))).astype(np.int64)
    return drawn


def _instants(day: Ints, seconds: Floats) -> pl.Series:
    micros = (day * 86_400 + np.round(seconds).astype(np.int64)) * 1_000_000 - _SHANGHAI // timedelta(microseconds=1)
    return pl.Series(micros).cast(pl.Datetime("us", "UTC"))
