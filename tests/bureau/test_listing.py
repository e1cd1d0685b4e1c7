"""The four forms of a printed list hold the same rows."""

import csv
import io
import json
import re
from typing import Any

import pyarrow.parquet
import pytest
from rich.cells import cell_len

from bureau.listing import Format, print_rows

ROWS = [
    {"institution": "深圳银行", "calls": 12_000, "day": None},
    {"institution": 'Bank, "A"', "calls": -1, "day": "2026-11-23"},
]
COLUMNS = ["institution", "day", "calls"]


def printed(capfdbinary: pytest.CaptureFixture[bytes], form: Format, rows: list[dict[str, Any]] = ROWS) -> bytes:
    print_rows(rows, COLUMNS, form)
    return capfdbinary.readouterr().out


def test_json_keeps_types_and_the_order_of_columns(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    read = json.loads(printed(capfdbinary, Format.JSON))
    assert read == ROWS
    assert list(read[0]) == COLUMNS


def test_csv_quotes_what_needs_it(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    lines = list(csv.reader(io.StringIO(printed(capfdbinary, Format.CSV).decode())))
    assert lines == [COLUMNS, ["深圳银行", "", "12000"], ['Bank, "A"', "2026-11-23", "-1"]]


def test_parquet_is_a_file_on_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(printed(capfdbinary, Format.PARQUET)))
    assert table.column_names == COLUMNS
    assert table.to_pylist() == ROWS


def test_a_piped_table_is_not_cut(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    long = [{"institution": "X" * 300, "calls": 1_234_567, "day": None}]
    text = printed(capfdbinary, Format.TABLE, long).decode()
    assert "X" * 300 in text
    assert "1,234,567" in text


@pytest.mark.parametrize("width", [40, 60, 200])
def test_a_number_is_never_folded(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    rows = [{"institution": "示范银行 " * 8, "day": "2026-11-23 " * 4, "calls": calls} for calls in (7, 1_000_000)]
    lines = re.sub(r"\x1b\[[0-9;]*m", "", printed(capfdbinary, Format.TABLE, rows).decode()).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert sum(line.rstrip().endswith("1,000,000") for line in lines) == 1
    assert any("calls" in line for line in lines)


@pytest.mark.parametrize("form", Format)
def test_no_rows_print_the_columns_alone(capfdbinary: pytest.CaptureFixture[bytes], form: Format) -> None:
    out = printed(capfdbinary, form, [])
    assert out.strip() == b"[]" if form is Format.JSON else b"institution" in out
