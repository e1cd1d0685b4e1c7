"""A feed delivery: one Parquet or CSV file for one feed, and beside it the sidecar that says what it is."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl

from bureau.clock import SHANGHAI
from bureau.errors import SchemaDrift, UnreadableFile, WrongFeed
from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS, find_feed
from features.lake.sidecar import Renamed, Sidecar, derive_sidecar, read_sidecar, sidecar_path
from features.lake.tabular import Table, open_table

RECEIVED_AT = "received_at"
"""Only a history delivery carries it: the instant at which each row was received in its time."""


PORTION = 2**19
"""Rows judged and stored at once: what bounds a landing's memory, whatever the size of the file."""


@dataclass(frozen=True)
class Delivery:
    """A file whose columns are the feed's, by their agreed names; in its table every cell of a CSV is still text."""

    path: Path
    sidecar: Sidecar
    contract: Contract
    table: Table

    @property
    def frame(self) -> pl.DataFrame:
        """All its rows at once, as delivered."""
        return self.table.frame


def write_delivery(
    frame: pl.DataFrame,
    *,
    feed: str,
    batch_id: str,
    publisher: str,
    produced_at: datetime,
    folder: Path,
    history: bool,
    renamed: Mapping[str, Renamed] | None = None,
) -> Path:
    """Write FEED-BATCH.parquet and its sidecar; returns the Parquet file. Raises `WrongFeed` on foreign columns.

    A history frame also has `received_at`, instants with a time zone.
    renamed: names under which columns of the frame are written, announced in the sidecar.
    """
    path = folder / f"{feed}-{batch_id}.parquet"
    contract = find_feed(feed)
    _check_names(path, frame.schema, contract, history)
    _check_types(path, frame.schema, contract)
    content = BytesIO()
    announced = renamed or {}
    written = frame.rename({other.column: name for name, other in announced.items()})
    written.write_parquet(content, compression="lz4", statistics=False)
    sidecar = Sidecar(
        feed=feed,
        batch_id=batch_id,
        publisher=publisher,
        produced_at=produced_at,
        rows=frame.height,
        sha256=hashlib.sha256(content.getbuffer()).hexdigest(),
        history=history,
        renamed=announced,
    )
    folder.mkdir(parents=True, exist_ok=True)
    _replace(path, content.getbuffer())
    told = sidecar.model_dump_json(indent=2, exclude=None if announced else {"renamed"})
    _replace(sidecar_path(path), told.encode())
    return path


def read_delivery(path: Path, feed: str | None = None, *, history: bool = False) -> Delivery:
    """Read a delivery and check that it is the feed it says it is.

    feed: what the caller takes it for; needed where the file has no sidecar.
    history: whether a file without a sidecar brings each row's own `received_at`.
    Raises `UnreadableFile` for what cannot be read, `WrongFeed` for what is not the feed.
    """
    said = read_sidecar(path)
    table = open_table(path, None if said is None else said.sha256)
    sidecar = said or derive_sidecar(path, feed=feed, sha256=table.sha256, rows=table.rows, history=history)
    if feed is not None and sidecar.feed != feed:
        raise WrongFeed(path, f"its sidecar says it is {sidecar.feed}, not {feed}. Ingest it as {sidecar.feed}.")
    if sidecar.rows != table.rows:
        raise UnreadableFile(path, f"its sidecar promises {sidecar.rows} rows, the file holds {table.rows}.")
    contract = find_feed(sidecar.feed)
    if contract.derived_from:
        bases = ", ".join(contract.derived_from)
        raise WrongFeed(path, f"{contract.code} is derived from {bases} by the platform; deliver those.")
    table = table.renamed(_announced(path, table.schema, contract, sidecar))
    _check_names(path, table.schema, contract, sidecar.history)
    if table.typed:
        _check_types(path, table.schema, contract)
    return Delivery(path, sidecar, contract, table)


def agreed(delivery: Delivery, *, history: bool) -> Delivery:
    """The delivery, where the one who takes it in says as its sidecar does whether it is history.

    Who states himself when his rows were received could say that they were known earlier than they were.
    """
    if delivery.sidecar.history and not history:
        why = "it states itself when its rows were received; say --history to accept that"
        raise UnreadableFile(delivery.path, f"{why}: bureau feeds ingest {delivery.contract.code} FILE --history.")
    if history and not delivery.sidecar.history:
        raise UnreadableFile(delivery.path, "its sidecar does not say it is history; leave out --history.")
    return delivery


def drop_delivery(path: Path) -> None:
    """Delete a delivery that has landed, with its sidecar."""
    path.unlink(missing_ok=True)
    sidecar_path(path).unlink(missing_ok=True)


def _replace(path: Path, content: bytes | memoryview) -> None:
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _announced(path: Path, schema: pl.Schema, contract: Contract, said: Sidecar) -> dict[str, str]:
    """The agreed names of columns that the file has under others, by these; raises `SchemaDrift` where one cannot be.

    An announcement is no leave to change what a column holds: each still stands for one column, of its own type.
    """
    names = {name: other.column for name, other in said.renamed.items() if name in schema}
    for name, column in names.items():
        since, why = said.renamed[name].since, ""
        if column not in contract.own_columns:
            why = f"its sidecar calls {name} what {contract.code} calls {column}, which is no column of its own."
        elif name in contract.dtypes or column in schema or list(names.values()).count(column) > 1:
            why = f"its sidecar calls {name} what {contract.code} calls {column}, and one of them stands there twice."
        elif since > said.produced_at.astimezone(SHANGHAI).date():
            why = f"its column {name} is announced from {since} on, and the file was made before."
        if why:
            raise SchemaDrift(path, why, contract.code)
    return names


def _check_names(path: Path, schema: pl.Schema, contract: Contract, history: bool) -> None:
    expected = {*contract.dtypes, RECEIVED_AT} if history else {*contract.dtypes}
    present = set(schema)
    if present == expected:
        return
    for other in FEEDS:
        if present - {RECEIVED_AT} == set(other.dtypes) and other is not contract:
            raise WrongFeed(path, f"its columns are those of {other.code} {other.name}, not of {contract.code}.")
    if present.isdisjoint(contract.dtypes):
        raise WrongFeed(path, f"no column of it is one of {contract.code} {contract.name}: it is another file.")
    if missing := sorted(expected - present):
        why = f"{contract.code} needs the column {', '.join(missing)}, which the file lacks."
        raise SchemaDrift(path, why, contract.code)
    unknown = sorted(present - expected)
    hint = " Only a history delivery carries it." if unknown == [RECEIVED_AT] else ""
    raise SchemaDrift(path, f"{contract.code} has no column {', '.join(unknown)}.{hint}", contract.code)


def _check_types(path: Path, schema: pl.Schema, contract: Contract) -> None:
    for column, promised in contract.dtypes.items():
        if not _fits(schema[column], promised):
            why = f"column {column} holds {schema[column]}, {contract.code} says {promised}."
            raise SchemaDrift(path, why, contract.code)
    received = schema.get(RECEIVED_AT)
    if received is not None and not (isinstance(received, pl.Datetime) and received.time_zone):
        why = f"column {RECEIVED_AT} holds {received}, not instants with a time zone."
        raise SchemaDrift(path, why, contract.code)


def _fits(delivered: pl.DataType, promised: pl.DataType) -> bool:
    """The same type, or one of its kind whose values are checked cell by cell; an all-null column fits any."""
    if delivered in (promised, pl.Null) or (promised.is_integer() and delivered.is_integer()):
        return True
    if promised.is_float():
        return delivered.is_numeric()
    return promised == pl.String and delivered in (pl.Categorical, pl.Enum)
