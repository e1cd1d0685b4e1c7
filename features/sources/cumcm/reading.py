"""The contest's files as clean frames: any subset of them from one directory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bureau.errors import UnreadableFile

SALES, PURCHASES = "销", "进"

_FIRM = {"企业代号": "firm"}
_INVOICE = {
    **_FIRM,
    "发票号码": "invoice_no",
    "开票日期": "invoiced_on",
    "金额": "amount",
    "税额": "tax",
    "价税合计": "total",
    "发票状态": "state",
}
_STATES = {"有效发票": "有效", "作废发票": "作废"}
_YUAN = ("amount", "tax", "total")


@dataclass(frozen=True)
class _File:
    """One file of the contest: its columns under our names, and the side of its invoices."""

    columns: Mapping[str, str]
    side: str | None = None


_FILES = {
    "a1_enterprises": _File({**_FIRM, "企业名称": "name", "信誉评级": "bank_grade", "是否违约": "defaulted"}),
    "a2_enterprises": _File({**_FIRM, "企业名称": "name"}),
    "a1_invoices_in": _File({**_INVOICE, "销方单位代号": "counterparty"}, PURCHASES),
    "a1_invoices_out": _File({**_INVOICE, "购方单位代号": "counterparty"}, SALES),
    "a2_invoices_in": _File({**_INVOICE, "销方单位代号": "counterparty"}, PURCHASES),
    "a2_invoices_out": _File({**_INVOICE, "购方单位代号": "counterparty"}, SALES),
}

ENTERPRISE_SCHEMA = dict.fromkeys(("firm", "name", "bank_grade", "defaulted"), pl.String)
INVOICE_SCHEMA = {
    "firm": pl.String,
    "side": pl.String,
    "invoice_no": pl.String,
    "invoiced_on": pl.Date,
    "counterparty": pl.String,
    "amount_fen": pl.Int64,
    "tax_fen": pl.Int64,
    "total_fen": pl.Int64,
    "state": pl.String,
}


@dataclass(frozen=True)
class ContestData:
    """What a directory holds. Exact duplicates are gone, money is fen, texts carry no stray blanks.

    enterprises: firm, name, bank_grade and defaulted (both null where the bank gave no verdict).
    invoices: firm, side 销/进, invoice_no, invoiced_on, counterparty, *_fen, state 有效/作废 (other words kept).
    """

    enterprises: pl.DataFrame
    invoices: pl.DataFrame


def read_directory(directory: Path) -> ContestData:
    """Read every known file of a directory. Raises `UnreadableFile` before anything is written."""
    if not directory.is_dir():
        raise UnreadableFile(directory, "there is no such directory; give the one that holds the files with --data.")
    present = {name: path for name in _FILES if (path := directory / f"{name}.parquet").is_file()}
    if not present:
        raise UnreadableFile(directory, f"none of the files is here; expected {', '.join(_FILES)} as .parquet.")
    frames = {name: _read(path, _FILES[name]) for name, path in present.items()}
    return ContestData(
        enterprises=_together([f for n, f in frames.items() if _FILES[n].side is None], ENTERPRISE_SCHEMA),
        invoices=_together([f for n, f in frames.items() if _FILES[n].side is not None], INVOICE_SCHEMA),
    )


def _together(frames: list[pl.DataFrame], schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    frame = pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal_relaxed")
    return frame.select(list(schema)).unique(maintain_order=True)


def _read(path: Path, file: _File) -> pl.DataFrame:
    frame = _open(path)
    missing = [column for column in file.columns if column not in frame.columns]
    if missing:
        raise UnreadableFile(path, f"the column {missing[0]} is missing; expected {', '.join(file.columns)}.")
    if frame.is_empty():
        raise UnreadableFile(path, "the file has no rows; leave it out, or put the rows back.")
    frame = frame.select(list(file.columns))
    for column, dtype in frame.schema.items():
        _check_type(path, column, file.columns[column], dtype)
    text = pl.col(pl.String).str.strip_chars()
    renamed = frame.rename(file.columns).with_columns(pl.when(text != "").then(text))
    return _enterprises(path, renamed) if file.side is None else _invoices(renamed, file.side)


def _open(path: Path) -> pl.DataFrame:
    if path.stat().st_size == 0:
        raise UnreadableFile(path, "the file is empty; leave it out, or copy it again.")
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise UnreadableFile(path, "this is not a Parquet file that can be read; copy it again.") from problem


def _check_type(path: Path, column: str, name: str, dtype: pl.DataType) -> None:
    if name in _YUAN:
        right, wanted = dtype.is_numeric(), "numbers in yuan"
    elif name == "invoiced_on":
        right, wanted = dtype in (pl.Date, pl.Datetime), "dates"
    else:
        right, wanted = dtype == pl.String, "text"
    if not right:
        raise UnreadableFile(path, f"the column {column} holds {dtype}, expected {wanted}.")


def _enterprises(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    """A firm has one row: of two that differ each load would take the other for a correction."""
    rows = frame.unique(maintain_order=True)
    named = rows["firm"].drop_nulls()
    twice = named.filter(named.is_duplicated())
    if not twice.is_empty():
        raise UnreadableFile(path, f"it names the firm {twice[0]} twice, and the rows differ; leave in the right one.")
    return rows


def _invoices(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit(side).alias("side"),
        pl.col("invoiced_on").cast(pl.Date),
        pl.col("state").replace(_STATES),
        *(to_fen(pl.col(yuan)).alias(f"{yuan}_fen") for yuan in _YUAN),
    )


def to_fen(yuan: pl.Expr) -> pl.Expr:
    """Yuan as floats to whole fen, half a fen away from zero; null where it is no amount of money.

    A float such as 1.005 lies a hair below its decimal, so the hair is rounded off first, at a millionth of a
    yuan. Up to 10^9 yuan a float holds that exactly; from 10^11 yuan on a value is taken for an error.
    """
    number = yuan.cast(pl.Float64)
    possible = number.is_finite() & (number.abs() < 1e11)
    millionths = pl.when(possible).then((number.abs() * 1e6).round()).cast(pl.Int64)
    return number.sign().cast(pl.Int64, strict=False) * ((millionths + 5_000) // 10_000)
