"""What can be wrong with credits: a line of no approved note, or a note that is not the one its line names."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.faults import UNREADABLE, Fault
from api.metering.tables import UsageLine
from api.sla.crediting import line_of
from api.sla.tables import CreditNote, CreditStep


def credit_fault(session: Session) -> Fault | None:
    """The first wrong credit. The chain covers a credit's line, and the line names its note's digest."""
    try:
        return next(_faults(session), None)
    except UNREADABLE as problem:
        session.rollback()
        return Fault("a credit note", None, f"it cannot be read: {problem}")


def _faults(session: Session) -> Iterator[Fault]:
    approved = set(session.scalars(select(CreditStep.note_id).where(CreditStep.step == "approved")))
    lines = select(UsageLine, CreditNote).join(CreditNote, CreditNote.id == UsageLine.id, isouter=True)
    for line, note in session.execute(lines.where(UsageLine.kind == "credit")).tuples():
        if note is None or line.id not in approved:
            yield Fault(line.id, None, "its credit has no approved note")
        elif any(getattr(line, name) != value for name, value in line_of(note, line.committed_at).items()):
            yield Fault(line.id, None, "its credit note was changed")
        approved.discard(line.id)
    for note_id in sorted(approved):
        yield Fault(note_id, None, "its credit note is approved and has no line")
