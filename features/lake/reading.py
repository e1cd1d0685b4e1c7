"""Reading the lake: one DuckDB sub-select per feed, with the interval in which each row was the newest known."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from features.contracts.contract import Contract
from features.lake.derived import derived_sql, fingerprint
from features.lake.lake import Lake
from features.lake.layout import DUCKDB_FILES, Reader, rows_sql

_SQL_TYPES = {
    pl.String: "STRING",
    pl.Date: "DATE",
    pl.Boolean: "BOOLEAN",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
}
READ_COLUMNS = ("enterprise_id", "record_id", "record_no", "version", "event_date", "publish_date")
"""What every visible row has beside its feed's own columns, `known_from` and `known_to`."""


def visible_sql(
    lake: Lake,
    contract: Contract,
    snapshot: int | None = None,
    files: Sequence[Path] | None = None,
    reader: Reader = DUCKDB_FILES,
) -> str:
    """A sub-select in parentheses of every row that was ever visible in a snapshot (default the newest).

    Columns: the feed's own, `READ_COLUMNS`, and `known_from`, `known_to` in UTC microseconds (`known_to` null:
    still the newest). A row is visible as of a day D iff `known_from < C and (known_to is null or known_to >= C)`
    where C is `to_micros(known_before(D))`. Withdrawals and rows that never became visible are left out.

    files: only these of the feed's files, for a reader who knows which hold what it wants.
    reader: whose SQL; a derived feed must have been written down for any but DuckDB.

    No window runs here: landing has written down which rows ended when, so a filter on `enterprise_id` from
    outside reaches the Parquet statistics.
    """
    if contract.derived_from:
        return _derived(lake, contract, snapshot, reader)
    files = lake.files(contract.code, snapshot) if files is None else files
    if not files:
        return _nothing(contract)
    columns = ", ".join(f"r.{column}" for column in (*contract.own_columns, *READ_COLUMNS))
    ended, join = closing_join(lake.closings(contract.code, snapshot), reader)
    return (
        f"(SELECT {columns}, r.known_at AS known_from, {ended} AS known_to"
        f" FROM {rows_sql(contract, files, reader)} r{join}"
        f" WHERE r.op <> 'D' AND ({ended} IS NULL OR {ended} > r.known_at))"
    )


def derived_file(lake: Lake, contract: Contract, snapshot: int | None = None) -> Path:
    """Where the rows of a derived feed stand once they were written down for a state of the feeds it is made of."""
    files = {
        code: [*lake.files(code, snapshot), *lake.closings(code, snapshot)] for code in sorted(contract.derived_from)
    }
    return lake.root / "derived" / contract.code / f"{fingerprint(contract, files)}.parquet"


def _derived(lake: Lake, contract: Contract, snapshot: int | None, reader: Reader) -> str:
    written = derived_file(lake, contract, snapshot)
    if written.exists():
        return f"(SELECT * FROM {reader.table([written])})"
    return derived_sql(contract, lambda base: visible_sql(lake, base, snapshot))


def closing_join(closings: Sequence[Path], reader: Reader = DUCKDB_FILES) -> tuple[str, str]:
    """The expression for the end of a stored row `r`, and the join with closings files it needs."""
    if not closings:
        return "r.closed_at", ""
    join = (
        " LEFT JOIN (SELECT enterprise_id, row_no, min(closed_at) AS closed_at"
        f" FROM {reader.table(closings)} GROUP BY enterprise_id, row_no) c"
        " ON r.enterprise_id = c.enterprise_id AND r.row_no = c.row_no"
    )
    return "least(r.closed_at, c.closed_at)", join


def _nothing(contract: Contract) -> str:
    types = {column: _SQL_TYPES[dtype.base_type()] for column, dtype in contract.dtypes.items()}
    common = dict.fromkeys(("record_no", "known_from", "known_to"), "BIGINT") | {"enterprise_id": "INTEGER"}
    columns = (*contract.own_columns, *READ_COLUMNS, "known_from", "known_to")
    return f"(SELECT {', '.join(f'CAST(NULL AS {(types | common)[name]}) AS {name}' for name in columns)} WHERE false)"
