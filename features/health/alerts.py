"""What a day's measurements ask a person to look at: each alert one sentence with its figure and its limit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from features.definitions.library import find_feature
from features.engine.algebra import Kind, leaves
from features.health.day_files import read_day_file, write_day
from features.health.drift import MOVED
from features.health.feature_days import FeatureDay
from features.health.feed_days import FeedDay
from features.lake.locking import alone

MODELS = "models"
"""The origin of alerts about models in service, which the layer above keeps beside these."""
ANSWERS = "answers"
"""The origin of alerts about answers that were refused where one was due."""
FILES = "files"
"""The origin of alerts about delivered files that could not be landed."""
MISSING_ROSE = 0.10
"""A missing rate that rose by more than ten points since the baseline."""
_COUNTED_TO_TODAY = (Kind.DAYS_SINCE_LAST, Kind.DAYS_SINCE_FIRST)
LATE_SHARE = 0.25
"""One row in twenty comes late by the contract's own profile; a quarter is a department in trouble."""


@dataclass(frozen=True)
class Alert:
    """subject: a feature's name, a feed's code, a model's name, a delivered file's, or `lake`.

    code: drift | missing | category | stale | late | volume | stopped | failed | expired, and what layers above call
    theirs.
    """

    subject: str
    code: str
    text: str


def alerts(features: Iterable[FeatureDay], feeds: Iterable[FeedDay]) -> list[Alert]:
    """Everything out of the ordinary, feeds first: a broken feed explains the features made of it."""
    found = [alert for day in feeds for alert in _of_feed(day)]
    return found + [alert for day in features for alert in _of_feature(day)]


def stop_alerts(stops: Mapping[str, str]) -> list[Alert]:
    """Every feed that has stopped, by why: it lands nothing until somebody acts."""
    act = "Ask its publisher for rows in the agreed columns, or let it go on with: bureau feeds resume"
    return [Alert(feed, "stopped", f"nothing lands since {why} {act} {feed}") for feed, why in stops.items()]


def file_alerts(failed: Mapping[str, str]) -> list[Alert]:
    """Every delivered file whose landing failed, by why: it says nothing of the file, which is not refused for it."""
    act = "It lies in the inbox and is tried again with each day that is closed."
    return [Alert(name, "failed", f"{why} {act}") for name, why in failed.items()]


def term_alerts(over: Mapping[str, int]) -> list[Alert]:
    """How many records of each feed are over their term on the day measured.

    What is computed as of an earlier day, on which they were in their term, still reads them. No step archives them by
    itself: an erasure cannot be undone, rests on a ground somebody states, and is decided by a person where a record is
    under objection, review or suit.
    """
    if not over:
        return []
    records = f"{sum(over.values()):,} records of {len(over)} feeds are over their term"
    read = "only features and training sets of earlier days still read them"
    return [
        Alert("lake", "expired", f"{records}; {read}. Take them out with: bureau feeds archive --all --basis GROUND")
    ]


def keep_alerts(folder: Path, origin: str, day: date, told: Sequence[Alert]) -> None:
    """Keep what a higher layer asks a person to look at, by its origin; told again, a day's are replaced."""
    write_day(folder, f"alerts-{origin}", day, [asdict(alert) for alert in told])


def kept_alerts(folder: Path, origin: str, day: date) -> list[Alert]:
    """What was kept of an origin on a day; nothing where nothing was."""
    return [Alert(**row) for row in read_day_file(folder, f"alerts-{origin}", day)]


def add_alert(folder: Path, origin: str, day: date, alert: Alert) -> None:
    """Keep one alert beside those of its origin and day, unless its subject has one of its code already.

    Processes that answer at once may all meet the same fault: the first one's words stand.
    """
    if _is_told(folder, origin, day, alert):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / f".{origin}.lock"):
        if not _is_told(folder, origin, day, alert):
            keep_alerts(folder, origin, day, [*kept_alerts(folder, origin, day), alert])


def _is_told(folder: Path, origin: str, day: date, alert: Alert) -> bool:
    return any((one.subject, one.code) == (alert.subject, alert.code) for one in kept_alerts(folder, origin, day))


def follows_calendar(feature: str) -> bool:
    """Whether a feature counts days up to the day read: the whole city moves with every day that nothing comes."""
    return any(leaf.take.kind in _COUNTED_TO_TODAY for leaf in leaves(find_feature(feature).definition))


def _of_feed(day: FeedDay) -> Iterable[Alert]:
    if day.is_stale:
        text = f"nothing has come for {day.silent_days} days; it is fresh for {day.fresh_for_days}: ask the department"
        yield Alert(day.feed, "stale", text)
    if day.late_share > LATE_SHARE:
        yield Alert(day.feed, "late", f"{day.late:,} of {day.rows:,} rows came after the deadline of the contract")
    if day.is_unusual:
        yield Alert(day.feed, "volume", f"{day.rows:,} rows came where {day.usual:,} are usual")
    for column, rows in day.unlisted:
        text = f"{rows:,} rows have a {column} outside the closed list of its features, to which it is unknown"
        yield Alert(day.feed, "category", text)


def _of_feature(day: FeatureDay) -> Iterable[Alert]:
    if day.psi >= MOVED and not follows_calendar(day.feature):
        yield Alert(day.feature, "drift", f"PSI {day.psi:.2f} since {day.baseline_day}; {MOVED} is another population")
    if day.missing_rate - day.baseline_missing_rate > MISSING_ROSE:
        rose = f"unknown for {day.missing_rate:.1%}, {day.baseline_missing_rate:.1%} on {day.baseline_day}"
        yield Alert(day.feature, "missing", rose)
    for category in day.new_categories:
        yield Alert(day.feature, "category", f"{category!r} is met for the first time")
