"""Events reach the addresses that want them, signed, in spite of receivers that fail; over real sockets."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as StandardWebhook
from standardwebhooks import WebhookVerificationError

from api.contracts.terms import Terms
from api.metering.exclusive import exclusive
from api.vault import open_vault
from api.webhooks.addresses import check_address
from api.webhooks.registering import NewWebhook, end_webhook, find_webhook, register, send_again
from api.webhooks.sending import LEASE, SHARE, WAITS, claim_next, pick_up, send_due, settle
from api.webhooks.tables import Delivery
from bureau.clock import now
from bureau.db import transaction
from bureau.errors import InvalidInput, StateConflict, UnknownObject
from tests.factories.ledger import NOON, SECRET, Bank, Books, add_bank, agree, draft

TOPIC = "usage.threshold_reached"


@dataclass
class Receiver:
    """A bank's server: what it got, what happens before it answers next, and what it answers."""

    url: str
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if heard.meanwhile:
                heard.meanwhile.pop(0)()
            self.send_response(heard.answers.pop(0) if heard.answers else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield heard
    server.shutdown()
    server.server_close()


@contextmanager
def dripping(begins: bytes) -> Iterator[str]:
    """The address of a server that begins an answer and sends a byte of it at a time, for half a minute."""
    ended = threading.Event()

    def answer() -> None:
        with suppress(OSError), listener.accept()[0] as caller:  # nobody comes, or the caller goes away
            caller.recv(65_536)
            caller.sendall(begins)
            for _ in range(300):
                caller.sendall(b"x")
                if ended.wait(0.1):
                    break

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        ended.set()
        thread.join()


def registered(books: Books, url: str, bank: Bank | None = None, **changes: Any) -> NewWebhook:
    said = {"url": url, "topics": [TOPIC], "test": False, "local": True, "at": NOON} | changes
    whose = bank or books.bank
    with Session(books.engine, expire_on_commit=False) as session, session.begin():
        return register(session, books.vault, whose.institution_id, whose.client_id, **said)


def cause(books: Books, bank: Bank | None = None, *, events: int = 1, **changes: Any) -> None:
    """So many events: a month's charges reach 800 fen, 1,600 and so on."""
    rule = {"product": "P07", "price": {"model": "flat", "unit_fen": 800}}
    whose = bank or books.bank
    with transaction(books.engine) as session:
        terms = Terms.model_validate({"rules": [rule], "alerts_fen": [800 * (n + 1) for n in range(events)]})
        agree(session, whose.institution_id, terms, NOON)
    for n in range(events):
        books.submit(draft(whose, f"key-{n}", **changes))


def send(books: Books, after: timedelta = timedelta(), **limits: float) -> int:
    return send_due(books.engine, books.vault, lambda: NOON + after, local=True, **limits)


def deliveries(books: Books) -> list[Delivery]:
    with Session(books.engine) as session:
        return list(session.scalars(select(Delivery)))


def queued(books: Books) -> int:
    """How many jobs the queue was given, which SQLite has none of."""
    if books.engine.dialect.name == "sqlite":
        return 0
    with books.engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()


def test_an_event_arrives_once_and_signed(books: Books, receiver: Receiver) -> None:
    made = registered(books, receiver.url)
    cause(books)
    assert (send(books), send(books, timedelta(days=9))) == (1, 0)
    ((headers, body),) = receiver.got
    said = json.loads(body)
    assert (said["type"], said["data"]["charged_fen"]) == (TOPIC, 800)
    standard = StandardWebhook(made.secret)
    assert standard.sign(headers["webhook-id"], NOON, body.decode()) == headers["webhook-signature"]
    fresh = {"webhook-id": "x", "webhook-timestamp": str(int(now().timestamp())), "webhook-signature": "v1,none"}
    with pytest.raises(WebhookVerificationError):
        standard.verify(body, fresh)


def test_each_attempt_has_an_instant_of_its_own(books: Books, receiver: Receiver) -> None:
    """Each of two receivers takes longer than a receiver bears with a timestamp, and than a lease lasts."""
    for _ in range(2):
        registered(books, receiver.url)
    cause(books)
    slow = timedelta(minutes=6)
    assert send_due(books.engine, books.vault, lambda: NOON + len(receiver.got) * slow, local=True) == 2
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in receiver.got]
    assert stamps == [int(NOON.timestamp()), int((NOON + slow).timestamp())]
    assert {delivery.arrived_at for delivery in deliveries(books)} == {NOON + slow, NOON + 2 * slow}


def test_it_is_sent_again_until_it_arrives_with_the_same_id(books: Books, receiver: Receiver) -> None:
    registered(books, receiver.url)
    cause(books)
    receiver.answers = [500, 302, 204]
    assert send(books) == 0
    assert send(books, WAITS[0] - timedelta(seconds=1)) == 0, "it is not due yet"
    assert len(receiver.got) == 1
    assert send(books, WAITS[0]) == 0
    assert send(books, WAITS[0] + WAITS[1]) == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    (delivery,) = deliveries(books)
    assert (delivery.attempts, delivery.due_at, delivery.last_problem) == (3, None, None)


def test_it_is_given_up_after_the_last_attempt_and_can_be_asked_for(books: Books, receiver: Receiver) -> None:
    made = registered(books, receiver.url)
    cause(books)
    receiver.answers = [500] * (len(WAITS) + 1)
    after = timedelta()
    for wait in (*WAITS, timedelta()):
        send(books, after)
        after += wait
    (delivery,) = deliveries(books)
    assert (delivery.due_at, delivery.arrived_at, delivery.last_problem) == (None, None, "it answered 500")
    with transaction(books.engine) as session:
        assert send_again(session, books.bank.institution_id, made.webhook.id, NOON, NOON + after) == 1
        assert send_again(session, books.bank.institution_id, made.webhook.id, NOON + after, NOON + after) == 0
    assert send(books, after) == 1


def replay(books: Books, made: NewWebhook, at: datetime = NOON) -> None:
    with transaction(books.engine) as session:
        assert send_again(session, books.bank.institution_id, made.webhook.id, NOON, at) == 1


@pytest.mark.parametrize(
    ("answer", "arrived"),
    [
        pytest.param(204, 2, id="it arrives, and once more"),
        pytest.param(500, 0, id="it fails"),
        pytest.param(410, 0, id="its receiver wants no more"),
    ],
)
def test_what_is_asked_for_while_an_attempt_is_under_way_is_sent_again(
    books: Books, receiver: Receiver, answer: int, arrived: int
) -> None:
    made = registered(books, receiver.url)
    cause(books)
    receiver.answers, receiver.meanwhile = [answer], [lambda: replay(books, made)]
    assert send(books) == arrived
    if not arrived:
        assert [(one.attempts, one.due_at) for one in deliveries(books)] == [(0, NOON)], "as it was asked for"
        assert send(books) == 1
    (delivery,) = deliveries(books)
    assert (len(receiver.got), delivery.attempts, delivery.due_at, delivery.arrived_at) == (2, 1, None, NOON)


def test_what_is_asked_for_while_it_is_claimed_counts_its_attempts_anew(books: Books, receiver: Receiver) -> None:
    made = registered(books, receiver.url)
    cause(books)
    receiver.answers = [500]
    send(books)
    with ThreadPoolExecutor() as pool:
        with transaction(books.engine) as session:
            send_again(session, books.bank.institution_id, made.webhook.id, NOON, NOON + WAITS[0])
            claiming = pool.submit(claim_next, books.engine, NOON + WAITS[0])
            with suppress(TimeoutError):
                claiming.result(0.5)  # by then it has read, and waits for this transaction
        sending = claiming.result(20)
    assert sending is not None
    assert sending.attempts == 0


@pytest.mark.parametrize("answer", [204, 410, 500])
def test_an_address_that_ends_while_an_attempt_is_under_way_stays_as_it_ended(
    books: Books, receiver: Receiver, answer: int
) -> None:
    made = registered(books, receiver.url)
    cause(books)

    def end() -> None:
        with transaction(books.engine) as session:
            end_webhook(session, books.bank.institution_id, made.webhook.id, NOON)

    receiver.answers, receiver.meanwhile = [answer], [end]
    send(books, timedelta(seconds=1))
    assert [delivery.due_at for delivery in deliveries(books)] == [None]
    with Session(books.engine) as session:
        assert find_webhook(session, books.bank.institution_id, made.webhook.id).ended_at == NOON


def test_who_outlives_its_lease_overwrites_nothing(books: Books, receiver: Receiver) -> None:
    registered(books, receiver.url)
    cause(books)
    pick_up(books.engine, NOON)
    slow = claim_next(books.engine, NOON)
    assert slow is not None
    assert send(books, LEASE) == 1, "another process's attempt"
    settle(books.engine, slow, NOON + LEASE, "it answered 410", gone=True)
    (delivery,) = deliveries(books)
    assert (delivery.attempts, delivery.arrived_at, delivery.last_problem) == (1, NOON + LEASE, None)
    with Session(books.engine) as session:
        assert find_webhook(session, books.bank.institution_id, delivery.webhook_id).ended_at is None


def test_who_is_gone_hears_nothing_more(books: Books, receiver: Receiver) -> None:
    registered(books, receiver.url)
    cause(books, events=2)
    receiver.answers = [410]
    send(books)
    assert send(books, timedelta(days=9)) == 0
    assert len(receiver.got) == 1
    assert [delivery.due_at for delivery in deliveries(books)] == [None, None]


def test_nobody_answers(books: Books) -> None:
    registered(books, "http://127.0.0.1:9/closed")
    cause(books)
    assert send(books) == 0
    (delivery,) = deliveries(books)
    assert "ConnectError" in (delivery.last_problem or "")


@pytest.mark.parametrize(
    ("begins", "seconds", "problem"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n", 20, None, id="its body drips"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx-more: ", 2, "it did not answer within 2 seconds", id="its headers drip"),
    ],
)
def test_an_answer_that_never_ends_holds_up_nobody(
    books: Books, receiver: Receiver, begins: bytes, seconds: float, problem: str | None
) -> None:
    other = add_bank(books.engine, "另一银行")
    with dripping(begins) as url:
        made = registered(books, url)
        registered(books, receiver.url, other)
        cause(books)
        cause(books, other)
        assert send(books, seconds=seconds) == (2 if problem is None else 1)
    (slow,) = (one for one in deliveries(books) if one.webhook_id == made.webhook.id)
    assert (slow.attempts, slow.arrived_at is None, slow.last_problem) == (1, problem is not None, problem)
    assert len(receiver.got) == 1, "the other bank's event"


def test_what_else_waits_for_a_receiver_that_failed_is_left_to_the_next_time(books: Books, receiver: Receiver) -> None:
    """However much it has coming, it takes one attempt's time of everybody's."""
    registered(books, receiver.url)
    cause(books, events=3)
    receiver.answers = [204, 500]
    assert (send(books), len(receiver.got)) == (1, 2)
    assert (send(books), len(receiver.got)) == (1, 3)
    assert send(books, WAITS[0]) == 1


@pytest.mark.parametrize(
    ("slow", "attempts"),
    [
        pytest.param(timedelta(seconds=14), 1, id="one attempt is beyond its share"),
        pytest.param(SHARE / 2, 3, id="a few together are beyond it"),
        pytest.param(SHARE / 5, 5, id="within it"),
    ],
)
def test_a_receiver_that_is_slow_takes_its_share_of_a_round(
    books: Books, receiver: Receiver, slow: timedelta, attempts: int
) -> None:
    made = registered(books, receiver.url)
    cause(books, events=5)
    pick_up(books.engine, NOON)
    other = add_bank(books.engine, "另一银行")
    registered(books, receiver.url, other)
    cause(books, other)

    def clock() -> datetime:
        return NOON + timedelta(seconds=1) + len(receiver.got) * slow

    before = queued(books)
    assert send_due(books.engine, books.vault, clock, local=True) == attempts + 1, "the other bank's too"
    arrived = [one for one in deliveries(books) if one.webhook_id == made.webhook.id and one.arrived_at]
    assert len(arrived) == attempts
    again = attempts < 5 and books.engine.dialect.name == "postgresql"
    assert queued(books) - before == again, "a round for what is left"
    assert send_due(books.engine, books.vault, clock, local=True) == min(attempts, 5 - attempts)


def test_a_secret_that_cannot_be_opened_holds_up_nobody_else(
    books: Books, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """It was sealed with a key that whoever sends does not have; it has been due longest, each time."""
    own, both = books.vault, open_vault(f"2:another secret,1:{SECRET}")
    books.vault = both
    made = registered(books, receiver.url)
    books.vault = own
    cause(books, events=2)
    pick_up(books.engine, NOON)
    other = add_bank(books.engine, "另一银行")
    registered(books, receiver.url, other)
    cause(books, other)
    assert (send(books, timedelta(seconds=1)), len(receiver.got)) == (1, 1)
    unsigned = [one for one in deliveries(books) if one.webhook_id == made.webhook.id]
    assert sorted(one.attempts for one in unsigned) == [0, 1], "its address is left alone after the first"
    assert [one.due_at for one in unsigned if one.attempts] == [NOON + timedelta(seconds=1) + WAITS[0]]
    assert "could not open its secret" in next(one.last_problem or "" for one in unsigned if one.attempts)
    (said,) = (record.getMessage() for record in caplog.records if made.webhook.id in record.getMessage())
    assert "key 2, which BUREAU_SECRET_KEY does not name" in said
    books.vault = both
    assert send(books, timedelta(seconds=1) + WAITS[0]) == 2, "the key was given"


def test_where_nothing_is_due_no_turn_is_taken(books: Books, receiver: Receiver) -> None:
    """A call that is being committed is not waited for, and has none to wait for."""
    registered(books, receiver.url)
    with ThreadPoolExecutor() as pool, exclusive(books.engine):
        assert pool.submit(send, books).result(20) == 0


def test_an_attempt_that_a_crash_cut_off_is_made_again(books: Books, receiver: Receiver) -> None:
    registered(books, receiver.url)
    cause(books)
    pick_up(books.engine, NOON)
    assert claim_next(books.engine, NOON) is not None, "and then the process died"
    assert claim_next(books.engine, NOON) is None, "it is another process's for a while"
    assert send(books, LEASE) == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"test": True}, id="in test mode"),
        pytest.param({"topics": ["statement.issued"]}, id="another topic"),
        pytest.param({"at": NOON + timedelta(hours=1)}, id="registered later"),
    ],
)
def test_an_event_it_should_not_hear_of(books: Books, receiver: Receiver, changes: dict[str, Any]) -> None:
    registered(books, receiver.url, **changes)
    cause(books)
    assert send(books, timedelta(hours=2)) == 0
    assert receiver.got == []


def test_an_ended_address_hears_nothing(books: Books, receiver: Receiver) -> None:
    made = registered(books, receiver.url)
    cause(books)
    pick_up(books.engine, NOON)
    with transaction(books.engine) as session:
        end_webhook(session, books.bank.institution_id, made.webhook.id, NOON)
    assert send(books) == 0
    assert [delivery.due_at for delivery in deliveries(books)] == [None]
    with transaction(books.engine) as session, pytest.raises(StateConflict):
        send_again(session, books.bank.institution_id, made.webhook.id, NOON, NOON)


def test_another_institution_neither_hears_nor_sees(books: Books, receiver: Receiver) -> None:
    made = registered(books, receiver.url)
    other = add_bank(books.engine, "另一银行")
    cause(books)
    with Session(books.engine) as session, pytest.raises(UnknownObject):
        find_webhook(session, other.institution_id, made.webhook.id)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("http://bank.example/hook", "https://", id="clear text"),
        pytest.param("ftp://bank.example/hook", "https://", id="another protocol"),
        pytest.param("https://", "HOST", id="no host"),
        pytest.param("https://[::1", "HOST", id="a bracket left open"),
        pytest.param("https://bank.example:99999/", "65535", id="a port that is none"),
        pytest.param("https://bank.example/\x01", "HOST", id="a character nobody can send"),
        pytest.param("https://xn--/hook", "HOST", id="a host that stands for no name"),
        pytest.param("https://bank.example/" + "a" * 70_000, "HOST", id="longer than an address may be"),
        pytest.param("https://user:secret@127.0.0.1/", "password", id="credentials"),
        pytest.param("https://127.0.0.1/hook", "no webhook is sent", id="this machine"),
        pytest.param("https://[::1]/hook", "no webhook is sent", id="this machine by IPv6"),
        pytest.param("https://[::ffff:127.0.0.1]/hook", "no webhook is sent", id="this machine, IPv4 told as IPv6"),
        pytest.param("https://[::ffff:169.254.169.254]/", "no webhook is sent", id="a cloud's own address, so too"),
        pytest.param("https://169.254.169.254/latest", "no webhook is sent", id="a cloud's own address"),
        pytest.param("https://100.100.100.200/", "no webhook is sent", id="another cloud's own address"),
        pytest.param("https://0.0.0.0/hook", "no webhook is sent", id="any address"),
        pytest.param("https://no-such-host.invalid/hook", "no address", id="an unknown host"),
    ],
)
def test_where_no_webhook_goes(url: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        check_address(url)


def test_private_networks_of_banks_are_reached() -> None:
    check_address("https://10.1.2.3:8443/hook")


@pytest.mark.parametrize("topics", [[], ["everything"]])
def test_topics_nobody_knows(books: Books, topics: list[str]) -> None:
    with pytest.raises(InvalidInput, match=r"usage\.threshold_reached"):
        registered(books, "http://127.0.0.1/", topics=topics)
