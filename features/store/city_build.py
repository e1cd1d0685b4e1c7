"""Features of the whole city as of one day, portion by portion, so that memory does not grow with the city."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from bureau.grant import ReadGrant
from bureau.progress import Tell
from features.definitions.library import definition_hash, find_feature, law_hash
from features.engine.day_sql import cutoff_micros
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.lake.registry import codes
from features.store.computation import compute, compute_portions
from features.store.marked import MarkedInput, MarkedReading, mark_stamp, marked_among
from features.store.parquet_file import check_writable, write_features
from features.store.permission import permit
from features.store.staleness import StaleInput, stale_inputs, stale_stamp
from features.store.subjects import known_since

PORTION = 50_000
"""Enterprises computed at once: 620 features of them are 250 MB."""
ROW_GROUP = 32_768
"""Rows written together: fewer would make the file's own directory long."""


@dataclass(frozen=True)
class CityBuild:
    """What is wanted of the city: which features, as of which day, under which law, from which state of the lake."""

    names: tuple[str, ...]
    as_of: date
    snapshot: int
    used_on: date | None = None
    engine: Engine = Engine.KERNEL

    @property
    def stamp(self) -> dict[str, str]:
        """What a file of this build says of itself."""
        used_on = self.used_on or self.as_of
        return {
            "definition_hash": definition_hash(self.names),
            "law_hash": law_hash(self.names),
            "snapshot": str(self.snapshot),
            "as_of": self.as_of.isoformat(),
            "used_on": used_on.isoformat(),
        }


def stale_of(lake: Lake, wanted: CityBuild) -> tuple[StaleInput, ...]:
    """The feeds a build reads that were silent too long on its day."""
    return stale_inputs(lake, map(find_feature, wanted.names), (wanted.as_of,), wanted.snapshot)


def marked_of(lake: Lake, wanted: CityBuild, grant: ReadGrant) -> tuple[MarkedInput, ...]:
    """The records under objection, review or suit that enter a build, by enterprise."""
    return MarkedReading(lake, wanted.names, grant, wanted.snapshot, wanted.used_on).of_city(wanted.as_of)


def portions(lake: Lake, wanted: CityBuild, grant: ReadGrant, tell: Tell | None = None) -> Iterator[pl.DataFrame]:
    """Frames of `PORTION` enterprises, by number: `enterprise_id`, `uscc`, one column per feature.

    One frame at least, so that a city nobody knows has its columns. Raises `FieldNotGranted` before anything is read.
    """
    city = _city(lake, wanted, grant)
    for start in _starts(city):
        yield _portion(lake, wanted, city, start, tell)


def remaining_portions(
    lake: Lake, wanted: CityBuild, grant: ReadGrant, is_done: Callable[[int], bool], tell: Tell | None = None
) -> Iterator[tuple[int, pl.DataFrame]]:
    """The frames of `portions` with their numbers, without those that are done: for work that goes on after a kill."""
    city = _city(lake, wanted, grant)
    for number, start in enumerate(_starts(city)):
        if not is_done(number):
            yield number, _portion(lake, wanted, city, start, tell)


def passing_portions(
    lake: Lake, wanted: CityBuild, grant: ReadGrant, tell: Tell | None = None
) -> Iterator[pl.DataFrame]:
    """The rows of `portions` by the kernel, some thousand at a time, in the order in which it comes by them.

    Hot files that are there are used, and none are made: each record is read once.
    """
    city, done = _city(lake, wanted, grant), 0
    entries = [find_feature(name) for name in wanted.names]
    rows = city.select("enterprise_id", "enterprise_known_from", as_of=pl.lit(wanted.as_of))
    named = city.select("enterprise_id", "uscc")
    for portion in compute_portions(lake, entries, wanted.snapshot, rows, wanted.used_on, once=True):
        done += len(portion.places)
        if tell:
            tell(f"{done:,} of {city.height:,} enterprises", done / city.height)
        yield named[portion.places].hstack(portion.values)


def write_city(lake: Lake, wanted: CityBuild, grant: ReadGrant, out: Path, tell: Tell | None = None) -> int:
    """Write the city into one Parquet file, whole or not at all; returns its enterprises.

    A large city's stand as they are computed, bucket by bucket; `enterprise_id` says which is which.
    """
    check_writable(out)
    unfinished = out.with_name(f".{out.name}.unfinished")
    given = passing_portions if wanted.engine is Engine.KERNEL else portions
    frames = _gathered(given(lake, wanted, grant, tell))
    first = next(frames, None)
    if first is None:  # nobody is known that day
        frames = portions(lake, wanted, grant, tell)
        first = next(frames)
    stamp = wanted.stamp | stale_stamp(stale_of(lake, wanted)) | mark_stamp(marked_of(lake, wanted, grant))
    schema = first.to_arrow().schema.with_metadata(stamp)
    with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        rows = _write(writer, first) + sum(_write(writer, frame) for frame in frames)
    unfinished.replace(out)
    return rows


def write_parts(lake: Lake, wanted: CityBuild, grant: ReadGrant, folder: Path, tell: Tell | None = None) -> list[Path]:
    """Write the city into one file a portion. Killed and begun again it goes on: parts of the same build stay."""
    folder.mkdir(parents=True, exist_ok=True)
    city, stamp = _city(lake, wanted, grant), wanted.stamp | stale_stamp(stale_of(lake, wanted))
    marked = marked_of(lake, wanted, grant)
    paths = []
    for start in _starts(city):
        path = folder / f"part-{start // PORTION:04d}.parquet"
        if not _is_part_of(path, wanted):
            part = _portion(lake, wanted, city, start, tell)
            write_features(part, path, stamp | mark_stamp(marked_among(marked, part["enterprise_id"])))
        paths.append(path)
    for path in set(folder.glob("part-*.parquet")) - set(paths):  # of an earlier, larger build
        path.unlink()
    return paths


def is_built(wanted: CityBuild, folder: Path) -> bool:
    """Whether a folder holds parts, and all of this build."""
    parts = built_parts(folder)
    return bool(parts) and all(_is_part_of(path, wanted) for path in parts)


def built_parts(folder: Path) -> list[Path]:
    """The parts of a built day, in the order of the enterprises."""
    return sorted(folder.glob("part-*.parquet"))


def snapshot_of(built: Sequence[Path]) -> int:
    """The state of the lake that the parts of a built day were read from."""
    return int(pl.read_parquet_metadata(built[0])["snapshot"])


def _city(lake: Lake, wanted: CityBuild, grant: ReadGrant) -> pl.DataFrame:
    permit(grant, map(find_feature, wanted.names))
    known = known_since(lake, wanted.snapshot)
    known = known.filter(pl.col("enterprise_known_from") < cutoff_micros(wanted.as_of))
    return codes(lake, wanted.snapshot).join(known, on="enterprise_id", maintain_order="left")


def _starts(city: pl.DataFrame) -> range:
    return range(0, max(city.height, 1), PORTION)


def _portion(lake: Lake, wanted: CityBuild, city: pl.DataFrame, start: int, tell: Tell | None) -> pl.DataFrame:
    part = city.slice(start, PORTION)
    entries = [find_feature(name) for name in wanted.names]
    rows = part.select("enterprise_id", "enterprise_known_from", as_of=pl.lit(wanted.as_of))
    values = compute(lake, entries, wanted.snapshot, rows, wanted.engine, wanted.used_on)
    if tell:
        done = start + part.height
        tell(f"{done:,} of {city.height:,} enterprises", done / max(city.height, 1))
    return part.select("enterprise_id", "uscc").hstack(values)


def _gathered(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Consecutive frames as one, so that each but the last has `ROW_GROUP` rows at least."""
    waiting: list[pl.DataFrame] = []
    for frame in frames:
        waiting.append(frame)
        if sum(each.height for each in waiting) >= ROW_GROUP:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


def _write(writer: pq.ParquetWriter, frame: pl.DataFrame) -> int:
    writer.write_table(frame.to_arrow().cast(writer.schema))
    return frame.height


def _is_part_of(path: Path, wanted: CityBuild) -> bool:
    if not path.exists():
        return False
    return wanted.stamp.items() <= pl.read_parquet_metadata(path).items()
