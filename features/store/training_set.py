"""Point-in-time training sets: each row as it could have been known on its own day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from bureau.clock import SHANGHAI, now, shanghai_day
from bureau.errors import ImpossibleDate, InvalidInput
from bureau.grant import ReadGrant
from features.contracts.quality import FIRST_DAY
from features.definitions.entry import Entry
from features.definitions.library import definition_hash, find_feature
from features.engine.day_sql import cutoff_micros
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.store.computation import compute, compute_portions
from features.store.marked import MarkedInput, MarkedReading, row_mark_stamp
from features.store.parquet_file import write_features
from features.store.permission import permit
from features.store.staleness import StaleInput, stale_inputs, stale_stamp
from features.store.subjects import known_since, numbers_of

_CUTOFFS = {"as_of": pl.Date, "cutoff": pl.Int64}


@dataclass(frozen=True)
class TrainingSet:
    """frame: the labels' rows in their order with all their columns, then one column per feature.

    definition_hash: what the features computed. snapshot: the state of the lake they were read from.
    unknown: rows whose subject nobody knew on their day; their features are null.
    stale: feeds that were silent too long on some of the days. marked: by a row's place the records under objection,
    review or suit that entered its features.
    """

    frame: pl.DataFrame
    definition_hash: str
    snapshot: int
    unknown: int
    stale: tuple[StaleInput, ...] = ()
    marked: Mapping[int, tuple[MarkedInput, ...]] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write Parquet whole or not at all; hash, snapshot, stale feeds and marks stand in the file's metadata."""
        stamp = {"definition_hash": self.definition_hash, "snapshot": str(self.snapshot)}
        write_features(self.frame, path, stamp | stale_stamp(self.stale) | row_mark_stamp(self.marked))


def training_set(
    lake: Lake,
    labels: pl.DataFrame,
    names: Iterable[str],
    grant: ReadGrant,
    snapshot: int | None = None,
    engine: Engine = Engine.KERNEL,
) -> TrainingSet:
    """Features of each row's `subject` (code or outside key) as of its `as_of` day.

    A subject nobody knew on that day keeps its row with nulls. Raises `InvalidInput` for a missing column or one
    with the name of a feature, and what `label_days` does.
    """
    entries = [find_feature(name) for name in names]
    permit(grant, entries)
    snapshot = lake.snapshot() if snapshot is None else snapshot
    known = _rows(lake, labels, entries, snapshot)
    values = compute(lake, entries, snapshot, known, engine)
    days = known["as_of"].unique().to_list()
    cutoffs = pl.DataFrame({"as_of": days, "cutoff": map(cutoff_micros, days)}, schema=_CUTOFFS)
    seen = known.join(cutoffs, on="as_of").filter(pl.col("enterprise_known_from") < pl.col("cutoff"))
    unknown = known.height - seen.height
    stale = stale_inputs(lake, entries, days, snapshot)
    names = tuple(entry.name for entry in entries)
    marked = MarkedReading(lake, names, grant, snapshot).of_rows(known)
    return TrainingSet(labels.hstack(values), definition_hash(names), snapshot, unknown, stale, marked)


def training_portions(
    lake: Lake, labels: pl.DataFrame, names: Iterable[str], grant: ReadGrant, snapshot: int | None = None
) -> Iterator[pl.DataFrame]:
    """The rows of `training_set` by the kernel, some thousand at a time, bucket by bucket, and not in their order."""
    entries = [find_feature(name) for name in names]
    permit(grant, entries)
    snapshot = lake.snapshot() if snapshot is None else snapshot
    rows = _rows(lake, labels, entries, snapshot)
    for portion in compute_portions(lake, entries, snapshot, rows, None, once=False):
        yield labels[portion.places].hstack(portion.values)


def _rows(lake: Lake, labels: pl.DataFrame, entries: list[Entry], snapshot: int) -> pl.DataFrame:
    """What is to be computed for each label: `enterprise_id`, `as_of`, `enterprise_known_from`."""
    _check_columns(labels, entries)
    as_of = label_days(labels["as_of"])
    subjects = numbers_of(lake, labels["subject"].cast(pl.String))
    rows = pl.DataFrame({"enterprise_id": subjects, "as_of": as_of})
    return rows.join(known_since(lake, snapshot), on="enterprise_id", how="left", maintain_order="left")


def label_days(column: pl.Series) -> pl.Series:
    """The days of a column of dates, instants or texts YYYY-MM-DD; raises `ImpossibleDate` at the first other.

    An instant with a zone is of the day it falls on in Shanghai, one without of the day it names. Raises `InvalidInput`
    for a day before `FIRST_DAY` or one that has not come yet.
    """
    parsed = _parsed(column)
    if (wrong := parsed.is_null().arg_true()).len():
        raise ImpossibleDate(str(column[wrong[0]] or ""), f"as_of in row {wrong[0] + 1:,}")
    if (early := (parsed < FIRST_DAY).arg_true()).len():
        day, row = parsed.cast(pl.String)[early[0]], early[0] + 1
        raise InvalidInput(
            f"as_of in row {row:,} is {day}, and no record lies before {FIRST_DAY}. Give a day since then."
        )
    if (late := (parsed > (today := shanghai_day(now()))).arg_true()).len():
        day, row = parsed.cast(pl.String)[late[0]], late[0] + 1
        raise InvalidInput(f"as_of in row {row:,} is {day}, which has not come yet. Give days up to {today}.")
    return parsed


def _parsed(column: pl.Series) -> pl.Series:
    """The days of a column, null for what is none."""
    if column.dtype == pl.String:
        return column.str.strip_chars().str.to_date("%Y-%m-%d", strict=False)
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return (utc + SHANGHAI.utcoffset(None)).dt.date()
    if column.dtype in (pl.Date, pl.Datetime):
        return column.cast(pl.Date)
    return pl.Series([None] * len(column), dtype=pl.Date)


def _check_columns(labels: pl.DataFrame, entries: list[Entry]) -> None:
    for needed in ("subject", "as_of"):
        if needed not in labels.columns:
            listing = ", ".join(labels.columns)
            raise InvalidInput(f"Labels need the columns subject and as_of; {needed} is missing among {listing}.")
    taken = [entry.name for entry in entries if entry.name in labels.columns]
    if taken:
        raise InvalidInput(f"The labels have a column {taken[0]!r} already, which is a feature's name: rename it.")
