"""Acts: one chain of what no call writes, its head signed; rows of before are entered by the migration."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.orm import Session

from api.audit.acts import seal_acts
from api.audit.faults import Fault
from api.audit.tables import AuditAct, AuditActHead
from api.audit.verification import verify_ledger
from api.billing.agreeing import agree_to_statement
from api.billing.months import Month
from api.billing.reconciling import reconcile
from api.billing.statements import issue_statement
from api.contracts.agreeing import ListPrice
from api.contracts.terms import Terms
from api.metering.tables import WalletEntry
from api.metering.wallet import pay_in
from api.tenancy import Tenant, seen_by
from bureau.db import transaction
from tests.factories.ledger import NOON, Books, agree, draft

PREPAID = Terms(rules=(ListPrice("P07", 800, "hit").as_rule(),), prepaid=True)
ACTS = 5
"""List prices of the bank, a proposal and its approval, the two sides of a payment."""


@pytest.fixture
def prepaid(books: Books) -> Iterator[Books]:
    """A bank that has paid in advance and called once."""
    with transaction(books.engine) as session:
        agree(session, books.bank.institution_id, PREPAID, NOON)
    pay_in(books.engine, books.bank.institution_id, 1_000_000, reference="transfer 1", at=NOON)
    books.submit(draft(books.bank))
    return books


def find(books: Books) -> Fault | None:
    with Session(books.engine) as session:
        return verify_ledger(session, books.signer, books.vault).fault


def count(books: Books, table: type[AuditAct] | type[AuditActHead]) -> int:
    with books.engine.connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def unguard(connection: Connection) -> None:
    """As whoever owns the database; on PostgreSQL for this transaction alone, as its ledger is used by other tests."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def test_every_act_is_entered_and_a_call_is_none(prepaid: Books) -> None:
    assert count(prepaid, AuditAct) == ACTS
    assert find(prepaid) is None


def test_a_head_is_signed_once_for_the_acts_there_are(prepaid: Books) -> None:
    for _ in range(2):
        seal_acts(prepaid.engine, prepaid.signer, NOON)
        assert count(prepaid, AuditActHead) == 1
    pay_in(prepaid.engine, prepaid.bank.institution_id, 1, reference="transfer 2", at=NOON)
    seal_acts(prepaid.engine, prepaid.signer, NOON + timedelta(minutes=1))
    assert count(prepaid, AuditActHead) == 2
    assert find(prepaid) is None


def test_acts_taken_from_the_end_are_missed_by_the_signed_head(prepaid: Books) -> None:
    seal_acts(prepaid.engine, prepaid.signer, NOON)
    payment = f"payment:{prepaid.bank.institution_id}:0:transfer 1"
    with prepaid.engine.begin() as connection:
        unguard(connection)
        connection.execute(delete(AuditAct).where(AuditAct.number >= ACTS - 2))
        connection.execute(delete(WalletEntry).where(WalletEntry.posting == payment))
    found = find(prepaid)
    assert found is not None
    assert (found.named, found.what) == (f"audit_act_head [{ACTS}]", "acts before it are missing")


def test_a_payment_nobody_entered_is_named(prepaid: Books) -> None:
    owner = {"institution_id": prepaid.bank.institution_id, "posted_at": NOON, "posting": "payment:made up"}
    sides = [{"account": "received", "amount_fen": -5}, {"account": "prepaid", "amount_fen": 5}]
    with prepaid.engine.begin() as connection:
        connection.execute(insert(WalletEntry), [owner | side for side in sides])
    found = find(prepaid)
    assert found is not None
    assert (found.named, found.what) == ('wallet_entry ["payment:made up", "prepaid"]', "no act leads to it")


def test_rows_of_before_the_chain_are_entered_by_its_migration(prepaid: Books) -> None:
    with prepaid.engine.begin() as connection:
        for table in ("audit_act", "audit_act_head"):
            connection.execute(text(f"DROP TABLE {table}"))
        with Operations.context(MigrationContext.configure(connection)):
            import_module("api.migrations.versions.0006_acts").upgrade()
    assert count(prepaid, AuditAct) == ACTS
    assert find(prepaid) is None


def test_an_institution_enters_acts_of_its_own(prepaid: Books) -> None:
    """Under row-level security: it reads the chain's end, and writes beside the rows of others."""
    bank, month = prepaid.bank, Month.parse("2026-11")
    with transaction(seen_by(prepaid.engine, Tenant(bank.institution_id))) as session:
        reconcile(session, bank.institution_id, month, [], client_id=bank.client_id, at=month.ends)
        issued = issue_statement(session, prepaid.signer, bank.institution_id, month, month.ends)
        signed = {"sha256": issued.sha256, "client_id": bank.client_id, "jws": None, "at": month.ends}
        agree_to_statement(session, bank.institution_id, month, **signed)
    assert count(prepaid, AuditAct) == ACTS + 3
    assert find(prepaid) is None
