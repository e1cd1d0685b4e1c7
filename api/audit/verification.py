"""The walk that checks the whole ledger against itself, and names the first thing that is wrong.

It covers every column of calls, answers, idempotency keys and usage lines, of the log's own leaves, nodes and roots,
and of what no call writes: contracts, wallets, statements, agreements and reconciliations, with their acts. It reads
the log in portions and holds one of them: memory does not grow with the log.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.audit.act_faults import acts_fault
from api.audit.chain import Tail
from api.audit.credits import credit_fault
from api.audit.faults import ENTRIES, UNREADABLE, Entry, Fault, entry_fault, stray_fault
from api.audit.growing import GrowingTrees
from api.audit.money_faults import money_fault
from api.audit.tables import AuditLeaf
from api.signing import Signer
from api.vault import Vault
from bureau.progress import Tell

_PAGE = 500
_TOLD = 20_000
"""Leaves between two words on how far the walk is."""
FaultOf = Callable[[Entry, Tail], Fault | None]


@dataclass(frozen=True)
class Verification:
    """How far the log is sound: all `leaves` of it when there is no fault. root: Merkle root of those."""

    leaves: int
    root: bytes
    fault: Fault | None


def verify_ledger(session: Session, signer: Signer, vault: Vault, tell: Tell | None = None) -> Verification:
    """Check every leaf against the chain, the stored bytes, the call and the charge; the tree and its signed roots on
    the way; then strays, acts and money. The log may grow meanwhile."""
    trees = GrowingTrees(session, signer)
    fault_of = partial(entry_fault, signer=signer, vault=vault)
    fault = _walk(session, fault_of, trees, tell) or stray_fault(session) or trees.end()
    fault = fault or acts_fault(session, signer) or credit_fault(session) or money_fault(session, signer)
    return Verification(trees.size, trees.root(), fault)


def _walk(session: Session, fault_of: FaultOf, trees: GrowingTrees, tell: Tell | None) -> Fault | None:
    tail = Tail()
    if fault := trees.begin(tail.head):
        return fault
    total = (session.scalar(select(func.count()).select_from(AuditLeaf)) or 1) if tell else 1
    for page in _pages(session):
        if isinstance(page, Fault):
            return page
        sealed = trees.sealed_sizes(tail.number + 1, tail.number + len(page))
        for entry in page:
            if fault := fault_of(entry, tail):
                return fault
            leaf = entry.AuditLeaf
            tail = Tail(leaf.number + 1, leaf.head, leaf.committed_at)
            if fault := trees.take(leaf.leaf, leaf.head, tail.number in sealed):
                return fault
            if tell is not None and tail.number % _TOLD == 0:
                tell(f"{tail.number:,} leaves", min(tail.number / total, 1.0))
    return None


def _pages(session: Session) -> Iterator[list[Entry] | Fault]:
    """Every leaf with the rows it is about, in order; a `Fault` in place of one that cannot be read."""
    number, size = _first(session), _PAGE
    while True:
        try:
            page = list(session.execute(ENTRIES.where(AuditLeaf.number >= number).limit(size)).all())
        except UNREADABLE as problem:
            session.rollback()
            if size == 1:
                yield _unreadable(session, number, problem)
                return
            size = 1  # some row of the page: read one by one until it is met
            continue
        if not page:
            return
        yield page
        number = page[-1].AuditLeaf.number + 1
        session.expunge_all()


def _first(session: Session) -> int:
    """Where the log begins: at 0, unless a number was changed to less."""
    return min(session.scalar(select(func.min(AuditLeaf.number))) or 0, 0)


def _unreadable(session: Session, number: int, problem: Exception) -> Fault:
    last_line = text("CAST(line_id AS VARCHAR)")
    query = select(last_line).select_from(AuditLeaf).where(AuditLeaf.number >= number).order_by(AuditLeaf.number)
    try:
        line_id = session.scalar(query)
    except SQLAlchemyError:
        line_id = None
    return Fault(str(line_id or f"leaf {number}"), number, f"a row of it cannot be read: {problem}")
