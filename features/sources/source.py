"""What a source hands over, and which source a home holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from bureau.durability import replace_file
from bureau.errors import SourceConflict, UnreadableFile


@dataclass
class Pace:
    """What generating has taken so far. seconds: of all cores, in the processes that draw, without writing."""

    rows: int = 0
    seconds: float = 0.0

    def add(self, rows: int, seconds: float) -> None:
        """Count more rows and what they took."""
        self.rows += rows
        self.seconds += seconds

    def rows_a_second(self, cores: int) -> float:
        """On so many cores that do nothing else."""
        return self.rows / self.seconds * cores if self.seconds else 0.0


@dataclass(frozen=True)
class SourceWritten:
    """The deliveries of a source, in the order they must land, the last day they speak of, and how many they are.

    paths: may be written only when the next one is asked for, so that each can land before all are there.
    pace: of a source that generates; grows with the paths that were asked for.
    """

    paths: Iterator[Path]
    last_day: date
    count: int
    pace: Pace | None = None


class Verdict(StrEnum):
    """What a check came to. Within noise: beyond its target, by no more than so few records leave to chance."""

    MET = "met"
    WITHIN_NOISE = "within noise"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Check:
    """One thing that must be so of a home's records, whether it is, and the figures behind the answer.

    target: the figure it is held against, where it is one. room: how far chance may carry what was found.
    note: what would decide or measure it, or why it is missed. accepted: missed for a reason that is known.
    """

    rule: str
    verdict: Verdict
    found: str
    target: str = ""
    room: str = ""
    note: str = ""
    accepted: bool = False

    @property
    def fails(self) -> bool:
        """Missed, and nobody knows why."""
        return self.verdict is Verdict.MISSED and not self.accepted


def plain_check(rule: str, holds: bool, found: str, target: str = "") -> Check:
    """Of a thing that is so or is not; chance has no part in it."""
    return Check(rule, Verdict.MET if holds else Verdict.MISSED, found, target)


@dataclass(frozen=True)
class HomeSource:
    """The one source of a home, and the last day its records speak of."""

    source: str
    last_day: date


def read_source(home: Path) -> HomeSource | None:
    """The source a home holds; None before the first load."""
    path = home / "source.json"
    if not path.exists():
        return None
    try:
        stored = json.loads(path.read_text("utf-8"))
        return HomeSource(stored["source"], date.fromisoformat(stored["last_day"]))
    except (ValueError, KeyError, TypeError) as problem:
        raise UnreadableFile(path, "it should name a source and its last day; delete it and load again.") from problem


def require_source(home: Path, name: str) -> None:
    """Raise `SourceConflict` where the home already holds another source."""
    present = read_source(home)
    if present is not None and present.source != name:
        raise SourceConflict(present.source, name)


def claim_source(home: Path, name: str, last_day: date) -> HomeSource:
    """Bind a home to a source; its last day only moves forward. Raises `SourceConflict`."""
    require_source(home, name)
    present = read_source(home)
    claimed = HomeSource(name, max(last_day, present.last_day) if present else last_day)
    home.mkdir(parents=True, exist_ok=True)
    told = {"source": claimed.source, "last_day": claimed.last_day.isoformat()}
    replace_file(home / "source.json", json.dumps(told).encode())
    return claimed
