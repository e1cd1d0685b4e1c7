"""A day's deliveries of each feed beside its profile: how many rows came, and how many came late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from bureau.clock import known_before, to_micros
from features.contracts.contract import CADENCE_DAYS, Contract
from features.contracts.feeds import FEEDS
from features.definitions.library import features_of
from features.engine.algebra import Feature
from features.engine.dialects import DUCKDB
from features.engine.duckdb_rows import literal_sql
from features.engine.rows import Column
from features.health.day_files import read_day_file, write_day
from features.lake.freshness import newest_deliveries
from features.lake.lake import Lake
from features.lake.query import query
from features.lake.reading import visible_sql

PROFILE_SPANS = 8
"""How many earlier spans of a feed's cadence make its profile."""
MONTHS_KEPT = 36
"""Months a feed's page draws."""
_DAY, _SHANGHAI = 86_400_000_000, 8 * 3_600_000_000
VOLUME_FACTOR = 3.0
"""A volume beyond a third or three times the profile's median is out of the ordinary."""


@dataclass(frozen=True)
class FeedDay:
    """What was received of a feed in the span of its cadence that ends on a day.

    late: rows received later after their event than the contract's 95th percentile, so one in twenty is ordinary.
    usual: median rows of the earlier spans that had any; None before there are three of them.
    silent_days: since the newest delivery arrived, with rows or without; None before any.
    unlisted: by column the rows whose text is outside the closed list of the features that read it, where there are
    any: to them it is unknown.
    months: rows received in each of the newest months with any, oldest first (`2023-04`, rows).
    """

    feed: str
    day: date
    rows: int
    late: int
    usual: int | None
    silent_days: int | None
    fresh_for_days: int
    months: tuple[tuple[str, int], ...] = ()
    unlisted: tuple[tuple[str, int], ...] = ()

    @property
    def late_share(self) -> float:
        return self.late / self.rows if self.rows else 0.0

    @property
    def is_stale(self) -> bool:
        """Whether the feed is silent longer than its cadence and lags explain."""
        return self.silent_days is not None and self.silent_days > self.fresh_for_days

    @property
    def is_unusual(self) -> bool:
        """Whether the volume lies beyond a third or three times what is usual; no rows are while the feed is fresh."""
        if self.usual is None or not (self.rows or self.is_stale):
            return False
        return not self.usual / VOLUME_FACTOR <= self.rows <= self.usual * VOLUME_FACTOR


def measure_feeds(lake: Lake, day: date, contracts: Iterable[Contract] = FEEDS) -> list[FeedDay]:
    """Every feed's deliveries in the span that ends on `day`, as the lake knows them now."""
    newest = newest_deliveries(lake, day, lake.snapshot())
    return [_measure(lake, contract, day, newest) for contract in contracts]


def keep_feeds(folder: Path, measured: Sequence[FeedDay], day: date) -> None:
    """Keep a day's measurements in a folder."""
    write_day(folder, "feeds", day, [asdict(one) for one in measured])


def read_feed_days(folder: Path, day: date) -> list[FeedDay]:
    """What was kept of a day; nothing where it was not measured."""
    rows = read_day_file(folder, "feeds", day)
    return [
        FeedDay(
            **one
            | {"day": date.fromisoformat(one["day"])}
            | {name: tuple(map(tuple, one.get(name, ()))) for name in ("months", "unlisted")}
        )
        for one in rows
    ]


def _measure(lake: Lake, contract: Contract, day: date, newest: Mapping[str, date]) -> FeedDay:
    length = CADENCE_DAYS[contract.cadence]
    listed = _listed(contract)
    received = _received(lake, contract, day, listed)
    spans = [(0, 0)] * (PROFILE_SPANS + 1)
    for back, rows, late, *_ in received:
        if back < length * len(spans):
            before = spans[back // length]
            spans[back // length] = (before[0] + rows, before[1] + late)
    sources = contract.derived_from or (contract.code,)
    earlier = [rows for rows, _ in spans[1:] if rows]
    outside = [sum(cells) for cells in zip(*(counts for back, _, _, *counts in received if back < length), strict=True)]
    return FeedDay(
        feed=contract.code,
        day=day,
        rows=spans[0][0],
        late=spans[0][1],
        usual=round(median(earlier)) if len(earlier) >= 3 else None,
        silent_days=max(((day - newest[one]).days for one in sources if one in newest), default=None),
        fresh_for_days=contract.fresh_for_days,
        months=_by_month(received, day),
        unlisted=tuple((column, rows) for column, rows in zip(listed, outside, strict=False) if rows),
    )


def _listed(contract: Contract) -> dict[str, tuple[str, ...]]:
    """The columns that published features read as texts of a closed list, with the list."""
    read = (entry.definition for entry in features_of(contract.code) if entry.categories)
    taken = (definition.take for definition in read if isinstance(definition, Feature) and definition.feed is contract)
    return {take.value.name: take.categories for take in taken if isinstance(take.value, Column)}


def _by_month(received: list[tuple[int, ...]], day: date) -> tuple[tuple[str, int], ...]:
    months: dict[str, int] = {}
    for back, rows, *_ in sorted(received, reverse=True):
        month = (day - timedelta(days=back)).strftime("%Y-%m")
        months[month] = months.get(month, 0) + rows
    return tuple(months.items())[-MONTHS_KEPT:]


def _received(
    lake: Lake, contract: Contract, day: date, listed: Mapping[str, tuple[str, ...]]
) -> list[tuple[int, ...]]:
    """(days before `day`, rows, late rows, and of each listed column those with another text) of everything known by
    the end of `day`; a correction is never late."""
    outside = "".join(
        f", count(*) FILTER (WHERE {column} NOT IN ({', '.join(literal_sql(text, DUCKDB) for text in texts)}))"
        for column, texts in listed.items()
    )
    until = to_micros(known_before(day))
    sql = (
        f"SELECT ({until} - 1 - known_from) // {_DAY} AS back, count(*) AS came, count(*) FILTER (WHERE version = 1"
        f" AND (known_from + {_SHANGHAI}) // {_DAY} - (event_date - DATE '1970-01-01') > {contract.deadline_days})"
        f"{outside} FROM {visible_sql(lake, contract)} WHERE known_from < {until} GROUP BY back"
    )
    return [tuple(map(int, row)) for row in query(sql).iter_rows()]
