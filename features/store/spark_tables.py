"""Files of the lake as tables of a Spark session, each one partition that holds some buckets and nothing else."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.engine.spark.session import Session
from features.lake.layout import Reader

Frame = Any
"""A `pyspark.sql.DataFrame`."""

_TYPES = {
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INT",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.string(): "STRING",
    pa.large_string(): "STRING",
    pa.string_view(): "STRING",
}


class Tables:
    """Temporary views of one portion of the lake, each made once; several threads may ask."""

    def __init__(self, session: Session, buckets: int, wanted: range, enterprises: tuple[int, int]) -> None:
        """buckets: how many the lake has. wanted: which of them. enterprises: the first and last number wanted."""
        self._session, self._buckets, self._wanted, self._enterprises = session, buckets, wanted, enterprises
        self._names = (f"portion_{wanted.start}_{number}" for number in count())
        self._made: dict[tuple[Path, ...], str] = {}
        self._making = Lock()
        self.reader = Reader(self.view, "unix_date(event_date)")

    def may_hold(self, bucket: int | None) -> bool:
        """Whether a file can hold rows of the wanted buckets; bucket None: it holds rows of all."""
        return bucket is None or bucket in self._wanted

    def view(self, paths: Iterable[Path]) -> str:
        """The name of a view of the wanted rows of some files."""
        return self._view(tuple(paths), self._narrowed())

    def spine(self, path: Path) -> str:
        """The name of a view of a file that holds no more than is wanted, rows of nobody among them."""
        return self._view((path,), "TRUE")

    def _narrowed(self) -> str:
        first, last = self._enterprises
        between = f"enterprise_id BETWEEN {first} AND {last}"  # reaches the statistics of the files
        if len(self._wanted) == self._buckets:
            return between
        return f"{between} AND enterprise_id % {self._buckets} IN ({', '.join(map(str, self._wanted))})"

    def _view(self, paths: tuple[Path, ...], where: str) -> str:
        with self._making:
            if paths not in self._made:
                frame = self._session.read.schema(_columns(paths[0])).parquet(*map(str, paths)).where(where)
                self._made[paths] = next(self._names)
                # One partition is what lets the rest of the query do without an exchange.
                frame.coalesce(1).createOrReplaceTempView(self._made[paths])
            return self._made[paths]


def _columns(path: Path) -> str:
    """The columns of a file as Spark declares them: read here, or Spark would start a job to learn them."""
    return ", ".join(f"`{field.name}` {_TYPES[field.type]}" for field in pq.read_schema(path))
