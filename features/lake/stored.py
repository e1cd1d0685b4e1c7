"""Finding stored records by what a person names: a record's id, or the enterprise they belong to; and who has one."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from features.contracts.contract import Contract
from features.lake.digest import record_numbers
from features.lake.lake import Lake
from features.lake.layout import rows_sql
from features.lake.query import query
from features.lake.reading import closing_join
from features.lake.versions import VOID

RECORDS = {"record_no": pl.Int64, "record_id": pl.String, "enterprise_id": pl.Int32}


def numbers_of_ids(lake: Lake, contract: Contract, record_ids: Sequence[str] | pl.Series) -> pl.DataFrame:
    """The stored records of some ids in any version: `record_no`, `record_id`, `enterprise_id`, each once."""
    wanted = record_numbers(pl.Series("record_id", record_ids, pl.String), contract.code).unique().sort()
    return _distinct(contract, lake.files_of_records(contract.code, wanted), wanted.to_frame("record_no"))


def numbers_of_subject(lake: Lake, contract: Contract, enterprise_id: int) -> pl.DataFrame:
    """The stored records that ever belonged to an enterprise, as `numbers_of_ids`."""
    wanted = pl.DataFrame({"enterprise_id": [enterprise_id]}, schema={"enterprise_id": pl.Int32})
    return _distinct(contract, lake.files(contract.code), wanted)


def kept_by_others(lake: Lake, contract: Contract, record_nos: pl.Series, erased: pl.DataFrame) -> pl.Series:
    """Numbers of those of some records that keep a row, in any version, once some owners' rows are gone.

    erased: `record_no`, `enterprise_id`. Void rows, written anew under another owner, keep nothing.
    """
    wanted = record_nos.unique().sort()
    files = lake.files_of_records(contract.code, wanted)
    if not files:
        return wanted.clear()
    ended, join = closing_join(lake.closings(contract.code))
    rows = (
        f"SELECT DISTINCT r.record_no FROM {rows_sql(contract, files)} r{join}"
        f" WHERE r.record_no IN (FROM wanted) AND ({ended} IS NULL OR {ended} <> {VOID})"
        " AND NOT EXISTS (FROM erased e WHERE e.record_no = r.record_no AND e.enterprise_id = r.enterprise_id)"
    )
    pairs = erased.select("record_no", "enterprise_id")
    return query(rows, wanted=wanted.to_frame("record_no"), erased=pairs)["record_no"]


def _distinct(contract: Contract, files: Sequence[Path], wanted: pl.DataFrame) -> pl.DataFrame:
    """The records of some files whose one column of `wanted` is one of its values."""
    if not files:
        return pl.DataFrame(schema=RECORDS)
    (column,) = wanted.columns
    found = f"SELECT DISTINCT {', '.join(RECORDS)} FROM {rows_sql(contract, files)} SEMI JOIN wanted USING ({column})"
    return query(f"{found} ORDER BY record_no", wanted=wanted)
