"""Whom the works ask about: enterprises drawn from the registry, always the same, and the days before the last one."""

from datetime import date

import polars as pl

from bureau.clock import months_before
from features.lake.lake import Lake
from features.lake.registry import enterprises
from features.store.subjects import known_since


def some(lake: Lake, count: int) -> list[int]:
    """Numbers of so many enterprises, evenly over the registry, neighbours far apart; again from the start if few."""
    numbers = enterprises(lake)["enterprise_id"].to_list()
    return [numbers[place * 7_919 % len(numbers)] for place in range(count)]


def labels(lake: Lake, count: int, dates: int, last_day: date) -> pl.DataFrame:
    """`subject` and `as_of`: enterprises drawn on the last day and the same day of earlier months."""
    return _chosen(lake, count).select(subject="uscc").join(_days(dates, last_day), how="cross")


def spine(lake: Lake, count: int, dates: int, last_day: date) -> pl.DataFrame:
    """The same rows as numbers: `enterprise_id`, `enterprise_known_from`, `as_of`."""
    known = known_since(lake, lake.snapshot())
    rows = _chosen(lake, count).select("enterprise_id").join(known, on="enterprise_id", maintain_order="left")
    return rows.join(_days(dates, last_day), how="cross")


def _chosen(lake: Lake, count: int) -> pl.DataFrame:
    everyone = enterprises(lake)
    return everyone.sample(min(count, everyone.height), seed=1).sort("enterprise_id")


def _days(dates: int, last_day: date) -> pl.DataFrame:
    return pl.DataFrame({"as_of": [months_before(last_day, month) for month in range(dates)]})
