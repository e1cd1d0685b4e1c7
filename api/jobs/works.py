"""The recurring works, by name: what each does, and how often it looks whether there is something to do.

Each may be done twice, and by two processes at once: what it leaves, it leaves once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from api.access.auditing import draw_for_audit
from api.access.telling import tell_enterprises
from api.audit.acts import seal_acts
from api.audit.sealer import seal_if_due
from api.billing.issuing import issue_due
from api.jobs.queue import SEND_WEBHOOKS, TELL_ENTERPRISES
from api.retention import purge_due
from api.signing import Signer
from api.vault import Vault
from api.webhooks.sending import send_due
from bureau.clock import now


@dataclass(frozen=True)
class Workplace:
    """What the works work with. engine: sees everybody's rows. webhooks_local: as the setting."""

    engine: Engine
    signer: Signer
    vault: Vault
    webhooks_local: bool = False
    clock: Callable[[], datetime] = now


@dataclass(frozen=True)
class Work:
    """One recurring work. cron: when the queue has it done, by UTC; seconds: how often a server on SQLite does."""

    does: Callable[[Workplace, datetime], object]
    cron: str
    seconds: int


_MINUTE, _HOUR = 60, 3_600
WORKS = {
    SEND_WEBHOOKS: Work(
        lambda place, _: send_due(place.engine, place.vault, place.clock, local=place.webhooks_local), "* * * * *", 2
    ),
    TELL_ENTERPRISES: Work(lambda place, at: tell_enterprises(place.engine, at), "* * * * *", 2),
    "seal-audit": Work(lambda place, at: seal_if_due(place.engine, place.signer, at), "* * * * *", _MINUTE),
    "seal-acts": Work(lambda place, at: seal_acts(place.engine, place.signer, at), "* * * * *", _MINUTE),
    "issue-statements": Work(lambda place, at: issue_due(place.engine, place.signer, at), "7 * * * *", _HOUR),
    "draw-consent-audit": Work(lambda place, at: draw_for_audit(place.engine, place.vault, at), "17 * * * *", _HOUR),
    "purge": Work(lambda place, at: purge_due(place.engine, at), "27 * * * *", _HOUR),
}
"""By name. What is due by the month is looked for each hour, so that a night without a server is made up for."""
