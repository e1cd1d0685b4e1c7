"""The monthly audit of asserted consents: who was drawn is told, once."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from api.access.asserting import draw_asserted
from api.access.institutions import find_institution
from api.billing.months import Month
from api.identifiers import new_identifier
from api.jobs.queue import SEND_WEBHOOKS, enqueue, first_time
from api.jobs.tables import JobEffect
from api.metering.tables import Event
from api.vault import Vault
from bureau.db import transaction

JOB = "draw-consent-audit"


def draw_for_audit(engine: Engine, vault: Vault, at: datetime) -> int:
    """Draw among the consents asserted in the month that ended last, and ask each institution for the documents of
    those that were drawn; returns how many institutions were asked now. `bureau consents audit` draws the same."""
    month = Month.of(at).former
    with transaction(engine) as session:
        if session.scalar(select(exists().where(JobEffect.job == JOB, JobEffect.key == str(month)))):
            return 0
        drawn = _by_institution(session, vault, month)
        asked = [
            _asked(institution_id, month, consents, at)
            for institution_id, consents in drawn.items()
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
