"""Point-in-time training sets: each row as it could have been known on its own day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from bureau.clock import SHANGHAI, now, shanghai_day
from bureau.errors import ImpossibleDate, InvalidInput
from bureau.grant import ReadGrant
from features.contracts.quality import FIRST_DAY
from features.definitions.entry import Entry
from features.definitions.library import definition_hash, find_feature, law_hash
from features.engine.day_sql import cutoff_micros
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.store.computation import compute, compute_portions
from features.store.marked import MarkedInput, MarkedReading, row_mark_stamp
from features.store.parquet_file import check_writable, unfinished_folder
from features.store.permission import permit
from features.store.row_order import STRETCH, in_order
from features.store.staleness import StaleInput, stale_inputs, stale_stamp
from features.store.subjects import known_since, numbers_of

_CUTOFFS = {"as_of": pl.Date, "cutoff": pl.Int64}


@dataclass(frozen=True)
class TrainingFacts:
    """What a training set says of itself.

    definition_hash: what the features computed. law_hash: of the law by which records were used. snapshot: the state of
    the lake they were read from.
    unknown: rows whose subject nobody knew on their day; their features are null.
    stale: feeds that were silent too long on some of the days. marked: by a row's place the records under objection,
    review or suit that entered its features.
    """

    definition_hash: str
    law_hash: str
    snapshot: int
    unknown: int
    stale: tuple[StaleInput, ...]
    marked: Mapping[int, tuple[MarkedInput, ...]]

    @property
    def stamp(self) -> dict[str, str]:
        """What the metadata of its file says: hashes, snapshot, stale feeds and marks."""
        hashes = {"definition_hash": self.definition_hash, "law_hash": self.law_hash}
        return hashes | {"snapshot": str(self.snapshot)} | stale_stamp(self.stale) | row_mark_stamp(self.marked)


@dataclass(frozen=True)
class TrainingSet(TrainingFacts):
    """frame: the labels' rows in their order with all their columns, then one column per feature."""

    frame: pl.DataFrame


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
    entries = _permitted(names, grant)
    snapshot = lake.snapshot() if snapshot is None else snapshot
    rows = _rows(lake, labels, entries, snapshot)
    values = compute(lake, entries, snapshot, rows, engine)
    return TrainingSet(**vars(_facts(lake, entries, rows, grant, snapshot)), frame=labels.hstack(values))


def write_training_set(
    lake: Lake,
    labels: pl.DataFrame,
    names: Iterable[str],
    grant: ReadGrant,
    out: Path,
    engine: Engine = Engine.KERNEL,
) -> TrainingFacts:
    """Write the frame of `training_set` as Parquet, whole or not at all; its facts stand in the file's metadata.

    By the kernel memory holds the labels and some ten thousand rows of features, however many rows there are. The other
    executions read the lake once for all rows, and hold them all.
    """
    check_writable(out)
    entries, snapshot = _permitted(names, grant), lake.snapshot()
    rows = _rows(lake, labels, entries, snapshot)
    facts = _facts(lake, entries, rows, grant, snapshot)
    with unfinished_folder(out) as folder:
        frames = _ordered_values(lake, entries, snapshot, rows, engine, folder)
        _write(labels, frames, folder / out.name, _schema(labels, entries).with_metadata(facts.stamp))
        (folder / out.name).replace(out)
    return facts


def _ordered_values(
    lake: Lake, entries: list[Entry], snapshot: int, rows: pl.DataFrame, engine: Engine, folder: Path
) -> Iterator[pl.DataFrame]:
    """The features of all rows in their order: a stretch a frame where the kernel computes many, else at once."""
    if engine is not Engine.KERNEL or rows.height <= STRETCH:
        return iter([compute(lake, entries, snapshot, rows, engine)])
    portions = compute_portions(lake, entries, snapshot, rows, None, once=False)
    return in_order(portions, rows.height, folder)


def _write(labels: pl.DataFrame, frames: Iterator[pl.DataFrame], path: Path, schema: pa.Schema) -> None:
    """Write the labels with the frames beside them, which together have a row for each."""
    start = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for values in frames:
            rows = labels.slice(start, values.height).hstack(values)
            writer.write_table(rows.to_arrow().cast(schema), row_group_size=STRETCH)
            start += values.height
            del values, rows  # no two stretches are held


def _schema(labels: pl.DataFrame, entries: list[Entry]) -> pa.Schema:
    """The columns of a training set as Parquet has them."""
    features = {entry.name: pl.Enum(entry.categories) if entry.categories else pl.Float64() for entry in entries}
    return pl.DataFrame(schema={**labels.schema, **features}).to_arrow().schema


def _permitted(names: Iterable[str], grant: ReadGrant) -> list[Entry]:
    entries = [find_feature(name) for name in names]
    permit(grant, entries)
    return entries


def _facts(lake: Lake, entries: list[Entry], rows: pl.DataFrame, grant: ReadGrant, snapshot: int) -> TrainingFacts:
    """What is said of the features of some rows. rows: as `_rows` gives them."""
    days = rows["as_of"].unique().to_list()
    cutoffs = pl.DataFrame({"as_of": days, "cutoff": map(cutoff_micros, days)}, schema=_CUTOFFS)
    seen = rows.join(cutoffs, on="as_of").filter(pl.col("enterprise_known_from") < pl.col("cutoff"))
    names = tuple(entry.name for entry in entries)
    return TrainingFacts(
        definition_hash=definition_hash(names),
        law_hash=law_hash(names),
        snapshot=snapshot,
        unknown=rows.height - seen.height,
        stale=stale_inputs(lake, entries, days, snapshot),
        marked=MarkedReading(lake, names, grant, snapshot).of_rows(rows),
    )


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
