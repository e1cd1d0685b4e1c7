"""Write a derived feed down, so that a whole city reads it as it reads any other."""

from contextlib import suppress
from pathlib import Path

from features.contracts.contract import Contract
from features.lake.lake import Lake
from features.lake.query import spilling
from features.lake.reading import derived_file, visible_sql


def derive(lake: Lake, contract: Contract, snapshot: int) -> Path:
    """The file of a derived feed for one snapshot, written now unless it is there; older states are removed.

    Whole or not at all; readers without it compute the same rows in their query.
    """
    path = derived_file(lake, contract, snapshot)
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    rows = f"SELECT * FROM {visible_sql(lake, contract, snapshot)} ORDER BY enterprise_id, event_date, record_no"
    with spilling(lake.spill) as connection:
        connection.execute(f"COPY ({rows}) TO '{unfinished}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 32768)")
    unfinished.replace(path)
    for older in path.parent.glob("*.parquet"):
        if older != path:
            with suppress(FileNotFoundError):  # another process swept it first
                older.unlink()
    return path
