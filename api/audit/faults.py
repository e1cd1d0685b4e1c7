"""What can be wrong with one leaf and the rows it is about."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from api.audit.chain import Tail, answer_digest, evidence_of, leaf_hash, next_head, no_answer, record_digest
from api.audit.tables import AuditLeaf
from api.contracts.pricing import Package, Volume
from api.contracts.tables import ContractVersion
from api.contracts.terms import Terms
from api.metering.batch import LINE_COLUMNS
from api.metering.draft import ANSWERED, CREATED
from api.metering.tables import BoundKey, Call, StoredAnswer, UsageLine
from api.signing import Signer
from api.tables import LedgerTable
from api.vault import Vault
from bureau.errors import AnswerDamaged

UNREADABLE = (
    *(SQLAlchemyError, AnswerDamaged),
    *(ValueError, TypeError, LookupError, AttributeError, OverflowError),
)
"""What reading or computing with a row that somebody changed may raise."""

Entry = Row[AuditLeaf, UsageLine, Call, StoredAnswer, BoundKey]
"""One leaf with the rows it is about; all but the leaf are None where they are missing."""

ENTRIES = (
    select(AuditLeaf, UsageLine, Call, StoredAnswer, BoundKey)
    .join(UsageLine, UsageLine.id == AuditLeaf.line_id, isouter=True)
    .join(Call, Call.id == UsageLine.call_id, isouter=True)
    .join(StoredAnswer, StoredAnswer.call_id == UsageLine.id, isouter=True)
    .join(BoundKey, BoundKey.call_id == UsageLine.id, isouter=True)
    .order_by(AuditLeaf.number)
)


@dataclass(frozen=True)
class Fault:
    """The first wrong thing. named: a call, leaf, node or root. number: of its leaf, None where it has none."""

    named: str
    number: int | None
    what: str


def entry_fault(entry: Entry, tail: Tail, signer: Signer, vault: Vault) -> Fault | None:
    """What is wrong with a leaf that must follow `tail`."""
    leaf, line, call, answer, bound = entry
    if leaf.number != tail.number:
        return Fault(f"leaf {tail.number}", tail.number, "it is missing")
    try:
        what = (
            _chain_fault(leaf, line, call, tail)
            or _answer_fault(leaf, line, call, answer, bound, signer, vault)
            or _line_fault(line, call)
        )
    except UNREADABLE as problem:
        what = f"a row of it cannot be read: {problem}"
    return None if what is None else Fault(leaf.line_id, leaf.number, what)


def stray_fault(session: Session) -> Fault | None:
    """A row that no leaf leads to, or a reversal that does not take back exactly its charge."""
    for what, query in _strays():
        try:
            stray = session.scalar(query.limit(1))
        except UNREADABLE as problem:
            session.rollback()
            return Fault("a row", None, f"{what}, and it cannot be read: {problem}")
        if stray is not None:
            return Fault(str(stray), None, what)
    return _reversal_fault(session)


def _chain_fault(leaf: AuditLeaf, line: UsageLine | None, call: Call | None, tail: Tail) -> str | None:
    if line is None or (call is None and line.kind != "credit"):
        return "its usage line or call is missing"
    if leaf.leaf != leaf_hash(leaf.hash_alg, line.id, leaf.digest, leaf.committed_at):
        return "its leaf does not follow from its id, digest and instant"
    rows = {"line": _columns(line), "call": _columns(call) if call is not None and line.kind == "charge" else None}
    if leaf.record_digest != record_digest(leaf.hash_alg, rows):
        return "its call or usage line was changed"
    if leaf.head != next_head(leaf.hash_alg, tail.head, leaf.leaf, leaf.record_digest):
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
        if answer is not None or bound is not None or leaf.digest != no_answer(leaf.hash_alg):
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
    if answer.status != CREATED or not signer.verify_detached(answer.jws, sent, answer.signature_alg):
        return "the stored bytes of its answer are not the ones that were signed"
    body = json.loads(sent)
    evidence = evidence_of(leaf.hash_alg, leaf.digest, call.id, leaf.number)
    if answer_digest(body, leaf.hash_alg) != leaf.digest or body["evidence"] != evidence:
        return "its answer is not the one its leaf is about"
    if body["charge"]["amount_fen"] != line.amount_fen:
        return "its answer shows another charge than its usage line"
    return None


def _line_fault(line: UsageLine, call: Call | None) -> str | None:
    if call is None:
        return None if line.kind == "credit" else "its call is missing"
    if any(getattr(line, column) != getattr(call, column) for column in LINE_COLUMNS):
        return "its usage line and its call disagree"
    return None


def _strays() -> Iterator[tuple[str, Any]]:
    charged = aliased(UsageLine)
    leaves, calls = select(AuditLeaf.line_id), select(Call.id)
    yield "its usage line has no leaf", select(UsageLine.id).where(_no(leaves, AuditLeaf.line_id == UsageLine.id))
    yield "it has no usage line", select(Call.id).where(_no(select(UsageLine.id), UsageLine.id == Call.id))
    for table, what in ((StoredAnswer, "its answer"), (BoundKey, "its idempotency key")):
        query = select(table.call_id).where(_no(calls, Call.id == table.call_id))
        yield f"{what} belongs to no call", query
    taken = select(UsageLine.id).join(charged, charged.id == UsageLine.reverses)
    yield "its reversal takes back another count", taken.where(UsageLine.calls + charged.calls != 0)


def _reversal_fault(session: Session) -> Fault | None:
    """A reversal of another amount than its charge, where no volume or package has given the call another price."""
    charged = aliased(UsageLine)
    unequal = (
        select(UsageLine.id, charged.basis, charged.rule, ContractVersion.terms)
        .join(charged, charged.id == UsageLine.reverses)
        .join(ContractVersion, ContractVersion.id == charged.contract_version_id, isouter=True)
        .where(UsageLine.amount_fen + charged.amount_fen != 0)
        .order_by(UsageLine.id)
    )
    try:
        for line_id, basis, rule, terms in session.execute(unequal).tuples():
            if basis != "unit" or not isinstance(Terms.model_validate(terms).rules[rule].price, Package | Volume):
                return Fault(line_id, None, "its reversal takes back another amount")
    except UNREADABLE as problem:
        session.rollback()
        return Fault("a row", None, f"its reversal takes back another amount, and it cannot be read: {problem}")
    return None


def _no(rows: Any, condition: Any) -> Any:
    return ~rows.where(condition).exists()


def _columns(row: LedgerTable) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
