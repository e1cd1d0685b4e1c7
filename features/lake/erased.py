"""Which records were erased by law: keyed hashes that name none, asked before a delivery brings one of them back."""

import hashlib
import hmac
import secrets
from dataclasses import replace

import polars as pl
from sqlalchemy import Connection, insert, select

from features.lake.catalogue import execute_many
from features.lake.delivery import PORTION, Delivery
from features.lake.entry import Entry
from features.lake.judgement import ROW, Judged
from features.lake.lake import Lake
from features.lake.tables import Ending, ErasedRecord, Setting

ERASED = "erased"
"""The cause in the audit of endings: a delivery brought records that the law had erased."""
_KEY = "erasure_key"


def keyed_hash(key: bytes, record_id: str) -> str:
    """HMAC-SHA256 of a record id."""
    return hmac.digest(key, record_id.encode(), hashlib.sha256).hex()


def erasure_key(connection: Connection) -> bytes:
    """The lake's key for such hashes, made on first use."""
    held = connection.scalar(select(Setting.value).where(Setting.name == _KEY))
    if held is None:
        held = secrets.token_hex(32)
        connection.execute(insert(Setting).values(name=_KEY, value=held))
    return bytes.fromhex(held)


def note_erased(connection: Connection, feed: str, hashes: list[str], certificate: int) -> None:
    """Remember the hashes of erased records, so that they stay erased."""
    known = set(_hashes(connection, feed))
    fresh = pl.DataFrame(
        {"record_hash": [one for one in hashes if one not in known]}, schema={"record_hash": pl.String}
    )
    rows = fresh.select(pl.lit(feed).alias("feed"), "record_hash", pl.lit(certificate).alias("certificate"))
    if not rows.is_empty():
        execute_many(connection, insert(ErasedRecord), rows)


def was_erased(lake: Lake, feed: str, record_id: str) -> bool:
    """Whether a record of a feed was erased."""
    with lake.catalogue.connect() as connection:
        return _erased(connection, feed, pl.Series([record_id])).any()


def erased_in(lake: Lake, delivery: Delivery) -> pl.Series:
    """Ids of records in a delivery that were erased. Of a feed with no such record nothing is read."""
    feed, ids = delivery.contract.code, pl.Series(dtype=pl.String)
    with lake.catalogue.connect() as connection:
        if not _hashes(connection, feed):
            return ids
        for portion in delivery.table.portions(PORTION):
            offered = portion["record_id"].cast(pl.String)
            ids = ids.append(offered.filter(_erased(connection, feed, offered)))
    return ids


def leave_out_erased(entry: Entry, delivered: pl.DataFrame, judged: Judged) -> tuple[Judged, pl.Series]:
    """A portion without the rows of erased records, which are neither stored nor may wait in quarantine; their ids."""
    ids = delivered["record_id"].cast(pl.String)
    gone = _erased(entry.connection, entry.contract.code, ids)
    if not gone.any():
        return judged, ids.clear()
    places = gone.arg_true().cast(pl.UInt32).implode()
    kept, refused = (frame.filter(~pl.col(ROW).is_in(places)) for frame in (judged.kept, judged.refused))
    return replace(judged, kept=kept, refused=refused), ids.filter(gone)


def note_sent_again(entry: Entry, batch_no: int, rows: int) -> None:
    """Write down that a delivery brought erased records again, and of how many rows nothing was kept."""
    facts = {"feed": entry.contract.code, "batch_no": batch_no, "cause": ERASED, "rows": rows}
    entry.connection.execute(insert(Ending).values(facts | {"added_in": entry.snapshot}))


def _erased(connection: Connection, feed: str, record_ids: pl.Series) -> pl.Series:
    """Whether each record was erased. Of a feed with no such record nothing is hashed."""
    known = set(_hashes(connection, feed))
    if not known:
        return pl.repeat(False, len(record_ids), eager=True)
    key = erasure_key(connection)
    return pl.Series([one is not None and keyed_hash(key, one) in known for one in record_ids], dtype=pl.Boolean)


def _hashes(connection: Connection, feed: str) -> list[str]:
    return list(connection.scalars(select(ErasedRecord.record_hash).where(ErasedRecord.feed == feed)))
