"""The monthly audit of asserted consents: who was drawn is told, once."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from api.access.asserting import draw_asserted
from api.access.institutions import find_institution
from api.access.tables import Consent, Institution
from api.billing.months import Month
from api.identifiers import new_identifier
from api.jobs.queue import SEND_WEBHOOKS, enqueue, first_time
from api.jobs.tables import JobEffect
from api.metering.tables import Event
from api.vault import Vault
from bureau.db import legal_day, transaction

JOB = "draw-consent-audit"


def draw_for_audit(engine: Engine, vault: Vault, at: datetime) -> int:
    """Draw among the consents asserted in each month that is over and was not drawn yet, and ask each institution for
    the documents of those that were drawn; returns how many were asked now, for one month each. `bureau consents audit`
    draws the same.

    Each month in a transaction of its own, so that callers wait for one and not for all.
    """
    with transaction(engine) as session:
        left = _left(session, Month.of(at).former)
    return sum(_drawn(engine, vault, month, at) for month in left)


def _left(session: Session, last: Month) -> list[Month]:
    """The months up to the last one in which consents were asserted and of which nobody was asked, the oldest first."""
    days = session.scalars(_DAYS.where(Consent.created_at < last.ends))
    months = {Month((_EPOCH + timedelta(int(day))).replace(day=1)) for day in days}
    done = set(session.scalars(select(JobEffect.key).where(JobEffect.job == JOB).distinct()))
    return sorted(month for month in months if str(month) not in done)


_EPOCH = date(1970, 1, 1)
_DAYS = (
    select(legal_day(Consent.created_at))
    .distinct()
    .join(Institution, Institution.id == Consent.institution_id)
    .where(Institution.test.is_(False), Consent.granted_by == "asserted")
)


def _drawn(engine: Engine, vault: Vault, month: Month, at: datetime) -> int:
    with transaction(engine) as session:
        asked = [
            _asked(institution_id, month, consents, at)
            for institution_id, consents in _by_institution(session, vault, month).items()
            if first_time(session, JOB, str(month), institution_id, at)
        ]
        session.add_all(asked)
        if asked:
            enqueue(session, SEND_WEBHOOKS)
    return len(asked)


def _by_institution(session: Session, vault: Vault, month: Month) -> dict[int, list[str]]:
    drawn = defaultdict(list)
    for one in draw_asserted(session, vault, str(month), month.begins, month.ends):
        drawn[find_institution(session, one.institution).id].append(one.consent_id)
    return drawn


def _asked(institution_id: int, month: Month, consents: list[str], at: datetime) -> Event:
    return Event(
        id=new_identifier(at),
        institution_id=institution_id,
        topic="consent.audit_drawn",
        payload={"month": str(month), "consent_ids": consents},
        test=False,
        occurred_at=at,
    )
