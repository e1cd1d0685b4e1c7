"""How long the ledger's rows are kept, and deleting what need not be kept any longer."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Engine, delete, or_, select
from sqlalchemy.orm import Session

from api.access.tables import Consent, ConsentAbuse, Notice, UsedAssertion, UsedCode
from api.matching.tables import FinancingNeed
from bureau.clock import SHANGHAI, shanghai_day
from bureau.db import transaction
from bureau.errors import RetentionNotOver

YEARS = 5
KEPT = {
    "call": "for ever: five years are the law's least, and the audit log is one chain",
    "usage_line": "for ever, with its call",
    "audit_leaf": "for ever, with its call",
    "answer": "for ever, with its call",
    "reading": "for ever, with the call whose answer was read again",
    "consent": "five years after it ended, and as long as a need rests on it",
    "notice": "five years",
    "consent_abuse": "five years after it was lifted",
    "used_code": "five years, with the consent it granted",
    "used_assertion": "until the assertion would have expired",
}
"""The query log (who asked about whom, when, why and with which right, and who read it again), table by table."""


@dataclass(frozen=True)
class Deleted:
    """How many rows went."""

    consents: int
    notices: int


def purge(session: Session, before: date, at: datetime) -> Deleted:
    """Delete what ended before a day. Raises `RetentionNotOver` for a day less than five years ago; on that very day
    of the year what ended before it is five years old. The session must see everybody's rows."""
    today = shanghai_day(at)
    earliest = _years_before(today)
    if before > earliest:
        raise RetentionNotOver(before.isoformat(), earliest.isoformat(), YEARS)
    begins = datetime.combine(before, time(), SHANGHAI)
    notices = session.execute(delete(Notice).where(Notice.created_at < begins).returning(Notice.id)).all()
    session.execute(delete(ConsentAbuse).where(ConsentAbuse.lifted_at < begins))
    session.execute(delete(UsedCode).where(UsedCode.used_at < begins))
    session.execute(delete(UsedAssertion).where(UsedAssertion.expires_at < at))
    still_needed = [select(table.consent_id) for table in (Notice, ConsentAbuse)]
    needs = select(FinancingNeed.consent_id).where(FinancingNeed.consent_id.is_not(None))
    ended = or_(Consent.valid_to < before, Consent.revoked_at < begins)
    free = [Consent.id.not_in(query) for query in (*still_needed, needs)]
    consents = session.execute(delete(Consent).where(ended, *free).returning(Consent.id)).all()
    return Deleted(len(consents), len(notices))


def purge_due(engine: Engine, at: datetime) -> Deleted:
    """Delete what ended more than five years ago today."""
    with transaction(engine) as session:
        return purge(session, _years_before(shanghai_day(at)), at)


def _years_before(day: date) -> date:
    """The same day five years earlier; of 29 February the 28th, so that no record is a day short."""
    try:
        return day.replace(year=day.year - YEARS)
    except ValueError:
        return day.replace(year=day.year - YEARS, day=28)
