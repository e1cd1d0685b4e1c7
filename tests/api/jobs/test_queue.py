"""A job is enqueued with its row or not at all, by whoever may write the row; on PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.access.asserting import assert_consent
from api.contracts.terms import Terms
from api.jobs.queue import SEND_WEBHOOKS, TELL_ENTERPRISES
from api.tenancy import Tenant, seen_by
from bureau.db import transaction
from tests.factories.ledger import NOON, Books, agree, authorisation, draft, open_books

pytestmark = pytest.mark.postgres


@pytest.fixture
def books(postgres_ledger_url: str, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    opened = open_books(postgres_ledger_url, tmp_path_factory.mktemp("keys"))
    yield opened
    opened.ledger.close()
    opened.engine.dispose()


def waiting(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")))


def test_a_bank_s_own_transaction_enqueues_what_its_row_causes(books: Books) -> None:
    bank = seen_by(books.engine, Tenant(books.bank.institution_id))
    with transaction(bank) as session:
        assert_consent(session, books.bank.institution_id, books.bank.client_id, authorisation(), NOON)
        assert waiting(books.engine) == [], "not before the commit"
    assert waiting(books.engine) == [TELL_ENTERPRISES]


def test_what_is_rolled_back_leaves_no_job(books: Books) -> None:
    with Session(books.engine) as session:
        assert_consent(session, books.bank.institution_id, books.bank.client_id, authorisation(), NOON)
        session.rollback()
    assert waiting(books.engine) == []


def test_a_group_of_calls_enqueues_a_job_where_a_sum_is_reached_and_none_else(books: Books) -> None:
    books.submit(draft(books.bank, "before"))
    assert waiting(books.engine) == []
    rule = {"product": "P07", "price": {"model": "flat", "unit_fen": 800}}
    with transaction(books.engine) as session:
        terms = Terms.model_validate({"rules": [rule], "alerts_fen": [2_400]})
        agree(session, books.bank.institution_id, terms, NOON)
    books.clock.at += timedelta(microseconds=1)  # the terms begin after the call before
    books.submit(*(draft(books.bank, f"key-{number}") for number in range(3)))
    assert waiting(books.engine) == [SEND_WEBHOOKS]
