"""The walk that checks the whole ledger against itself, and names the first thing that is wrong."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, exists, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from api.audit.chain import GENESIS, NO_ANSWER, Tail, answer_digest, leaf_hash, next_head, record_digest
from api.audit.merkle import merkle_root
from api.audit.proofs import root_claims
from api.audit.tables import AuditLeaf, AuditRoot
from api.metering.batch import LINE_COLUMNS
from api.metering.draft import ANSWERED, CREATED
from api.metering.tables import BoundKey, Call, StoredAnswer, UsageLine
from api.sealing import Vault
from api.signing import Signer
from api.tables import LedgerTable
from bureau.errors import AnswerDamaged

_PAGE = 500
_UNREADABLE = (SQLAlchemyError, AnswerDamaged, ValueError, TypeError, KeyError, OverflowError)
_ENTRY = (
    select(AuditLeaf, UsageLine, Call, StoredAnswer, BoundKey)
    .join(UsageLine, UsageLine.id == AuditLeaf.line_id, isouter=True)
    .join(Call, Call.id == UsageLine.call_id, isouter=True)
    .join(StoredAnswer, StoredAnswer.call_id == UsageLine.id, isouter=True)
    .join(BoundKey, BoundKey.call_id == UsageLine.id, isouter=True)
    .order_by(AuditLeaf.number)
)
_Entry = Row[AuditLeaf, UsageLine, Call, StoredAnswer, BoundKey]
"""One leaf with the rows it is about; all but the leaf are None where they are missing."""


@dataclass(frozen=True)
class Fault:
    """The first wrong thing. number: of its leaf, None where it has none."""

    call_id: str
    number: int | None
    what: str


@dataclass(frozen=True)
class Verification:
    """How far the log is sound: all `leaves` of it when there is no fault. root: Merkle root of those."""

    leaves: int
    root: bytes
    fault: Fault | None


def verify_ledger(session: Session, signer: Signer, vault: Vault) -> Verification:
    """Check every leaf against the chain, the stored bytes, the call and the charge; then strays and signed roots."""
    tail, leaves, heads = Tail(), list[bytes](), [GENESIS]
    for entry in _entries(session):
        fault = entry if isinstance(entry, Fault) else _entry_fault(entry, tail, signer, vault)
        if isinstance(entry, Fault) or fault is not None:
            return Verification(len(leaves), merkle_root(leaves), fault)
        leaf = entry.AuditLeaf
        tail = Tail(leaf.number + 1, leaf.head, leaf.committed_at)
        leaves.append(leaf.leaf)
        heads.append(leaf.head)
    fault = _stray(session) or _root_fault(session, signer, leaves, heads)
    return Verification(len(leaves), merkle_root(leaves), fault)


def _entries(session: Session) -> Iterator[_Entry | Fault]:
    """Every leaf with the rows it is about, in order; a `Fault` in place of one that cannot be read."""
    number, page = 0, _PAGE
    while True:
        try:
            rows = session.execute(_ENTRY.where(AuditLeaf.number >= number).limit(page)).all()
        except _UNREADABLE as problem:
            session.rollback()
            if page == 1:
                yield _unreadable(session, number, problem)
                return
            page = 1  # some row of the page: read one by one until it is met
            continue
        if not rows:
            return
        yield from rows
        number = rows[-1].AuditLeaf.number + 1
        session.expunge_all()


def _unreadable(session: Session, number: int, problem: Exception) -> Fault:
    last_line = text("CAST(line_id AS VARCHAR)")
    try:
        line_id = session.scalar(
            select(last_line).select_from(AuditLeaf).where(AuditLeaf.number >= number).order_by(AuditLeaf.number)
        )
    except SQLAlchemyError:
        line_id = None
    return Fault(str(line_id or "unknown"), number, f"a row of it cannot be read: {problem}")


def _entry_fault(entry: _Entry, tail: Tail, signer: Signer, vault: Vault) -> Fault | None:
    leaf, line, call, answer, bound = entry
    try:
        what = (
            _chain_fault(leaf, line, call, tail)
            or _answer_fault(leaf, line, call, answer, bound, signer, vault)
            or _line_fault(line, call)
        )
    except _UNREADABLE as problem:
        what = f"a row of it cannot be read: {problem}"
    return None if what is None else Fault(leaf.line_id, leaf.number, what)


def _chain_fault(leaf: AuditLeaf, line: UsageLine | None, call: Call | None, tail: Tail) -> str | None:
    if leaf.number != tail.number:
        return f"leaf {tail.number} is missing"
    if line is None or call is None:
        return "its usage line or call is missing"
    if leaf.leaf != leaf_hash(line.id, leaf.sha256, leaf.committed_at):
        return "its leaf does not follow from its id, digest and instant"
    if leaf.record_sha256 != record_digest(_columns(line), _columns(call) if line.kind == "charge" else None):
        return "its call or usage line was changed"
    if leaf.head != next_head(tail.head, leaf.leaf, leaf.record_sha256):
        return "it does not follow from the chain before it"
    return None


def _answer_fault(
    leaf: AuditLeaf,
    line: UsageLine,
    call: Call,
    answer: StoredAnswer | None,
    bound: BoundKey | None,
    signer: Signer,
    vault: Vault,
) -> str | None:
    if line.kind != "charge" or call.outcome not in ANSWERED:
        if answer is not None or bound is not None or leaf.sha256 != NO_ANSWER:
            return "it has an answer although nothing was answered"
        return None
    if answer is None or bound is None:
        return "its answer or its idempotency key is missing"
    if (bound.institution_id, bound.key, bound.request_sha256) != (
        call.institution_id,
        call.idempotency_key,
        call.request_sha256,
    ):
        return "its idempotency key was changed"
    sent = vault.open(answer.sealed, call.id)
    if answer.status != CREATED or not signer.verify_detached(answer.jws, sent):
        return "the stored bytes of its answer are not the ones that were signed"
    body = json.loads(sent)
    evidence = {"sha256": leaf.sha256.hex(), "call_id": call.id, "leaf": leaf.number}
    if answer_digest(body) != leaf.sha256 or body["evidence"] != evidence:
        return "its answer is not the one its leaf is about"
    if body["charge"]["amount_fen"] != line.amount_fen:
        return "its answer shows another charge than its usage line"
    return None


def _line_fault(line: UsageLine, call: Call) -> str | None:
    if any(getattr(line, column) != getattr(call, column) for column in LINE_COLUMNS):
        return "its usage line and its call disagree"
    return None


def _stray(session: Session) -> Fault | None:
    """A row that no leaf leads to, or a reversal that does not take back exactly its charge."""
    charged = aliased(UsageLine)
    strays = {
        "its usage line has no leaf": select(UsageLine.id).where(~exists().where(AuditLeaf.line_id == UsageLine.id)),
        "it has no usage line": select(Call.id).where(~exists().where(UsageLine.id == Call.id)),
        "its answer belongs to no call": select(StoredAnswer.call_id).where(
            ~exists().where(Call.id == StoredAnswer.call_id)
        ),
        "its idempotency key belongs to no call": select(BoundKey.call_id).where(
            ~exists().where(Call.id == BoundKey.call_id)
        ),
        "its reversal takes back another amount": select(UsageLine.id)
        .join(charged, charged.id == UsageLine.reverses)
        .where((UsageLine.amount_fen + charged.amount_fen != 0) | (UsageLine.calls + charged.calls != 0)),
    }
    for what, query in strays.items():
        stray = session.scalar(query.limit(1))
        if stray is not None:
            return Fault(stray, None, what)
    return None


def _root_fault(session: Session, signer: Signer, leaves: Sequence[bytes], heads: Sequence[bytes]) -> Fault | None:
    """A root that was signed earlier and is not a root of this log."""
    for kept in session.scalars(select(AuditRoot).order_by(AuditRoot.size)):
        claims = root_claims(kept.size, kept.root, kept.head, kept.signed_at)
        if signer.verify(kept.jws) != claims:
            what = "its signature is not over it"
        elif kept.size > len(leaves):
            what = f"the log has only {len(leaves)} leaves left"
        elif (kept.root, kept.head) != (merkle_root(leaves[: kept.size]), heads[kept.size]):
            what = "it is not a root of this log"
        else:
            continue
        return Fault(f"root of {kept.size} leaves", None, what)
    return None


def _columns(row: LedgerTable) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
