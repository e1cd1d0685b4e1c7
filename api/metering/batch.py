"""One transaction: a group of drafts becomes calls, answers, keys, usage lines and leaves."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from api.audit.chain import NO_ANSWER, answer_digest, append_leaf, read_tail, written
from api.audit.tables import AuditLeaf
from api.metering.authority import read_authority
from api.metering.draft import ANSWERED, CREATED, Draft, Receipt
from api.metering.pricing import price
from api.metering.tables import BoundKey, Call, StoredAnswer, UsageLine
from api.signing import Signer
from api.tables import LedgerTable
from bureau.errors import BureauError, KeyReused, LedgerUnavailable, NotPermitted

Entered = Receipt | BureauError | None
"""What became of one draft: an answer, a refusal, or a recorded call without an answer."""

_MICROSECOND = timedelta(microseconds=1)
_CALL_COLUMNS = tuple(column.name for column in Call.__table__.columns if column.name != "committed_at")
LINE_COLUMNS = (
    "institution_id",
    "product_code",
    "purpose",
    "outcome",
    "contract_version_id",
    "model_name",
    "model_version",
)
"""What a usage line repeats of its call, so that usage is one query over one table."""

_PRESENT = select(Call.id).where(Call.id.in_(bindparam("ids", expanding=True)))
_BOUND = (
    select(BoundKey.institution_id, BoundKey.key, BoundKey.request_sha256, StoredAnswer.__table__)
    .join(StoredAnswer, StoredAnswer.call_id == BoundKey.call_id)
    .where(BoundKey.institution_id.in_(bindparam("institutions", expanding=True)))
    .where(BoundKey.key.in_(bindparam("keys", expanding=True)))
)


def enter_batch(connection: Connection, drafts: Sequence[Draft], signer: Signer, at: datetime) -> list[Entered]:
    """Append a group inside the exclusive transaction of `connection`; one result a draft, in order.

    at: the instant of the commit, unless the log already ends later: its time never runs backwards.
    """
    batch = _Batch(connection, drafts, signer, at)
    entered = [batch.enter(draft) for draft in drafts]
    batch.insert(connection)
    return entered


class _Batch:
    """The rows of one group while they are gathered."""

    def __init__(self, connection: Connection, drafts: Sequence[Draft], signer: Signer, at: datetime) -> None:
        self.signer = signer
        self.tail = read_tail(connection)
        self.at = max(at, self.tail.committed_at)
        self.authority = read_authority(connection, drafts, self.at)
        self.present = _present_calls(connection, drafts)
        self.bound = _bound_keys(connection, drafts)
        self.rows: dict[type[LedgerTable], list[dict[str, Any]]] = {
            table: [] for table in (Call, StoredAnswer, BoundKey, UsageLine, AuditLeaf)
        }

    def enter(self, draft: Draft) -> Entered:
        """Gather the rows of one draft. What fails here fails alone."""
        try:
            if draft.outcome not in ANSWERED:
                self._record_once(draft)
                return None
            bound = self.bound.get((draft.institution_id, draft.idempotency_key))
            return self._answer(draft) if bound is None else _replay(draft, *bound)
        except NotPermitted as refusal:
            self._record_once(replace(draft, outcome="refused", problem_code=refusal.code))
            return refusal
        except KeyReused as conflict:
            return conflict
        except (TypeError, ValueError) as problem:
            return LedgerUnavailable(f"the answer cannot be written as JSON: {problem}")

    def insert(self, connection: Connection) -> None:
        """Write what was gathered, parents first."""
        for table, rows in self.rows.items():
            if rows:
                connection.execute(insert(table), rows)

    def _answer(self, draft: Draft) -> Receipt:
        term = self.authority.require(draft)
        charge = price(term, draft.outcome)
        body = draft.body | {"charge": asdict(charge)}
        digest = answer_digest(body)
        evidence = {"sha256": digest.hex(), "call_id": draft.call_id, "leaf": self.tail.number}
        text = written(body | {"evidence": evidence})
        receipt = Receipt(draft.call_id, CREATED, text, self.signer.sign_detached(text))
        self._record(replace(draft, contract_version_id=term.contract_version_id), charge.amount_fen, digest)
        self._store(draft, receipt)
        return receipt

    def _record_once(self, draft: Draft) -> None:
        """A call without an answer: not charged, key not bound; recording it again changes nothing."""
        if draft.call_id not in self.present:
            self._record(draft, 0, NO_ANSWER)

    def _record(self, draft: Draft, amount_fen: int, digest: bytes) -> None:
        call = {column: getattr(draft, "call_id" if column == "id" else column) for column in _CALL_COLUMNS}
        call["committed_at"] = self.at
        line = {column: call[column] for column in LINE_COLUMNS} | {
            "id": draft.call_id,
            "call_id": draft.call_id,
            "kind": "charge",
            "reverses": None,
            "reason": None,
            "calls": 1,
            "amount_fen": amount_fen,
            "latency_us": (self.at - draft.received_at) // _MICROSECOND,
            "committed_at": self.at,
        }
        leaf, self.tail = append_leaf(self.tail, line, call, digest)
        self.present.add(draft.call_id)
        for table, row in ((Call, call), (UsageLine, line), (AuditLeaf, leaf)):
            self.rows[table].append(row)

    def _store(self, draft: Draft, receipt: Receipt) -> None:
        bound = {
            "institution_id": draft.institution_id,
            "key": draft.idempotency_key,
            "request_sha256": draft.request_sha256,
            "call_id": draft.call_id,
        }
        stored = {
            "call_id": draft.call_id,
            "status": receipt.status,
            "body": receipt.body,
            "jws": receipt.jws,
        }
        self.rows[BoundKey].append(bound)
        self.rows[StoredAnswer].append(stored)
        self.bound[draft.institution_id, draft.idempotency_key] = draft.request_sha256, receipt


def _replay(draft: Draft, request_sha256: str, receipt: Receipt) -> Receipt:
    if request_sha256 != draft.request_sha256:
        raise KeyReused(draft.idempotency_key or "")
    return replace(receipt, replayed=True)


def _present_calls(connection: Connection, drafts: Sequence[Draft]) -> set[str]:
    """Which of the calls without an answer are on record already."""
    unanswered = [draft.call_id for draft in drafts if draft.outcome not in ANSWERED]
    if not unanswered:
        return set()
    return set(connection.scalars(_PRESENT, {"ids": unanswered}))


def _bound_keys(connection: Connection, drafts: Sequence[Draft]) -> dict[tuple[int, str | None], tuple[str, Receipt]]:
    """(request digest, answer) of every key of the group that is bound already."""
    institutions = {draft.institution_id for draft in drafts}
    keys = {draft.idempotency_key for draft in drafts if draft.outcome in ANSWERED}
    bound = connection.execute(_BOUND, {"institutions": list(institutions), "keys": list(keys)})
    return {
        (row.institution_id, row.key): (row.request_sha256, Receipt(row.call_id, row.status, row.body, row.jws))
        for row in bound
    }
