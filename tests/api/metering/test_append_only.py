"""Money and evidence cannot be changed, only added to, whoever asks the database."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.audit.acts import seal_acts
from api.audit.sealing import seal
from api.audit.tiles import WIDTH
from api.billing.agreeing import agree_to_statement
from api.billing.months import Month
from api.billing.reconciling import reconcile
from api.billing.statements import issue_statement
from api.contracts.agreeing import ListPrice
from api.contracts.service_levels import Latency
from api.contracts.terms import Terms
from api.issued import record_reading
from api.metering.tables import StoredAnswer
from api.metering.wallet import pay_in
from api.sla.crediting import confirm_credit
from api.sla.tables import CreditNote
from bureau.db import transaction
from tests.factories.ledger import NOON, Books, agree, draft

TABLES = (
    "call",
    "answer",
    "reading",
    "idempotency",
    "usage_line",
    "audit_leaf",
    "audit_node",
    "audit_root",
    "contract_proposal",
    "contract_version",
    "wallet_entry",
    "event",
    "statement",
    "statement_signature",
    "reconciliation",
    "audit_act",
    "audit_act_head",
    "credit_note",
    "credit_step",
    "failed_minute",
)


@pytest.fixture
def written(books: Books) -> Books:
    """Books with at least one row in every table."""
    impossible = Latency(product="P07", share_bp=10_000, limit_ms=1, credit_percent=10)
    prepaid = Terms(
        rules=(ListPrice("P07", 800, "hit").as_rule(),), prepaid=True, alerts_fen=(1,), service_levels=(impossible,)
    )
    with transaction(books.engine) as session:
        agree(session, books.bank.institution_id, prepaid, NOON)
    pay_in(books.engine, books.bank.institution_id, 1_000_000, reference="transfer 1", at=NOON)
    books.ledger.failures.add(Counter({(books.bank.institution_id, NOON, False, "P07", "internal-error"): 1}))
    early = NOON - timedelta(milliseconds=2)
    books.submit(*(draft(books.bank, f"key-{n}", received_at=early) for n in range(WIDTH)))
    seal(books.engine, books.signer, NOON)
    with transaction(books.engine) as session:
        call_id = session.scalars(select(StoredAnswer.call_id)).first()
        record_reading(session, books.bank.institution_id, books.bank.client_id, str(call_id), "answer", NOON)
        close_month(session, books)
    seal_acts(books.engine, books.signer, NOON)
    return books


def close_month(session: Session, books: Books) -> None:
    """November compared, issued and agreed to."""
    bank, month = books.bank, Month.parse("2026-11")
    reconcile(session, bank.institution_id, month, [], client_id=bank.client_id, at=month.ends)
    statement = issue_statement(session, books.signer, bank.institution_id, month, month.ends)
    agree_to_statement(
        session,
        bank.institution_id,
        month,
        sha256=statement.sha256,
        client_id=bank.client_id,
        jws=None,
        at=month.ends,
    )
    credit(session, month.ends)


def credit(session: Session, at: datetime) -> None:
    """The note that issuing the statement proposed, confirmed."""
    confirm_credit(session, session.scalars(select(CreditNote.id)).one(), by="Li Wei", at=at)


def test_no_row_is_changed_or_removed(written: Books) -> None:
    for table in TABLES:
        with written.engine.connect() as connection:
            column = connection.execute(text(f'SELECT * FROM "{table}"')).keys()
            before = connection.execute(text(f'SELECT * FROM "{table}"')).all()
        statements = [f'DELETE FROM "{table}"', *(f'UPDATE "{table}" SET "{name}" = "{name}"' for name in column)]
        for statement in statements:
            with pytest.raises(DBAPIError, match=f"{table} is append-only"), written.engine.begin() as connection:
                connection.execute(text(statement))
        with written.engine.connect() as connection:
            assert before
            assert connection.execute(text(f'SELECT * FROM "{table}"')).all() == before


ON_SQLITE = pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize(
    "ledger_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@ON_POSTGRESQL
def test_no_table_is_emptied(written: Books) -> None:
    for table in TABLES:
        with pytest.raises(DBAPIError, match="is append-only"), written.engine.begin() as connection:
            connection.execute(text(f'TRUNCATE "{table}" CASCADE'))


@ON_SQLITE
def test_no_row_is_replaced(written: Books) -> None:
    """INSERT OR REPLACE removes the row in its way without asking the DELETE trigger."""
    for table in TABLES:
        with pytest.raises(DBAPIError, match=f"{table} is append-only"), written.engine.begin() as connection:
            connection.execute(text(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'))


@ON_SQLITE
def test_a_second_unique_key_does_not_let_a_row_be_replaced(written: Books) -> None:
    statement = """
        INSERT OR REPLACE INTO audit_leaf
        SELECT 999, line_id, hash_alg, digest, record_digest, committed_at, leaf, head FROM audit_leaf
    """
    with pytest.raises(DBAPIError, match="audit_leaf is append-only"), written.engine.begin() as connection:
        connection.execute(text(statement))
