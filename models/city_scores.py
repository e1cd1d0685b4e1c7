"""Scores of the whole city as of one day with their exact reasons and caveats, part by part from built features."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from features.lake.marks import RecordMark
from features.store.city_build import CityBuild, marked_of, stale_of
from features.store.staleness import stale_stamp
from models.file_scores import listed
from models.many_scores import score_frame
from models.scoring import ScoringModel

_PORTION = 25_000
"""Rows scored at once: their matrix and contributions stay small whatever the city's size."""
_THREADS = 2
"""The trees are walked and numbers sorted outside Python's lock, so two portions at a time take little over half."""


@dataclass(frozen=True)
class Caveats:
    """What the scores of a day say beside themselves, looked up once for all their parts.

    stamp: of a file's metadata, what it was made from and the feeds silent too long (`features.store.staleness`).
    marks: by enterprise its cell of the column `marks`; those without a mark are left out.
    """

    stamp: dict[str, str]
    marks: Mapping[int, str]


def caveats_of(lake: Lake, model: ScoringModel, wanted: CityBuild, grant: ReadGrant) -> Caveats:
    """What a model's scores of a build must say; of the build's features only the model's count."""
    read = replace(wanted, names=model.features)
    marks: dict[int, list[RecordMark]] = {}
    for one in marked_of(lake, read, grant):
        marks.setdefault(one.enterprise_id, []).append(one.mark)
    stamp = _stamp_of(model, wanted) | stale_stamp(stale_of(lake, read))
    return Caveats(stamp, {number: listed(of_one) for number, of_one in marks.items()})


def score_part(model: ScoringModel, built: Path, out: Path, caveats: Caveats) -> int:
    """Score one part of the built features, as `score_rows` does, into a file of its own. Returns its rows.

    Written whole or not at all; a part that is there already, of this model and build, is not scored again.
    """
    if is_scored(out, caveats):
        return int(pl.scan_parquet(out).select(pl.len()).collect().item())
    result = score_rows(model, pl.read_parquet(built, columns=["enterprise_id", "uscc", *model.features]), caveats)
    write_part(result, out, caveats)
    return result.height


def score_city(model: ScoringModel, built: Sequence[Path], folder: Path, caveats: Caveats) -> int:
    """Score every part of a built day into `folder`, under the names of the parts. Returns the rows."""
    rows = sum(score_part(model, part, folder / part.name, caveats) for part in built)
    for path in {*folder.glob("part-*.parquet")} - {folder / part.name for part in built}:  # of a larger build before
        path.unlink()
    return rows


def is_city_scored(model: ScoringModel, built: Sequence[Path], folder: Path, wanted: CityBuild) -> bool:
    """Whether a folder holds the scores of every part of a build, by this version."""
    stamp = _stamp_of(model, wanted)
    return all(_says(folder / part.name, stamp) for part in built)


def score_rows(model: ScoringModel, frame: pl.DataFrame, caveats: Caveats) -> pl.DataFrame:
    """`enterprise_id`, `uscc`, what `score_frame` says and `marks` (JSON) of every row of built features.

    Raises `ContributionsDisagree` where one row's reasons do not add up.
    """
    portions = list(frame.iter_slices(_PORTION)) or [frame]
    with ThreadPoolExecutor(_THREADS) as threads:
        scored = list(threads.map(lambda portion: score_frame(model, portion), portions))
    unmarked = listed(())
    marks = pl.Series("marks", [caveats.marks.get(n, unmarked) for n in frame["enterprise_id"]], pl.String)
    return frame.select("enterprise_id", "uscc").hstack(pl.concat(scored)).with_columns(marks)


def is_scored(path: Path, caveats: Caveats) -> bool:
    """Whether a part is there and of this model, day and state of the lake."""
    return _says(path, caveats.stamp)


def write_part(frame: pl.DataFrame, out: Path, caveats: Caveats) -> None:
    """Write beside the place and rename."""
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_suffix(".unfinished")
    frame.write_parquet(unfinished, compression="zstd", metadata=caveats.stamp)
    unfinished.replace(out)


def _stamp_of(model: ScoringModel, wanted: CityBuild) -> dict[str, str]:
    """Which model scored what; of the build's features only the model's count."""
    return replace(wanted, names=model.features).stamp | {"model": model.name, "version": model.version}


def _says(path: Path, stamp: Mapping[str, str]) -> bool:
    """Whether a file is there and says this of itself."""
    return path.exists() and stamp.items() <= pl.read_parquet_metadata(path).items()
