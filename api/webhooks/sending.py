"""The way of an event to an address: picked up from the outbox, signed, sent, and sent again until it arrives.

Signed as Standard Webhooks 1.0 says: the id is the event's and the same for every attempt, so that a receiver knows
what it has had; the timestamp is the attempt's. No crash loses one: an event that was written is picked up, and one
that was being sent is due again when its lease has run out, so that it may arrive twice. After ten attempts over about
three days it is given up, and comes again only when it is asked for.
"""

import asyncio
import json
import logging
import ssl
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import Engine, Row, exists, insert, select, update
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as StandardWebhook

from api.jobs.queue import SEND_WEBHOOKS, enqueue
from api.metering.exclusive import take_turn
from api.metering.tables import Event
from api.vault import Vault
from api.webhooks.addresses import look_up
from api.webhooks.posting import post
from api.webhooks.registering import call_off
from api.webhooks.tables import Delivery, Webhook
from bureau.db import transaction
from bureau.errors import AnswerDamaged, BureauError

WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""After how long a failed attempt is made again; after the last it is given up, and can be asked for."""
LEASE = timedelta(minutes=2)
"""For how long an attempt is one process's alone."""
DEADLINE_SECONDS = 15.0
"""Within which an attempt is over, whatever its receiver and its name's servers do: well within the lease."""
SHARE = timedelta(seconds=5)
"""What the attempts of one address take of a round's time; the one that goes beyond is its last in the round."""
_AT_ONCE = 50
_UNOPENED = (
    "the secret of webhook %s cannot be opened: %s. Give BUREAU_SECRET_KEY the key it was sealed with and start what "
    "sends webhooks anew; where that key is lost, its institution registers the address anew."
)
_log = logging.getLogger("bureau.api")


@dataclass(frozen=True)
class Sending:
    """One attempt. leased_until: the delivery's due_at while the attempt is this process's alone."""

    webhook_id: str
    event_id: str
    attempts: int
    leased_until: datetime
    url: str
    sealed_secret: bytes
    body: bytes


def send_due(
    engine: Engine,
    vault: Vault,
    clock: Callable[[], datetime],
    *,
    local: bool = False,
    seconds: float = DEADLINE_SECONDS,
) -> int:
    """Pick up new events and make the attempts that are due, up to fifty; returns how many arrived.

    Each is claimed and signed at its own instant: receivers refuse a timestamp that is minutes old, and while slow
    ones are waited for, what is to come stays due for another process. An address that failed, or has had its share of
    the time, is left alone until the next round, so that one with much to come does not take everybody's.
    seconds: an attempt's deadline.
    """
    pick_up(engine, clock())
    arrived, failed, slow = 0, set[str](), set[str]()
    taken = defaultdict[str, timedelta](timedelta)
    trusted: ssl.SSLContext | None = None
    for _ in range(_AT_ONCE):
        sending = claim_next(engine, clock(), but=failed | slow)
        if sending is None:
            break
        trusted = trusted or httpx.create_ssl_context()  # takes 20 ms: not where nothing is due
        began = clock()
        problem, gone = attempt(sending, vault, began, trusted, local=local, seconds=seconds)
        ended = clock()
        settle(engine, sending, ended, problem, gone=gone)
        if problem is not None:
            failed.add(sending.webhook_id)
            continue
        arrived += 1
        taken[sending.webhook_id] += ended - began
        if taken[sending.webhook_id] > SHARE:
            slow.add(sending.webhook_id)
    if slow:
        with transaction(engine) as session:
            enqueue(session, SEND_WEBHOOKS)  # their next round, which the queue's clock begins a minute later
    return arrived


def pick_up(engine: Engine, at: datetime) -> int:
    """Make a delivery of every event an address should hear of and does not have; returns how many are new."""
    wanted = (
        select(Webhook.id, Event.id, Webhook.topics, Event.topic)
        .join(Event, (Event.institution_id == Webhook.institution_id) & (Event.test == Webhook.test))
        .where(Webhook.ended_at.is_(None), Event.occurred_at >= Webhook.created_at)
        .where(~exists().where(Delivery.webhook_id == Webhook.id, Delivery.event_id == Event.id))
    )
    with Session(engine) as session:
        if not any(row[3] in row[2] for row in session.execute(wanted)):
            return 0  # as it is nearly always, and nobody had to wait for it
    with transaction(engine) as session:
        take_turn(session.connection())  # two processes pick up one after the other
        rows = [row for row in session.execute(wanted) if row[3] in row[2]]
        if rows:
            session.execute(
                insert(Delivery),
                [{"webhook_id": row[0], "event_id": row[1], "attempts": 0, "due_at": at} for row in rows],
            )
    return len(rows)


def claim_next(engine: Engine, at: datetime, but: Collection[str] = ()) -> Sending | None:
    """The attempt that has been due longest, this process's alone until its lease runs out; None where none is due.

    but: the addresses that are left alone. Nothing of an address is judged here: what raised would undo the claim, and
    be the one that has been due longest for ever.
    """
    due = (
        select(Delivery, Webhook, Event)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .join(Event, Event.id == Delivery.event_id)
        .where(Delivery.due_at <= at, Webhook.ended_at.is_(None), Webhook.id.not_in(but))
        .order_by(Delivery.due_at, Delivery.event_id)
        .limit(1)
    )
    with Session(engine) as session:
        if session.execute(due).one_or_none() is None:
            return None
    with transaction(engine) as session:
        take_turn(session.connection())
        # Locked on PostgreSQL: what somebody asks for or ends between the reading and the writing is not overwritten.
        row = session.execute(due.with_for_update(of=Delivery)).one_or_none()
        if row is None:  # another process's meanwhile
            return None
        row.Delivery.due_at = leased_until = at + LEASE
        return _sending(row, leased_until)


def attempt(
    sending: Sending, vault: Vault, at: datetime, trusted: ssl.SSLContext, *, local: bool, seconds: float
) -> tuple[str | None, bool]:
    """Send once, within so many seconds: (what went wrong or None, whether the receiver wants no more of it)."""
    try:
        headers = _signed(sending, vault, at)
        status = asyncio.run(_answer(sending, headers, trusted, local=local, seconds=seconds))
    except AnswerDamaged as problem:
        _log.error(_UNOPENED, sending.webhook_id, problem.why)
        return "the platform could not open its secret to sign with", False
    except TimeoutError:
        return f"it did not answer within {seconds:g} seconds", False
    except (httpx.HTTPError, BureauError) as problem:
        return f"{type(problem).__name__}: {problem}"[:200], False
    return (None if 200 <= status < 300 else f"it answered {status}"), status == httpx.codes.GONE


def settle(engine: Engine, sending: Sending, at: datetime, problem: str | None, *, gone: bool) -> None:
    """Keep how an attempt ended: it arrived, or is due again, or is given up.

    Nothing is kept where its lease stands no longer: it was asked to be sent again meanwhile, which is then still to
    be done, its address was ended, or it took so long that it is another process's.
    """
    made = sending.attempts + 1
    later = at + WAITS[made - 1] if problem and made <= len(WAITS) and not gone else None
    leased = (
        update(Delivery)
        .where(Delivery.webhook_id == sending.webhook_id, Delivery.event_id == sending.event_id)
        .where(Delivery.due_at == sending.leased_until)
    )
    ended = leased.values(attempts=made, due_at=later, arrived_at=None if problem else at, last_problem=problem)
    with transaction(engine) as session:
        if session.scalar(ended.returning(Delivery.event_id)) is None:
            return
        if later is not None:
            enqueue(session, SEND_WEBHOOKS, later)
        if gone:
            session.execute(update(Webhook).where(Webhook.id == sending.webhook_id).values(ended_at=at))
            call_off(session, sending.webhook_id)
    if problem and later is None:
        _log.warning("event %s was given up after %d attempts: %s", sending.event_id, made, problem)


async def _answer(
    sending: Sending, headers: dict[str, str], trusted: ssl.SSLContext, *, local: bool, seconds: float
) -> int:
    async with asyncio.timeout(seconds):  # over all of it: a timeout of httpx is of each read, and headers may drip
        addresses = await look_up(sending.url, local=local)  # names may point elsewhere than when it was registered
        return await post(sending.url, sending.body, headers, trusted, addresses)


def _signed(sending: Sending, vault: Vault, at: datetime) -> dict[str, str]:
    secret = vault.open(sending.sealed_secret, sending.webhook_id).decode()
    return {
        "content-type": "application/json",
        "webhook-id": sending.event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": StandardWebhook(secret).sign(sending.event_id, at, sending.body.decode()),
    }


def _sending(row: Row[Delivery, Webhook, Event], leased_until: datetime) -> Sending:
    event = row.Event
    said = {"type": event.topic, "timestamp": event.occurred_at.isoformat(), "data": event.payload}
    return Sending(
        row.Webhook.id,
        event.id,
        row.Delivery.attempts,
        leased_until,
        row.Webhook.url,
        row.Webhook.sealed_secret,
        json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(),
    )
