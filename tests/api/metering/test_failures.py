"""Requests that fail on our side without a row are counted with the next commit; what is the caller's is not."""

from collections import Counter
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.audit.verification import verify_ledger
from api.metering.tables import FailedMinute
from bureau.errors import BureauError, ConsentMissing, KeyReused, LedgerUnavailable, ModelNotReleased
from tests.factories.ledger import ACME, NOON, Books, draft
from tests.factories.promises import DECEMBER, close_november

LATE_IN_THE_MINUTE = NOON + timedelta(seconds=59)


def fail(books: Books, problem: Exception, at: datetime = LATE_IN_THE_MINUTE, **place: bool) -> None:
    with (
        pytest.raises(type(problem)),
        books.ledger.failures.watching(books.bank.institution_id, "P07", at, **place),
    ):
        raise problem


def stored(books: Books) -> dict[tuple[str, bool], int]:
    """(problem, test mode) -> requests, all of one minute."""
    counted = Counter[tuple[str, bool]]()
    with Session(books.engine) as session:
        rows = session.scalars(select(FailedMinute)).all()
        assert verify_ledger(session, books.signer, books.vault).fault is None
    assert {row.minute for row in rows} <= {NOON}
    for row in rows:
        counted[row.problem_code, row.test] += row.requests
    return dict(counted)


def test_what_is_ours_is_counted_with_the_next_commit(books: Books) -> None:
    for problem in (LedgerUnavailable("full"), LedgerUnavailable("closed"), RuntimeError("a fault of ours")):
        fail(books, problem)
    fail(books, LedgerUnavailable("full"), test=True)
    assert stored(books) == {}
    books.submit(draft(books.bank))
    counted = {("ledger-unavailable", False): 2, ("internal-error", False): 1, ("ledger-unavailable", True): 1}
    assert stored(books) == counted
    fail(books, LedgerUnavailable("full"))
    books.submit(draft(books.bank, "another"))
    assert stored(books) == counted | {("ledger-unavailable", False): 3}


@pytest.mark.parametrize(
    "problem",
    [
        pytest.param(ConsentMissing(ACME, "P07"), id="a refusal, which has its row"),
        pytest.param(ModelNotReleased("P07", "sme_default"), id="a source that is down, which has its row"),
        pytest.param(KeyReused("key-1"), id="what the caller must mend"),
    ],
)
def test_what_is_not_ours_or_has_a_row_is_not_counted(books: Books, problem: BureauError) -> None:
    fail(books, problem)
    books.submit(draft(books.bank))
    assert stored(books) == {}


def test_a_commit_that_fails_keeps_the_counts_for_the_next(books: Books) -> None:
    fail(books, LedgerUnavailable("full"))
    with books.engine.begin() as connection:
        connection.execute(text("ALTER TABLE usage_hour RENAME TO gone"))
    (refused,) = books.submit(draft(books.bank))
    assert isinstance(refused, LedgerUnavailable)
    with books.engine.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO usage_hour"))
    books.submit(draft(books.bank))
    assert stored(books) == {("ledger-unavailable", False): 1}


def test_a_ledger_that_closes_writes_them_down(books: Books) -> None:
    fail(books, LedgerUnavailable("full"))
    for _ in range(2):
        books.ledger.close()
    assert stored(books) == {("ledger-unavailable", False): 1}


def test_a_month_that_was_closed_meanwhile_stays_as_it_is(books: Books) -> None:
    fail(books, LedgerUnavailable("full"))
    books.submit(draft(books.bank))
    for minutes in (0, 5):
        fail(books, LedgerUnavailable("full"), NOON + timedelta(minutes=minutes))
    close_november(books)
    fail(books, LedgerUnavailable("full"), DECEMBER + timedelta(minutes=1))
    books.submit(draft(books.bank, "another"))
    with Session(books.engine) as session:
        counted = {row.minute: row.requests for row in session.scalars(select(FailedMinute))}
        assert verify_ledger(session, books.signer, books.vault).fault is None
    assert counted == {NOON: 1, DECEMBER: 2, DECEMBER + timedelta(minutes=1): 1}


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_what_was_counted_before_it_was_evidence_is_entered_by_its_migration(books: Books) -> None:
    fail(books, LedgerUnavailable("full"))
    books.submit(draft(books.bank))
    with books.engine.begin() as connection:
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("DELETE FROM audit_act WHERE table_name = 'failed_minute'"))
        with Operations.context(MigrationContext.configure(connection)):
            import_module("api.migrations.versions.0009_failures_as_acts").upgrade()
    assert stored(books) == {("ledger-unavailable", False): 1}
