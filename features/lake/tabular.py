"""Files as departments send them: Parquet, or CSV in UTF-8 or GB 18030, read by portions or refused in a sentence."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from bureau.errors import UnreadableFile
from features.lake.short_lines import as_lines_say

_ASCII = bytes(range(128))
_LOST = "\N{REPLACEMENT CHARACTER}"
_LOST_AT_MOST = 0.01
"""Of the bytes of a text, what may be lost of it; with more it was written in no such encoding."""
_CUT_SHORT = "it starts as Parquet and cannot be read as such; it may be cut short."


@dataclass(frozen=True)
class Table:
    """A file with rows and named columns. typed: whether its columns have types; the cells of a CSV are text.

    held: the rows where they are in memory already, None where the file gives them portion by portion.
    names: what some columns are called here, by what they are called in the file.
    """

    path: Path
    sha256: str
    rows: int
    schema: pl.Schema
    typed: bool
    held: pl.DataFrame | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def frame(self) -> pl.DataFrame:
        """All rows at once."""
        return pl.concat(self.portions(max(self.rows, 1)))

    def portions(self, rows: int) -> Iterator[pl.DataFrame]:
        """All rows, so many at a time; a table without any gives one empty portion."""
        if self.rows == 0:
            yield pl.DataFrame(schema=self.schema)
        elif self.held is not None:
            yield from self.held.iter_slices(rows)
        else:
            yield from _read_portions(self, rows)

    def renamed(self, names: Mapping[str, str]) -> "Table":
        """The same with some columns under other names. names: the new ones by those it has."""
        schema = pl.Schema({names.get(name, name): dtype for name, dtype in self.schema.items()})
        held = None if self.held is None else self.held.rename(names)
        return replace(self, schema=schema, held=held, names=names)


def open_table(path: Path, promised: str | None = None) -> Table:
    """The table of a file. Raises `UnreadableFile` for what is missing, empty, a pipe, or neither Parquet nor CSV.

    promised: the SHA-256 its sidecar names. A file that has another is not parsed: what was damaged on the way can
    say anything.
    """
    if not path.exists():
        raise UnreadableFile(path, "there is no such file.")
    if path.is_dir():
        raise UnreadableFile(path, "this is a directory; name the files in it.")
    if not path.is_file():
        raise UnreadableFile(path, "this is a pipe or a device, and can be read only once; write it to a file first.")
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if not start:
        raise UnreadableFile(path, "the file is empty; even a delivery without rows names its columns.")
    if promised not in (None, sha256):
        raise UnreadableFile(path, "its SHA-256 is not the one in its sidecar; ask the publisher to send both again.")
    return _open_parquet(path, sha256) if start == b"PAR1" else _read_csv(path, sha256)


def _open_parquet(path: Path, sha256: str) -> Table:
    try:
        footer = pq.read_metadata(path)
        empty = pl.from_arrow(footer.schema.to_arrow_schema().empty_table())
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError) as problem:
        raise UnreadableFile(path, _CUT_SHORT) from problem
    return Table(path, sha256, footer.num_rows, _as_frame(empty).schema, typed=True)


def _read_portions(table: Table, rows: int) -> Iterator[pl.DataFrame]:
    """Row groups are read one after another; a file need not be cut where its portions are."""
    try:
        with pq.ParquetFile(table.path, pre_buffer=False) as file:
            waiting: list[pl.DataFrame] = []
            for batch in file.iter_batches(batch_size=min(rows, 2**17)):
                frame = _as_frame(pl.from_arrow(pa.Table.from_batches([_in_utf8(batch)])))
                waiting.append(frame.rename(table.names).cast(table.schema))
                if sum(part.height for part in waiting) >= rows:
                    whole = pl.concat(waiting)
                    yield whole.head(rows)
                    waiting = [whole.slice(rows)] if whole.height > rows else []
            if waiting:
                yield pl.concat(waiting, rechunk=True)
    except (pa.ArrowException, OSError) as problem:
        raise UnreadableFile(table.path, _CUT_SHORT) from problem


def _in_utf8(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch whose texts can be read: what a writer took for UTF-8 and is not is marked as lost.

    Parquet's readers believe the writer; DuckDB and polars fail at such a text only once it has been stored.
    """
    for number, column in enumerate(batch.columns):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            batch = batch.set_column(number, batch.schema.field(number).name, _marked(column))
    return batch


def _marked(column: pa.Array) -> pa.Array:
    """The texts of a column, with what is no UTF-8 marked as lost."""
    cells = column.cast(pa.large_binary()).to_pylist()
    return pa.array([None if cell is None else cell.decode("utf-8", "replace") for cell in cells], pa.large_string())


def _as_frame(rows: pl.DataFrame | pl.Series) -> pl.DataFrame:
    return rows if isinstance(rows, pl.DataFrame) else rows.to_frame()


def _read_csv(path: Path, sha256: str) -> Table:
    content = _decode(path, path.read_bytes()).encode()
    try:
        frame = as_lines_say(pl.read_csv(content, infer_schema=False), content)
    except (pl.exceptions.PolarsError, ValueError) as problem:
        raise UnreadableFile(path, f"it is not CSV with one header line: {_first_line(problem)}") from problem
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return Table(path, sha256, frame.height, frame.schema, typed=False, held=frame)


def _decode(path: Path, content: bytes) -> str:
    """UTF-8 with or without a mark, or GB 18030, which departments' spreadsheets still write.

    A text damaged here and there is read all the same: what it lost is marked, and its rows wait.
    """
    if b"\0" not in content:
        with suppress(UnicodeDecodeError):
            return content.decode("utf-8-sig")
        text = content.decode("utf-8-sig", "replace")
        lost, beyond_ascii = text.count(_LOST), len(content.translate(None, _ASCII))
        if len(text) - (len(content) - beyond_ascii) <= 2 * lost:  # hardly a character of it is one: it was no UTF-8
            text = content.decode("gb18030", "replace")
        if text.count(_LOST) <= _LOST_AT_MOST * len(content):
            return text
    raise UnreadableFile(path, "it is neither Parquet nor text in UTF-8 or GB 18030.")


def _first_line(problem: Exception) -> str:
    return str(problem).strip().splitlines()[0].rstrip(".:") + "."
