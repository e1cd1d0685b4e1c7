"""Acts: rows of money and evidence that no call writes, each in a hash chain of its own beside the log of calls.

    record = H(RFC 8785 of {"hash_alg": ..., TABLE: the stored row}), nulls left out
    act    = H(RFC 8785 of {"hash_alg": ..., "act": {"table": ..., "key": ..., "record": hexadecimal}})
    head   = H(head before || act), 32 zero bytes before the first

Terms and their approval, payments, statements, agreements, reconciliations, credit notes and failures that left no row
are acts. Whoever writes one enters it in the same transaction (`enter_acts`). The head is signed once a minute
(`seal_acts`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, inspect, select

from api.audit.chain import GENESIS, record_digest
from api.audit.suites import STANDARD, hash_of
from api.audit.tables import AuditAct, AuditActHead
from api.metering.exclusive import ACTING, exclusive, take_turn
from api.signing import Signer
from api.tables import LedgerTable
from bureau.clock import to_micros

HEAD_TYPE = "audit-acts+json"
"""`typ` in the header of a head's JWS: no other signature of the platform can pass for one."""
_LAST = select(AuditAct.number, AuditAct.head).order_by(AuditAct.number.desc()).limit(1)


@dataclass(frozen=True)
class ActTail:
    """Where the chain of acts ends: how many there are, and the head."""

    size: int = 0
    head: bytes = GENESIS

    def after(self, hash_alg: str, table: str, key: str, record: bytes) -> "ActTail":
        """The end with one more."""
        act = record_digest(hash_alg, {"act": {"table": table, "key": key, "record": record.hex()}})
        return ActTail(self.size + 1, hash_of(hash_alg)(self.head + act))


def enter_acts(connection: Connection, rows: Sequence[LedgerTable]) -> None:
    """Chain rows that were just written; one transaction at a time, so that there is one chain."""
    enter_records(connection, [(row.__tablename__, key_of(row), columns_of(row)) for row in rows])


def enter_records(connection: Connection, records: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
    """Chain rows as table, key and columns."""
    take_turn(connection, ACTING)
    tail, hash_alg, entered = _read_tail(connection), STANDARD.hash_alg, []
    for table, key, columns in records:
        record = act_digest(hash_alg, table, columns)
        act = {"number": tail.size, "table_name": table, "row_key": key, "hash_alg": hash_alg, "record_digest": record}
        tail = tail.after(hash_alg, table, key, record)
        entered.append(act | {"head": tail.head})
    if entered:
        connection.execute(insert(AuditAct), entered)


def act_digest(hash_alg: str, table: str, columns: Mapping[str, Any]) -> bytes:
    """What the chain keeps of a row: every column of it."""
    plain = {name: value.hex() if isinstance(value, bytes) else value for name, value in columns.items()}
    return record_digest(hash_alg, {table: plain})


def columns_of(row: LedgerTable) -> dict[str, Any]:
    """A row's columns by name."""
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def key_of(row: LedgerTable) -> str:
    """The primary key of a row, as an act names it."""
    return written_key(inspect(type(row)).primary_key_from_instance(row))


def written_key(values: Iterable[Any]) -> str:
    """A primary key as JSON; days as ISO 8601."""
    return json.dumps([value if isinstance(value, int | str) else str(value) for value in values], ensure_ascii=False)


def seal_acts(engine: Engine, signer: Signer, at: datetime) -> None:
    """Sign the head of the acts where there are new ones, and keep it."""
    with exclusive(engine, ACTING) as connection:
        tail, suite = _read_tail(connection), signer.suite
        newest = connection.scalar(select(AuditActHead.size).order_by(AuditActHead.size.desc()).limit(1))
        if tail.size == 0 or newest == tail.size:
            return
        head = AuditActHead(size=tail.size, head=tail.head, signature_alg=suite.signature_alg, signed_at=at)
        head.jws = signer.sign(head_claims(head), typ=HEAD_TYPE)
        connection.execute(
            insert(AuditActHead), [{c.key: getattr(head, c.key) for c in AuditActHead.__table__.columns}]
        )


def head_claims(head: AuditActHead) -> bytes:
    """What the signature of a head is over: compact JSON in this order, the digest hexadecimal."""
    claims = {
        "size": head.size,
        "head": head.head.hex(),
        "signature_alg": head.signature_alg,
        "signed_at": to_micros(head.signed_at),
    }
    return json.dumps(claims, separators=(",", ":")).encode()


def _read_tail(connection: Connection) -> ActTail:
    last = connection.execute(_LAST).one_or_none()
    return ActTail() if last is None else ActTail(last.number + 1, last.head)
