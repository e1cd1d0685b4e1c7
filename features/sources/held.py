"""What the home already holds of the firms that new files speak of."""

import polars as pl

from features.contracts.contract import Contract
from features.lake.lake import Lake
from features.lake.layout import rows_sql
from features.lake.query import query
from features.sources.versions import in_form


def held_records(lake: Lake, contract: Contract, usccs: pl.Series | None = None) -> pl.DataFrame:
    """The newest version of every record of some firms (default all), withdrawn ones too, as they were delivered."""
    files = lake.files(contract.code)
    if not files:
        return in_form(pl.DataFrame({"record_id": []}), contract)
    columns = ", ".join((*contract.dtypes, "received_at"))
    stored = f"SELECT {columns} FROM {rows_sql(contract, files)}"
    if usccs is None:
        rows = query(stored)
    else:
        rows = query(f"{stored} SEMI JOIN firms USING (uscc)", firms=usccs.unique().to_frame("uscc"))
    newest = rows.sort("version").unique("record_id", keep="last", maintain_order=True)
    received_at = pl.from_epoch("received_at", "us").dt.replace_time_zone("UTC")
    return in_form(newest.with_columns(received_at), contract)
