"""Each recurring work does what is due, and done again it does it no second time; on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.asserting import Drawn, assert_consent, draw_asserted
from api.access.auditing import draw_for_audit
from api.access.institutions import create_client
from api.access.tables import Notice
from api.access.telling import tell_enterprises
from api.billing.issuing import issue_due
from api.billing.tables import Statement
from api.jobs.queue import SEND_WEBHOOKS
from api.jobs.queued import open_queue
from api.jobs.works import WORKS, Workplace
from api.metering.tables import Event
from api.vault import Vault
from bureau.db import transaction
from bureau.uscc import placeholder_uscc, sample_uscc
from tests.factories.ledger import ACME, NOON, Books, add_bank, authorisation, draft

DECEMBER = datetime(2026, 11, 30, 16, 7, tzinfo=UTC)
"""Seven past midnight in Shanghai."""


def events(books: Books, topic: str) -> list[tuple[int, dict[str, object]]]:
    with Session(books.engine) as session:
        found = session.scalars(select(Event).where(Event.topic == topic).order_by(Event.id))
        return [(event.institution_id, event.payload) for event in found]


def asserted(books: Books) -> str:
    with transaction(books.engine) as session:
        return assert_consent(session, books.bank.institution_id, books.bank.client_id, authorisation(), NOON).id


def test_an_enterprise_hears_of_a_notice_once_it_has_an_access(books: Books) -> None:
    consent = asserted(books)
    assert tell_enterprises(books.engine, NOON) == 0, "nobody is ACME here"
    with transaction(books.engine) as session:
        for name in ("阿克美", "阿克美"):
            create_client(session, name, "enterprise", [], NOON, uscc=ACME)
        create_client(session, "另一企业", "enterprise", [], NOON, uscc=placeholder_uscc("tests", "another"))
    assert [tell_enterprises(books.engine, NOON) for _ in range(2)] == [1, 0], "told once, however many clients it has"
    with Session(books.engine) as session:
        notice = session.scalars(select(Notice.id)).one()
    ((told, payload),) = events(books, "notice.created")
    assert told != books.bank.institution_id
    assert payload == {"notice_id": notice, "kind": "consent-asserted", "consent_id": consent}


def test_an_enterprise_in_test_mode_is_told_in_test_mode(books: Books) -> None:
    """Its webhooks are of test mode, and take no live event."""
    sample, bank = sample_uscc(1), books.twin
    with transaction(books.engine) as session:
        create_client(session, "样本企业", "enterprise", [], NOON, uscc=sample, test=True)
        assert_consent(session, bank.institution_id, bank.client_id, authorisation(uscc=sample), NOON)
    assert tell_enterprises(books.engine, NOON) == 1
    with Session(books.engine) as session:
        assert session.scalars(select(Event.test).where(Event.topic == "notice.created")).all() == [True]


def test_who_was_drawn_for_the_audit_is_asked_once_when_the_month_is_over(books: Books) -> None:
    consent = asserted(books)
    assert draw_for_audit(books.engine, books.vault, DECEMBER - timedelta(minutes=8)) == 0, "November lasts"
    assert [draw_for_audit(books.engine, books.vault, DECEMBER + timedelta(hours=more)) for more in (0, 1)] == [1, 0]
    ((asked, payload),) = events(books, "consent.audit_drawn")
    assert (asked, payload["month"]) == (books.bank.institution_id, "2026-11")
    drawn = payload["consent_ids"]
    assert drawn in ([consent], [books.bank.consent_id]), "one in a hundred, at least one"


def test_months_without_a_server_are_drawn_when_there_is_one_again(books: Books) -> None:
    asserted(books)
    with transaction(books.engine) as session:
        bank = books.bank
        later = assert_consent(session, bank.institution_id, bank.client_id, authorisation(), DECEMBER).id
    february = DECEMBER + timedelta(days=70)
    assert [draw_for_audit(books.engine, books.vault, february) for _ in range(2)] == [2, 0]
    told = {payload["month"]: payload["consent_ids"] for _, payload in events(books, "consent.audit_drawn")}
    assert sorted(map(str, told)) == ["2026-11", "2026-12"], "in January none was asserted"
    assert told["2026-12"] == [later]


def test_each_month_is_drawn_when_the_one_before_is_committed(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for more than one; and one in which nothing was asserted is not drawn at all."""
    asserted(books)
    with transaction(books.engine) as session:
        for bank, at in ((books.twin, NOON + timedelta(days=40)), (books.bank, NOON + timedelta(days=70))):
            assert_consent(session, bank.institution_id, bank.client_id, authorisation(), at)
    told: list[tuple[str, int]] = []

    def drawn(session: Session, vault: Vault, month: str, start: datetime, end: datetime) -> list[Drawn]:
        told.append((month, len(events(books, "consent.audit_drawn"))))
        return draw_asserted(session, vault, month, start, end)

    monkeypatch.setattr("api.access.auditing.draw_asserted", drawn)
    assert [draw_for_audit(books.engine, books.vault, NOON + timedelta(days=200)) for _ in range(2)] == [2, 0]
    assert told == [("2026-11", 0), ("2027-02", 1)]


def test_the_statements_of_a_month_are_issued_when_it_is_over(books: Books) -> None:
    books.submit(draft(books.bank))
    add_bank(books.engine, "未曾查询的银行")
    assert issue_due(books.engine, books.signer, DECEMBER - timedelta(minutes=8)) == 0
    assert [issue_due(books.engine, books.signer, DECEMBER) for _ in range(2)] == [1, 0]
    with Session(books.engine) as session:
        (statement,) = session.scalars(select(Statement))
        assert (statement.institution_id, statement.total_fen) == (books.bank.institution_id, 800)
    assert [institution for institution, _ in events(books, "statement.issued")] == [books.bank.institution_id]


def test_a_month_that_nobody_issued_in_its_time_is_issued_later(books: Books) -> None:
    books.submit(draft(books.bank))
    later = DECEMBER + timedelta(days=31 + 28)
    assert [issue_due(books.engine, books.signer, later) for _ in range(2)] == [1, 0]
    with Session(books.engine) as session:
        assert [(one.month, one.total_fen) for one in session.scalars(select(Statement))] == [(date(2026, 11, 1), 800)]


def test_every_work_is_done_twice_without_harm(books: Books) -> None:
    place = Workplace(books.engine, books.signer, books.vault)
    books.submit(draft(books.bank))
    asserted(books)
    for _ in range(2):
        for work in WORKS.values():
            work.does(place, DECEMBER)
    assert [topic for topic in ("statement.issued", "consent.audit_drawn") if len(events(books, topic)) != 1] == []


def test_webhooks_which_wait_for_others_servers_come_after_every_other_work(books: Books) -> None:
    tasks = open_queue(Workplace(books.engine, books.signer, books.vault)).tasks
    last = min(tasks[name].priority for name in WORKS)
    assert [name for name in WORKS if tasks[name].priority == last] == [SEND_WEBHOOKS]
