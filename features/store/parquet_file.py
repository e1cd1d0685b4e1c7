"""Feature tables as Parquet files: whole or not at all, with what they were computed from in the metadata."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from bureau.errors import UnreadableFile
from bureau.places import require_place


def check_writable(path: Path) -> None:
    """Raise `UnreadableFile` for a place no Parquet file can go, before long work and not after it."""
    require_place(path)
    if path.suffix.lower() in (".csv", ".json"):
        raise UnreadableFile(path, "features are written as Parquet; give the file a name ending in .parquet.")


def write_features(frame: pl.DataFrame, path: Path, stamp: dict[str, str]) -> None:
    """Write beside the place and rename. stamp: what the file's metadata says it was computed from."""
    check_writable(path)
    unfinished = path.with_name(f".{path.name}.unfinished")
    frame.write_parquet(unfinished, compression="zstd", metadata=stamp)
    unfinished.replace(path)


@contextmanager
def unfinished_folder(path: Path) -> Iterator[Path]:
    """An empty folder beside a place for what is not finished; it goes at the end, what a kill left of it first."""
    folder = path.with_name(f".{path.name}.parts")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
