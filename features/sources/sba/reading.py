"""The files of SBA loans as one clean frame: any subset of them from one directory."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from bureau.errors import UnreadableFile
from features.sources.sba.publication import LAST_DAY

FILES = ("head22k", "california2102", "balanced30k")
"""In the order of trust: where files tell of the same loan, the first tells it."""

_TEXT = ("Name", "City", "State", "Bank", "BankState", "RevLineCr", "LowDoc", "MIS_Status")
_WHOLE = (
    *("LoanNr_ChkDgt", "Zip", "NAICS", "ApprovalFY", "Term", "NoEmp", "NewExist", "CreateJob", "RetainedJob"),
    *("FranchiseCode", "UrbanRural"),
)
_DOLLARS = ("DisbursementGross", "BalanceGross", "ChgOffPrinGr", "GrAppv", "SBA_Appv")
_DAYS = ("ApprovalDate", "ChgOffDate", "DisbursementDate")
COLUMNS: Mapping[str, pl.DataType] = {
    **dict.fromkeys(_TEXT, pl.String()),
    **dict.fromkeys(_WHOLE, pl.Int64()),
    **dict.fromkeys(_DOLLARS, pl.Float64()),
    **dict.fromkeys(_DAYS, pl.Date()),
}
"""The 27 columns of the source."""
LATER = ("ChgOffDate", "ChgOffPrinGr", "BalanceGross", "DisbursementDate", "DisbursementGross", "Term", "MIS_Status")
"""Known only after the approval; the term is written anew when a loan ends early. None of it reaches a feature."""
WEIGHT, SAMPLE = "SampleWeight", "sample"
CHARGED_OFF, PAID = "CHGOFF", "P I F"


def read_directory(directory: Path) -> pl.DataFrame:
    """Every loan once, by number: the 27 columns, its weight (1 where a file has none) and the file it is from.

    Raises `UnreadableFile` before anything is written.
    """
    if not directory.is_dir():
        raise UnreadableFile(directory, "there is no such directory; give the one that holds the files with --data.")
    present = [path for name in FILES if (path := directory / f"{name}.parquet").is_file()]
    if not present:
        raise UnreadableFile(directory, f"none of the files is here; expected {', '.join(FILES)} as .parquet.")
    loans = pl.concat([_read(path) for path in present])
    return loans.unique("LoanNr_ChkDgt", keep="first", maintain_order=True).sort("LoanNr_ChkDgt")


def _read(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise UnreadableFile(path, "this is not a Parquet file that can be read; copy it again.") from problem
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise UnreadableFile(path, f"the column {missing[0]} is missing; the 27 columns of the source are needed.")
    if frame.is_empty():
        raise UnreadableFile(path, "the file has no rows; leave it out, or put the rows back.")
    weight = pl.col(WEIGHT).cast(pl.Float64) if WEIGHT in frame.columns else pl.lit(1.0)
    try:
        typed = frame.with_columns(pl.col(column).cast(dtype) for column, dtype in COLUMNS.items())
    except pl.exceptions.PolarsError as problem:
        raise UnreadableFile(path, "a column holds values of another kind; copy it again.") from problem
    text = pl.col(*_TEXT).str.strip_chars()
    cleaned = typed.with_columns(pl.when(text != "").then(text), weight.alias(WEIGHT), pl.lit(path.stem).alias(SAMPLE))
    return _dated(cleaned).select(*COLUMNS, WEIGHT, SAMPLE)


def _dated(loans: pl.DataFrame) -> pl.DataFrame:
    """Loans of known number and day. The status decides: a paid loan has no charge-off, whatever day it carries; a
    charge-off without a day, or of a day after the files, is known at their end."""
    off = pl.col("MIS_Status") == CHARGED_OFF
    told = pl.col("ChgOffDate").fill_null(LAST_DAY).clip(pl.col("ApprovalDate"), LAST_DAY)
    return loans.drop_nulls(["LoanNr_ChkDgt", "ApprovalDate"]).with_columns(ChgOffDate=pl.when(off).then(told))
