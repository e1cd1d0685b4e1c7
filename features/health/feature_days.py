"""A day's features beside their baseline: missing rate, PSI and categories not seen before."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from features.definitions.entry import Entry
from features.definitions.library import definition_hash
from features.health.bins import Bins, Counted, count, make_baseline, read_baseline, write_baseline
from features.health.day_files import days_of, read_day_file, write_day
from features.health.drift import psi

BASELINE = "baseline.json"


@dataclass(frozen=True)
class FeatureDay:
    """psi: against the feature's baseline day. new_categories: of a closed list, met on this day for the first time."""

    feature: str
    day: date
    baseline_day: date
    rows: int
    missing: int
    missing_rate: float
    baseline_missing_rate: float
    psi: float
    new_categories: tuple[str, ...]
    counts: tuple[int, ...]


def measure_features(folder: Path, built: Sequence[Path], entries: Sequence[Entry], day: date) -> list[FeatureDay]:
    """Measure the built features of one day and keep the result in `folder`.

    built: Parquet files whose rows together are the city. The first day a definition is measured becomes its
    baseline; a changed definition starts anew.
    """
    kept = read_baseline(folder / BASELINE)
    new = [entry for entry in entries if not _is_same(kept.get(entry.name), entry)]
    if new:
        kept |= make_baseline(built, new, day)
        write_baseline(folder / BASELINE, kept)
    counted = count(built, entries, {name: bins.edges for name, bins in kept.items()})
    meeting = {entry.name: _meeting(entry, day, kept[entry.name], counted[entry.name]) for entry in entries}
    if any(bins != kept[name] for name, bins in meeting.items()):
        kept |= meeting
        write_baseline(folder / BASELINE, kept)
    measured = [_compare(entry, day, kept[entry.name], counted[entry.name]) for entry in entries]
    write_day(folder, "features", day, [asdict(one) for one in measured])
    return measured


def read_feature_days(folder: Path, day: date) -> list[FeatureDay]:
    """What was measured on a day; nothing where none was."""
    return [
        FeatureDay(
            **one
            | {name: date.fromisoformat(one[name]) for name in ("day", "baseline_day")}
            | {name: tuple(one[name]) for name in ("new_categories", "counts")}
        )
        for one in read_day_file(folder, "features", day)
    ]


def measured_days(folder: Path) -> list[date]:
    """The days features were measured on, oldest first."""
    return days_of(folder, "features")


def _is_same(bins: Bins | None, entry: Entry) -> bool:
    return bins is not None and bins.definition_hash == definition_hash([entry.name])


def _meeting(entry: Entry, day: date, bins: Bins, counted: Counted) -> Bins:
    """The bins, and since when categories are met that their day did not hold."""
    met = {category: first for category, first in bins.met if first != day}  # measured again, a day tells the same
    for category, before, now in zip(entry.categories, bins.counts, counted.counts, strict=False):
        if now and not before:
            met[category] = min(day, met.get(category, day))
    return replace(bins, met=tuple(met.items()))


def _compare(entry: Entry, day: date, bins: Bins, counted: Counted) -> FeatureDay:
    rows = sum(counted.counts) + counted.missing
    return FeatureDay(
        feature=entry.name,
        day=day,
        baseline_day=bins.day,
        rows=rows,
        missing=counted.missing,
        missing_rate=counted.missing / rows if rows else 0.0,
        baseline_missing_rate=bins.missing / bins.rows if bins.rows else 0.0,
        psi=psi(bins.counts, counted.counts),
        new_categories=tuple(category for category, first in bins.met if first == day),
        counts=counted.counts,
    )
