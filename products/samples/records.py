"""The records of sample enterprises, by feed, as departments would deliver them."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from features.contracts.feeds import find_feed
from products.samples.declared import Row, Sample, Samples

_MONTH_END = "MONTH-END"


def deliveries(samples: Samples) -> dict[str, pl.DataFrame]:
    """One frame a feed, in the feed's own types."""
    rows: dict[str, list[Row]] = {}
    for sample in samples.samples:
        for feed, templates in _told(samples, sample).items():
            written = (row for template in templates for row in _written(samples, sample, template))
            rows.setdefault(feed, []).extend(
                _identified(feed, sample, number, row) for number, row in enumerate(written)
            )
    return {feed: _frame(feed, found) for feed, found in sorted(rows.items())}


def record_id(feed: str, sample: Sample, number: int) -> str:
    """A record of a sample is named by feed, enterprise and its place in the declaration."""
    return f"{feed}-{sample.uscc}-{number}"


def _told(samples: Samples, sample: Sample) -> dict[str, tuple[Row, ...]]:
    sound = samples.sound if sample.records == "sound" and sample.problem is None else {}
    kept = {feed: rows for feed, rows in sound.items() if feed not in sample.without}
    return {feed: (*kept.get(feed, ()), *sample.more.get(feed, ())) for feed in {**kept, **sample.more}}


def _written(samples: Samples, sample: Sample, template: Row) -> Iterator[Row]:
    """The rows a template stands for: one, or one for each month."""
    said = {"NAME": sample.name, "CODE": sample.uscc}
    row = {column: said.get(value, value) if isinstance(value, str) else value for column, value in template.items()}
    if _MONTH_END not in row.values():
        yield row
        return
    for end in _month_ends(samples.last_month, samples.months):
        yield {column: end if value == _MONTH_END else value for column, value in row.items()}


def _identified(feed: str, sample: Sample, number: int, row: Row) -> Row:
    happened = row.pop("happened")
    day = row.get(happened, happened)
    return row | {
        "record_id": record_id(feed, sample, number),
        "op": "I",
        "version": 1,
        "uscc": sample.uscc,
        "event_date": day,
        "publish_date": day,
    }


def _frame(feed: str, rows: list[Row]) -> pl.DataFrame:
    schema = find_feed(feed).dtypes
    days = {column for column, dtype in schema.items() if dtype == pl.Date}
    told = [{column: _day(value) if column in days else value for column, value in row.items()} for row in rows]
    return pl.DataFrame([dict.fromkeys(schema) | row for row in told], schema=schema)


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _month_ends(last: str, count: int) -> list[date]:
    """The last days of so many months up to one, the oldest first."""
    year, month = map(int, last.split("-"))
    months = [divmod(year * 12 + month - 1 - ago, 12) for ago in reversed(range(count))]
    return [date(y, m + 1, monthrange(y, m + 1)[1]) for y, m in months]
