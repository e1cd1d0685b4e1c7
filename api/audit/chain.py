"""The bytes of the audit log: what a leaf covers and how each one is chained to all before it.

    leaf   = SHA-256(0x00 || line id || sha256 || committed_at)
    record = SHA-256(RFC 8785 of {"call": ..., "line": ...}), the stored row of each, nulls left out
    head   = SHA-256(head before || leaf || record), 32 zero bytes before the first

The line id is its UTF-8 text (36 bytes; of a charge it is the call id), `sha256` the 32 raw bytes of the
digest over the RFC 8785 form of the answer without `evidence` (of `{}` where nothing was answered),
`committed_at` 8 bytes, big-endian, microseconds since 1970 UTC. Numbers are dense from 0. A leaf is an
RFC 6962 leaf hash, so that a bank can recompute it from its own answer; the record holds what the answer
does not show (who asked, why, with which key), so that nobody can move a charge to another institution.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import rfc8785
from sqlalchemy import Connection, select

from api.audit.tables import AuditLeaf
from bureau.clock import from_micros, to_micros

GENESIS = bytes(32)
_EPOCH = from_micros(0)
_LAST = select(AuditLeaf.number, AuditLeaf.head, AuditLeaf.committed_at).order_by(AuditLeaf.number.desc()).limit(1)
NO_ANSWER = hashlib.sha256(rfc8785.dumps({})).digest()


@dataclass(frozen=True)
class Tail:
    """Where the log ends: the next number, the head, the last instant."""

    number: int = 0
    head: bytes = GENESIS
    committed_at: datetime = _EPOCH


def read_tail(connection: Connection) -> Tail:
    """The end of the log; right only while the connection is the ledger's one writer."""
    last = connection.execute(_LAST).one_or_none()
    return Tail() if last is None else Tail(last.number + 1, last.head, last.committed_at)


def append_leaf(
    tail: Tail, line: Mapping[str, Any], call: Mapping[str, Any] | None, sha256: bytes
) -> tuple[dict[str, Any], Tail]:
    """The leaf row of one usage line, and the tail after it. call: None for a reversal."""
    leaf = leaf_hash(line["id"], sha256, line["committed_at"])
    record = record_digest(line, call)
    head = next_head(tail.head, leaf, record)
    row = {
        "number": tail.number,
        "line_id": line["id"],
        "sha256": sha256,
        "record_sha256": record,
        "committed_at": line["committed_at"],
        "leaf": leaf,
        "head": head,
    }
    return row, Tail(tail.number + 1, head, line["committed_at"])


def written(body: Mapping[str, Any]) -> bytes:
    """The bytes of an answer as they are stored, signed and sent; raises `ValueError` for what is no JSON."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def answer_digest(body: Mapping[str, Any]) -> bytes:
    """SHA-256 over the RFC 8785 form of an answer without its `evidence`."""
    return hashlib.sha256(rfc8785.dumps({k: v for k, v in body.items() if k != "evidence"})).digest()


def leaf_hash(line_id: str, sha256: bytes, committed_at: datetime) -> bytes:
    """The RFC 6962 leaf hash of one line."""
    micros = to_micros(committed_at).to_bytes(8, "big")
    return hashlib.sha256(b"\x00" + line_id.encode() + sha256 + micros).digest()


def record_digest(line: Mapping[str, Any], call: Mapping[str, Any] | None) -> bytes:
    """SHA-256 of the stored rows. Nulls are left out, so that a column added later changes no old digest."""
    record = {"line": _plain(line)} | ({} if call is None else {"call": _plain(call)})
    return hashlib.sha256(rfc8785.dumps(record)).digest()


def next_head(head: bytes, leaf: bytes, record: bytes) -> bytes:
    """The chain's head after one more leaf."""
    return hashlib.sha256(head + leaf + record).digest()


def _plain(row: Mapping[str, Any]) -> dict[str, str | int]:
    return {column: _jsonable(value) for column, value in row.items() if value is not None}


def _jsonable(value: Any) -> Any:
    """An instant as microseconds, a day as ISO 8601."""
    if isinstance(value, datetime):
        return to_micros(value)
    return value.isoformat() if isinstance(value, date) else value
