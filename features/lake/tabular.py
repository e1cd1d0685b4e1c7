"""Files as departments send them: Parquet, or CSV in UTF-8 or GB 18030, read whole or refused in one sentence."""

from io import BytesIO
from pathlib import Path

import polars as pl

from bureau.errors import UnreadableFile


def read_content(path: Path) -> bytes:
    """The bytes of a file; raises `UnreadableFile` where there is none or it holds nothing."""
    if not path.exists():
        raise UnreadableFile(path, "there is no such file.")
    if path.is_dir():
        raise UnreadableFile(path, "this is a directory; name the files in it.")
    content = path.read_bytes()
    if not content:
        raise UnreadableFile(path, "the file is empty; even a delivery without rows names its columns.")
    return content


def is_parquet(content: bytes) -> bool:
    """Whether a file says of itself that it is Parquet."""
    return content[:4] == b"PAR1"


def read_table(path: Path, content: bytes) -> pl.DataFrame:
    """The rows of a file. Every cell of a CSV stays text, an empty one is null."""
    if is_parquet(content):
        return _read_parquet(path, content)
    text = _decode(path, content)
    try:
        frame = pl.read_csv(text.encode(), infer_schema=False)
    except pl.exceptions.PolarsError as problem:
        raise UnreadableFile(path, f"it is not CSV with one header line: {_first_line(problem)}") from problem
    return frame.with_columns(pl.when(pl.all() != "").then(pl.all()))


def _read_parquet(path: Path, content: bytes) -> pl.DataFrame:
    try:
        return pl.read_parquet(BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise UnreadableFile(path, "it starts as Parquet and cannot be read as such; it may be cut short.") from problem


def _decode(path: Path, content: bytes) -> str:
    """UTF-8 with or without a mark, or GB 18030, which departments' spreadsheets still write."""
    if b"\0" not in content:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise UnreadableFile(path, "it is neither Parquet nor text in UTF-8 or GB 18030.")


def _first_line(problem: Exception) -> str:
    return str(problem).strip().splitlines()[0].rstrip(".:") + "."
