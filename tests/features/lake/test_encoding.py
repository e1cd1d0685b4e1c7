"""How columns are encoded: by what a sample of them takes, and of files of one kind as the first of them was."""

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from features.lake.encoding import write_rows

RISING = pl.DataFrame({"number": np.arange(5_000, dtype=np.int64)})
FEW_KINDS = pl.DataFrame({"number": np.random.default_rng(1).choice([3, 1 << 40], 5_000)})


def encodings(frame: pl.DataFrame, path: Path, kind: str | None = None) -> set[str]:
    write_rows([frame], path, kind)
    assert pl.read_parquet(path).equals(frame)
    return {*pq.ParquetFile(path).metadata.row_group(0).column(0).encodings} - {"RLE"}


def test_a_column_takes_the_encoding_that_is_smallest(tmp_path: Path) -> None:
    assert "DELTA_BINARY_PACKED" in encodings(RISING, tmp_path / "rising.parquet")
    assert "RLE_DICTIONARY" in encodings(FEW_KINDS, tmp_path / "few.parquet")


def test_the_first_large_file_of_a_kind_decides_for_the_others(tmp_path: Path) -> None:
    kind = f"of {tmp_path}"
    assert "RLE_DICTIONARY" in encodings(FEW_KINDS[:100], tmp_path / "small.parquet", kind)
    for name, frame in (("first", RISING), ("next", FEW_KINDS)):
        assert "DELTA_BINARY_PACKED" in encodings(frame, tmp_path / f"{name}.parquet", kind)
    assert "RLE_DICTIONARY" in encodings(FEW_KINDS, tmp_path / "other.parquet", f"another {kind}")


@pytest.mark.parametrize("columns", [{"other": pl.Int64}, {"number": pl.Int32}], ids=["another name", "another type"])
def test_files_of_other_columns_are_of_another_kind(tmp_path: Path, columns: dict[str, type[pl.DataType]]) -> None:
    kind = f"of {tmp_path}"
    encodings(RISING, tmp_path / "first.parquet", kind)
    ((name, dtype),) = columns.items()
    otherwise = pl.DataFrame({name: np.random.default_rng(2).choice([3, 1 << 20], 5_000)}, schema={name: dtype})
    assert "RLE_DICTIONARY" in encodings(otherwise, tmp_path / "second.parquet", kind)
