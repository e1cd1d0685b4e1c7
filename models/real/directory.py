"""Where the files of real outcomes lie: by name, anywhere under a directory."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bureau.errors import UnreadableFile


@dataclass(frozen=True)
class RealDirectory:
    """A directory of files; the same names in another directory are other rows of the same sets."""

    root: Path

    def __post_init__(self) -> None:
        if not self.root.is_dir():
            raise UnreadableFile(self.root, "there is no such directory; name the one that holds the sets' files.")

    def find(self, name: str) -> Path | None:
        """The file of a name; None where there is none."""
        return next(iter(sorted(self.root.rglob(f"{name}.parquet"))), None)

    def read(self, name: str) -> pl.DataFrame | None:
        """The rows of a file; None where there is none. Raises `UnreadableFile`."""
        path = self.find(name)
        if path is None:
            return None
        try:
            return pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as problem:
            raise UnreadableFile(path, "this is not a Parquet file that can be read; copy it again.") from problem
