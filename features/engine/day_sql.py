"""How a query learns the days it reads: parameters when all rows share one day, else columns of the rows.

The day of use, by which the law decides, is a day of its own: the day read unless a reader names another. A training
set uses each row on the row's own day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

from bureau.clock import known_before, to_micros
from features.engine.admission import leaf_rules
from features.engine.algebra import Feature
from features.engine.dialects import DUCKDB, Dialect
from features.engine.windows import Bounds, Step, bounds
from features.law.horizons import legal_day

Parameters = dict[str, date | int]


@dataclass(frozen=True)
class WindowSql:
    """The two ends of a window as SQL; `after` None is open."""

    after: str | None
    until: str


class DaySql(Protocol):
    """SQL of the day read, its cutoff and the ends of windows, beside a spine `s`."""

    dialect: Dialect
    as_of: str
    cutoff: str

    def window(self, leaf: Feature) -> WindowSql:
        """The ends of a leaf's window."""

    def legal(self, rule: str) -> str:
        """The day a rule of law names on the day of use."""


def cutoff_micros(as_of: date) -> int:
    """What was known before this instant counts, in UTC microseconds."""
    return to_micros(known_before(as_of))


def leaf_bounds(leaf: Feature, as_of: date) -> Bounds:
    """The days a leaf covers."""
    return bounds(leaf.within, as_of, leaf.feed.period, leaf.feed.deadline_days)


class OneDay:
    """Every row is read as of one day, given when the query runs: its text is the same for every day, and the
    database sees constants, so that the scan itself is narrowed."""

    def __init__(self, leaves: Iterable[Feature], rules: Iterable[str] = (), dialect: Dialect = DUCKDB) -> None:
        """rules: of legal days wanted besides those of the leaves."""
        leaves = tuple(leaves)
        self.dialect = dialect
        self.as_of, self.cutoff = self._parameter("as_of"), self._parameter("cutoff")
        self._windows, self._rules = _windows(leaves), _rules(leaves, rules)

    def window(self, leaf: Feature) -> WindowSql:
        """The ends of a leaf's window, as parameters."""
        number = list(self._windows).index(window_key(leaf))
        return WindowSql(
            None if leaf.within.step is Step.EVER else self._parameter(f"after_{number}"),
            self._parameter(f"until_{number}"),
        )

    def legal(self, rule: str) -> str:
        """A legal day, as a parameter."""
        return self._parameter(f"legal_{self._rules.index(rule)}")

    def _parameter(self, name: str) -> str:
        return f"{self.dialect.marker}{name}"

    def parameters(self, as_of: date, used_on: date | None = None) -> Parameters:
        """The values of one day; a query may use fewer of them. used_on: the day of use, the day read unless said."""
        values: Parameters = {"as_of": as_of, "cutoff": cutoff_micros(as_of)}
        used_on = as_of if used_on is None else used_on
        values |= {f"legal_{number}": legal_day(rule, used_on) for number, rule in enumerate(self._rules)}
        for number, leaf in enumerate(self._windows.values()):
            covered = leaf_bounds(leaf, as_of)
            values[f"until_{number}"] = covered.until
            if covered.after is not None:
                values[f"after_{number}"] = covered.after
        return values


class ManyDays:
    """Each spine row has a day of its own, and the ends of every window on that day in columns of its own.

    They stand in the spine and not in a second table, because a database that may choose joins records to days
    first, which pairs every record with every later day.
    frame: the columns of each day, to be joined to the spine by `as_of`.
    """

    as_of = "s.as_of"
    cutoff = "s.cutoff"

    def __init__(self, days: Sequence[date], leaves: Iterable[Feature], dialect: Dialect = DUCKDB) -> None:
        leaves = tuple(leaves)
        self.dialect = dialect
        self._windows, self._rules = _windows(leaves), _rules(leaves)
        ends = {
            f"legal_{number}": pl.Series([legal_day(rule, day) for day in days], dtype=pl.Date)
            for number, rule in enumerate(self._rules)
        }
        for number, leaf in enumerate(self._windows.values()):
            covered = [leaf_bounds(leaf, day) for day in days]
            ends[f"after_{number}"] = pl.Series([one.after for one in covered], dtype=pl.Date)
            ends[f"until_{number}"] = pl.Series([one.until for one in covered], dtype=pl.Date)
        self.frame = pl.DataFrame(
            {
                "as_of": pl.Series(days, dtype=pl.Date),
                "cutoff": pl.Series([cutoff_micros(day) for day in days], dtype=pl.Int64),
                **ends,
            }
        )

    def window(self, leaf: Feature) -> WindowSql:
        """The ends of a leaf's window, as columns of the spine."""
        number = list(self._windows).index(window_key(leaf))
        return WindowSql(None if leaf.within.step is Step.EVER else f"s.after_{number}", f"s.until_{number}")

    def legal(self, rule: str) -> str:
        """A legal day, as a column of the spine."""
        return f"s.legal_{self._rules.index(rule)}"


def _windows(leaves: Iterable[Feature]) -> dict[str, Feature]:
    """One leaf for each different window, numbered by its place."""
    return {window_key(leaf): leaf for leaf in leaves}


def _rules(leaves: Iterable[Feature], more: Iterable[str] = ()) -> tuple[str, ...]:
    """The rules of legal days that leaves need, each once, numbered by its place."""
    return tuple(dict.fromkeys((*(rule for leaf in leaves for rule in leaf_rules(leaf)), *more)))


def window_key(leaf: Feature) -> str:
    """Windows with equal keys have equal ends on every day: periods depend on the feed, the others do not."""
    feed = leaf.feed.code if leaf.within.step is Step.PERIODS else ""
    return f"{leaf.within.step}:{leaf.within.length}:{leaf.within.before}:{feed}"
