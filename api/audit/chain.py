"""The bytes of the audit log: what a leaf covers and how each one is chained to all before it.

    leaf   = H(0x00 || line id || digest || committed_at)
    record = H(RFC 8785 of {"call": ..., "hash_alg": ..., "line": ...}), the stored row of each, nulls left out
    head   = H(head before || leaf || record), 32 zero bytes before the first

H is the hash that the leaf's `hash_alg` names. The line id is its UTF-8 text (36 bytes; of a charge it is the call's,
of a credit its note's), `digest` the 32 raw bytes of H over the RFC 8785 form of the answer without `evidence` (of
`{}` where nothing was answered), `committed_at` 8 bytes, big-endian, microseconds since 1970 UTC. Numbers are dense
from 0: whoever writes holds the ledger's exclusive transaction, so there is one chain over all writers. A leaf is an
RFC 6962 leaf hash, so that a bank can recompute it from its own answer; the record holds what the answer does not
show (who asked, why, with which key), so that nobody can move a charge to another institution.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, select

from api.audit.suites import digest_name, hash_of
from api.audit.tables import AuditLeaf
from api.canonical import canonical
from bureau.clock import from_micros, to_micros

GENESIS = bytes(32)
_EPOCH = from_micros(0)
_LAST = select(AuditLeaf.number, AuditLeaf.head, AuditLeaf.committed_at).order_by(AuditLeaf.number.desc()).limit(1)
_AS_IT_IS = frozenset({str, int, bool})
Rows = Mapping[str, Mapping[str, Any] | None]
"""Stored rows by name: `line`, and what else was written with it. None: there is no such row."""


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


def append_leaf(tail: Tail, rows: Rows, digest: bytes, hash_alg: str) -> tuple[dict[str, Any], Tail]:
    """The leaf row of one usage line with the rows beside it, and the tail after it."""
    line = rows["line"] or {}
    leaf = leaf_hash(hash_alg, line["id"], digest, line["committed_at"])
    record = _digest_of_scalars(hash_alg, rows)
    head = next_head(hash_alg, tail.head, leaf, record)
    row = {
        "number": tail.number,
        "line_id": line["id"],
        "hash_alg": hash_alg,
        "digest": digest,
        "record_digest": record,
        "committed_at": line["committed_at"],
        "leaf": leaf,
        "head": head,
    }
    return row, Tail(tail.number + 1, head, line["committed_at"])


def evidence_of(hash_alg: str, digest: bytes, call_id: str, number: int) -> dict[str, Any]:
    """What an answer shows of its leaf."""
    return {digest_name(hash_alg): digest.hex(), "call_id": call_id, "leaf": number}


def answer_digest(body: Mapping[str, Any], hash_alg: str) -> bytes:
    """The digest over the RFC 8785 form of an answer without its `evidence`."""
    return hash_of(hash_alg)(canonical({k: v for k, v in body.items() if k != "evidence"}))


@cache
def no_answer(hash_alg: str) -> bytes:
    """The digest where nothing was answered."""
    return answer_digest({}, hash_alg)


def leaf_hash(hash_alg: str, line_id: str, digest: bytes, committed_at: datetime) -> bytes:
    """The RFC 6962 leaf hash of one line."""
    micros = to_micros(committed_at).to_bytes(8, "big")
    return hash_of(hash_alg)(b"\x00" + line_id.encode() + digest + micros)


def record_digest(hash_alg: str, rows: Rows) -> bytes:
    """The digest of stored rows. Nulls are left out, so that a column added later changes no old digest."""
    record = {name: _plain(row) for name, row in rows.items() if row is not None}
    return hash_of(hash_alg)(canonical({"hash_alg": hash_alg, **record}))


def _digest_of_scalars(hash_alg: str, rows: Rows) -> bytes:
    """The same of rows just written, whose values are texts, whole numbers and truths: JSON spells those in one way."""
    record = {name: _plain(row) for name, row in rows.items() if row is not None}
    return hash_of(hash_alg)(orjson.dumps({"hash_alg": hash_alg, **record}, option=orjson.OPT_SORT_KEYS))


def next_head(hash_alg: str, head: bytes, leaf: bytes, record: bytes) -> bytes:
    """The chain's head after one more leaf."""
    return hash_of(hash_alg)(head + leaf + record)


def _plain(row: Mapping[str, Any]) -> dict[str, str | int]:
    return {
        column: value if type(value) in _AS_IT_IS else _jsonable(value)
        for column, value in row.items()
        if value is not None
    }


def _jsonable(value: Any) -> Any:
    """An instant as microseconds, a day as ISO 8601."""
    if isinstance(value, datetime):
        return to_micros(value)
    return value.isoformat() if isinstance(value, date) else value
