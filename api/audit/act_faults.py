"""What can be wrong with an act, a head of the acts that was signed, or a row that an act is about."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, cast, inspect, not_, select
from sqlalchemy.orm import Session

from api.audit.acts import ActTail, act_digest, columns_of, head_claims, key_of, written_key
from api.audit.faults import UNREADABLE, Fault
from api.audit.tables import AuditAct, AuditActHead
from api.billing.tables import Reconciliation, Statement, StatementSignature
from api.contracts.tables import ContractProposal, ContractVersion
from api.metering.tables import FailedMinute, UsageLine, WalletEntry
from api.signing import Signer
from api.sla.tables import CreditNote, CreditStep
from api.tables import LedgerTable

_NO_CALL = not_(select(UsageLine.id).where(UsageLine.id == WalletEntry.posting).exists())
_ACTED: dict[type[LedgerTable], tuple[ColumnElement[bool], ...]] = {
    ContractProposal: (),
    ContractVersion: (),
    WalletEntry: (_NO_CALL,),
    Statement: (),
    StatementSignature: (),
    Reconciliation: (),
    CreditNote: (),
    CreditStep: (),
    FailedMinute: (),
}
"""The tables whose rows are acts, and which of them: what a call paid follows from its usage line."""
_Kept = dict[tuple[str, str], tuple[str, bytes]]


def acts_fault(session: Session, signer: Signer) -> Fault | None:
    """Check the chain, the heads that were signed, and every row against its act."""
    kept: _Kept = {}
    return _chain_fault(session, signer, kept) or _rows_fault(session, kept)


def _chain_fault(session: Session, signer: Signer, kept: _Kept) -> Fault | None:
    heads = {}
    for head in rows_of(session, AuditActHead):
        if isinstance(head, Fault):
            return head
        try:
            claims = head_claims(head)
        except UNREADABLE as problem:
            return Fault(named(head), None, f"it cannot be read: {problem}")
        if signer.verify(head.jws, head.signature_alg) != claims:
            return Fault(named(head), None, "its signature is not over it")
        heads[head.size] = head
    tail = ActTail()
    for act in rows_of(session, AuditAct):
        if isinstance(act, Fault):
            return act
        try:
            number, tail = tail.size, tail.after(act.hash_alg, act.table_name, act.row_key, act.record_digest)
        except UNREADABLE as problem:
            return Fault(named(act), None, f"it cannot be read: {problem}")
        if act.number != number:
            return Fault(f"audit_act [{number}]", None, "it is missing")
        if act.head != tail.head:
            return Fault(named(act), None, "it does not follow from the acts before it")
        kept[act.table_name, act.row_key] = act.hash_alg, act.record_digest
        signed = heads.pop(tail.size, None)
        if signed is not None and signed.head != tail.head:
            return Fault(named(signed), None, "it is not the head of these acts")
    return Fault(named(next(iter(heads.values()))), None, "acts before it are missing") if heads else None


def _rows_fault(session: Session, kept: _Kept) -> Fault | None:
    for table, conditions in _ACTED.items():
        for row in rows_of(session, table, *conditions):
            if isinstance(row, Fault):
                return row
            act = kept.pop((table.__tablename__, key_of(row)), None) or _newer(session, row)
            if act is None:
                return Fault(named(row), None, "no act leads to it")
            hash_alg, record = act
            if act_digest(hash_alg, table.__tablename__, columns_of(row)) != record:
                return Fault(named(row), None, "it was changed since it was written")
    if kept:
        table_name, key = next(iter(kept))
        return Fault(f"{table_name} {key}", None, "it is missing, or its act was changed")
    return None


def _newer(session: Session, row: LedgerTable) -> tuple[str, bytes] | None:
    """The act of a row that was written since the chain was walked."""
    query = select(AuditAct.hash_alg, AuditAct.record_digest).where(
        AuditAct.table_name == row.__tablename__, AuditAct.row_key == key_of(row)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found.hash_alg, found.record_digest)


def rows_of(session: Session, table: type[LedgerTable], *conditions: ColumnElement[bool]) -> Iterator[Any]:
    """The rows of a table in the order of their keys; a `Fault` in place of the first one that cannot be read."""
    keys = inspect(table).primary_key
    query = select(table).where(*conditions).order_by(*keys)
    try:
        yield from session.scalars(query).all()
        session.expunge_all()
        return
    except UNREADABLE:
        session.rollback()
    for place in count():  # some row of it: read one by one until it is met
        try:
            session.scalars(query.offset(place).limit(1)).all()
        except UNREADABLE as problem:
            session.rollback()
            yield Fault(
                f"{table.__tablename__} {_key_at(session, query, place)}", None, f"it cannot be read: {problem}"
            )
            return


def _key_at(session: Session, query: Any, place: int) -> str:
    """The key of a row that cannot be read, as far as it can."""
    keys = [cast(key, LargeBinary) for key in query.selected_columns if key.primary_key]
    try:
        found = session.execute(query.with_only_columns(*keys).offset(place).limit(1)).one()
    except UNREADABLE:
        session.rollback()
        return f"number {place}"
    return written_key(bytes(part).decode(errors="replace") for part in found)


def named(row: LedgerTable) -> str:
    """A row by its table and key."""
    return f"{row.__tablename__} {key_of(row)}"
