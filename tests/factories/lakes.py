"""Temporary lakes, and rows landed in them as a department would deliver them."""

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from bureau.clock import known_before, to_micros
from bureau.uscc import compose_uscc
from features.contracts.contract import Contract
from features.lake.delivery import RECEIVED_AT, Delivery, read_delivery, write_delivery
from features.lake.lake import Lake, open_lake
from features.lake.landing import Landed, land
from features.lake.reading import visible_sql
from features.lake.registry import enterprises

Row = Mapping[str, Any]


def uscc(number: int) -> str:
    """A valid code of a made-up enterprise; the same number gives the same code."""
    return compose_uscc("91", "440300", f"{number:08d}")


ACME, BETA, GAMMA = uscc(1), uscc(2), uscc(3)


def instant(text: str) -> datetime:
    """An instant from `2025-07-02` or `2025-07-02T09:30`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def make_lake(tmp_path: Path, catalogue_url: str | None = None) -> Lake:
    """An empty lake in `tmp_path/home` with a catalogue at an address, or a SQLite one: a copy, migrated once a run."""
    home = tmp_path / "home"
    home.mkdir(parents=True, exist_ok=True)
    if catalogue_url is not None:
        return open_lake(home, catalogue_url)
    if not (home / "catalogue.db").exists():
        shutil.copy(_migrated_catalogue(), home)
    return open_lake(home, f"sqlite:///{home / 'catalogue.db'}")


@cache
def _migrated_catalogue() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="catalogue-"))
    atexit.register(shutil.rmtree, folder)
    open_lake(folder, f"sqlite:///{folder / 'catalogue.db'}").catalogue.dispose()
    return folder / "catalogue.db"


def frame_of(contract: Contract, rows: Sequence[Row]) -> pl.DataFrame:
    """Rows as a delivery frame in the contract's types; rows with `received_at` make a history frame."""
    history = any(RECEIVED_AT in row for row in rows)
    schema = contract.dtypes | ({RECEIVED_AT: pl.Datetime("us", "UTC")} if history else {})
    return pl.DataFrame([dict(row) for row in rows], schema=schema)


def deliver(
    contract: Contract, rows: Sequence[Row] | pl.DataFrame, folder: Path, batch_id: str | None = None
) -> Delivery:
    """Write rows as a delivery and read it back. Its batch is named by its content unless told."""
    frame = rows if isinstance(rows, pl.DataFrame) else frame_of(contract, rows)
    path = write_delivery(
        frame,
        feed=contract.code,
        batch_id=batch_id or hashlib.sha256(frame.write_json().encode()).hexdigest()[:16],
        publisher=contract.department,
        produced_at=instant("2020-01-01"),
        folder=folder,
        history=RECEIVED_AT in frame.columns,
    )
    return read_delivery(path)


def land_rows(
    lake: Lake, contract: Contract, rows: Sequence[Row] | pl.DataFrame, received_at: datetime | str = "2025-07-01"
) -> Landed:
    """Land rows. `received_at` stamps them unless they bring their own (history), which land once all are received."""
    at = instant(received_at) if isinstance(received_at, str) else received_at
    delivery = deliver(contract, rows, lake.root.parent / "deliveries")
    brought = delivery.frame[RECEIVED_AT].to_list() if delivery.sidecar.history else []
    return land(lake, delivery, received_at=max(at, *brought) if brought else at)


def known(lake: Lake, contract: Contract, as_of: str, snapshot: int | None = None) -> pl.DataFrame:
    """A feed's rows as known on a day, by record and owner: `uscc` is the owner's, whatever the row said."""
    before = to_micros(known_before(date.fromisoformat(as_of)))
    owners = enterprises(lake).select("enterprise_id", owner="uscc")
    with duckdb.connect() as connection:
        connection.register("owners", owners)
        columns = ", ".join(column for column in contract.own_columns if column != "uscc")
        return connection.sql(
            f"SELECT owner AS uscc, record_id, version, {columns}, known_from"
            f" FROM {visible_sql(lake, contract, snapshot)} JOIN owners USING (enterprise_id)"
            f" WHERE known_from < {before} AND (known_to IS NULL OR known_to >= {before})"
            " ORDER BY record_id, owner, version"
        ).pl()
