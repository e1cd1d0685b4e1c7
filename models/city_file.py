"""One file of the whole city's scores, with exact reasons, in a work that goes on after a kill."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq

from bureau.errors import UnreadableFile
from bureau.grant import ReadGrant
from bureau.progress import Tell
from features.lake.lake import Lake
from features.store.city_build import CityBuild, remaining_portions
from models.city_scores import caveats_of, is_scored, score_rows, write_part
from models.file_scores import check_place
from models.scoring import ScoringModel


def check_city_place(out: Path) -> None:
    """Raise `UnreadableFile` for a place no Parquet file can go, before long work and not after it."""
    check_place(out)
    if out.suffix.lower() == ".csv":
        raise UnreadableFile(out, "a city's scores are written as Parquet; give the file a name ending in .parquet.")


def write_city_scores(
    lake: Lake, model: ScoringModel, wanted: CityBuild, grant: ReadGrant, out: Path, tell: Tell | None = None
) -> int:
    """Score every enterprise known on the day of a build of the model's features into `out`. Returns the rows.

    Portions that are done lie beside `out` until all are, so that the same command goes on after a kill; those of
    another model, day or state of the lake are done anew. Memory does not grow with the city.
    """
    check_city_place(out)
    folder = out.with_name(f".{out.name}.parts")
    caveats = caveats_of(lake, model, wanted, grant)
    for number, frame in remaining_portions(lake, wanted, grant, lambda n: is_scored(_part(folder, n), caveats), tell):
        write_part(score_rows(model, frame, caveats), _part(folder, number), caveats)
    parts = [path for path in sorted(folder.glob("part-*.parquet")) if is_scored(path, caveats)]
    rows = _join(parts, out, caveats.stamp)
    shutil.rmtree(folder)
    return rows


def _part(folder: Path, number: int) -> Path:
    return folder / f"part-{number:04d}.parquet"


def _join(parts: list[Path], out: Path, stamp: dict[str, str]) -> int:
    """The parts as one file, whole or not at all, a part in memory at a time."""
    unfinished = out.with_name(f".{out.name}.unfinished")
    schema = pq.read_schema(parts[0]).with_metadata(stamp)
    with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        for part in parts:
            writer.write_table(pq.read_table(part).replace_schema_metadata(stamp))
    unfinished.replace(out)
    return int(pq.read_metadata(out).num_rows)
