"""Any byte of any stored row of money and evidence, flipped by somebody who has the database: the walk names it."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Integer, LargeBinary, Table, create_engine, event, select, text
from sqlalchemy.orm import Session

from api.audit.acts import seal_acts
from api.audit.faults import Fault
from api.audit.sealing import seal
from api.audit.tables import AuditAct, AuditActHead, AuditLeaf, AuditNode, AuditRoot
from api.audit.tiles import WIDTH
from api.audit.verification import verify_ledger
from api.billing.agreeing import agree_to_statement
from api.billing.months import Month
from api.billing.reconciling import reconcile
from api.billing.statements import issue_statement
from api.billing.tables import Reconciliation, Statement, StatementSignature
from api.contracts.agreeing import ListPrice
from api.contracts.service_levels import Latency
from api.contracts.tables import ContractProposal, ContractVersion
from api.contracts.terms import Terms
from api.metering.ledger import Receipt
from api.metering.reversal import reverse
from api.metering.tables import BoundKey, Call, FailedMinute, StoredAnswer, UsageLine, Wallet, WalletEntry
from api.metering.wallet import pay_in, take_back_payment
from api.sla.crediting import approve_credit, confirm_credit
from api.sla.tables import CreditNote, CreditStep
from api.tables import LedgerTable
from bureau.db import transaction
from tests.factories.ledger import NOON, Books, agree, draft, unanswered
from tests.factories.promises import calls, close_november, promise

OF_A_LEAF = {Call: "id", StoredAnswer: "call_id", BoundKey: "call_id", UsageLine: "id", AuditLeaf: "line_id"}
"""The column of each table whose value is the leaf's line id."""


@pytest.fixture
def tampering(books: Books) -> Iterator[Engine]:
    """Connections of somebody who owns the database: no trigger, no foreign key stands in the way."""
    with books.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
    engine = create_engine(books.engine.url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda opened, _: opened.execute("PRAGMA synchronous = OFF"))
    yield engine
    engine.dispose()


def unguard(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))


def raw(table: Table, engine: Engine) -> list[dict[str, Any]]:
    """The rows as the database holds them, without our own types."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings()]


def put(engine: Engine, table: Table, row: dict[str, Any], column: str, value: Any) -> None:
    """Write one value into the row that is as `row` in its key."""
    keys = [key.name for key in table.primary_key]
    where = " AND ".join(f'"{key}" = {bound(table, key, f"key_{key}", row[key])}' for key in keys)
    plain = json.dumps(value) if isinstance(value, dict | list) else value
    values = {f"key_{key}": row[key] for key in keys} | {"value": plain}
    written = bound(table, column, "value", value)
    with engine.begin() as connection:
        unguard(connection)
        changed = connection.execute(text(f'UPDATE "{table.name}" SET "{column}" = {written} WHERE {where}'), values)
        assert changed.rowcount == 1, (table.name, column)


def bound(table: Table, column: str, name: str, value: Any) -> str:
    """A parameter; broken text is bytes that are made text only in the database."""
    if isinstance(value, dict | list):
        return f"CAST(:{name} AS JSON)"
    kind = table.c[column].type
    broken = isinstance(value, bytes) and not isinstance(getattr(kind, "impl", kind), LargeBinary)
    return f"CAST(:{name} AS TEXT)" if broken else f":{name}"


def flips(table: Table, column: str, value: Any, chooser: random.Random, any_bytes: bool) -> Iterator[Any]:
    """The value with one bit changed: in its first, its last and some byte; nothing made something, and the reverse."""
    kind = table.c[column].type
    if value is None:
        yield 1 if isinstance(getattr(kind, "impl", kind), Integer) else "2026-11-23"
        return
    if table.c[column].nullable:
        yield None
    if isinstance(value, bool | date):  # as PostgreSQL gives them
        yield value + timedelta(days=1) if isinstance(value, date) else not value
        return
    if isinstance(value, dict | list):  # as PostgreSQL gives them: it takes no broken JSON
        yield {"flipped": value}
        return
    if isinstance(value, int):
        yield value ^ 1 << chooser.randrange(4, 31)
        return
    whole = value if isinstance(value, bytes) else value.encode()
    for place in sorted({0, len(whole) - 1, chooser.randrange(len(whole))}):
        wrong = bytearray(whole)
        if isinstance(value, bytes) or any_bytes:
            wrong[place] ^= 1 << chooser.randrange(8)
            yield bytes(wrong)
        elif wrong[place] < 0x80:  # PostgreSQL takes no broken text
            wrong[place] ^= 1
            yield wrong.decode()


def find(books: Books) -> Fault | None:
    with Session(books.engine) as session:
        return verify_ledger(session, books.signer, books.vault).fault


def flip_all(
    books: Books,
    tampering: Engine,
    tables: list[Any],
    named: Callable[[Any, dict[str, Any], Fault], bool],
    *,
    most: int = 4,
) -> int:
    """Flip in every column of every row, and see that the walk names the row; returns how many flips.

    most: flips of one value, drawn among those there are.
    """
    chooser, count = random.Random(11), 0
    for declared in tables:
        table: Table = declared.__table__
        rows = raw(table, tampering)
        assert rows, table.name
        keys = {key.name for key in table.primary_key}
        for row, column in product(rows, table.columns.keys()):
            value = row[column]
            wrongs = list(flips(table, column, value, chooser, tampering.dialect.name == "sqlite"))
            for wrong in chooser.sample(wrongs, min(most, len(wrongs))):
                put(tampering, table, row, column, wrong)
                found = find(books)
                put(tampering, table, row | ({column: wrong} if column in keys else {}), column, value)
                assert found is not None, (table.name, column, value, wrong)
                as_is = row | {column: wrong.decode(errors="replace") if isinstance(wrong, bytes) else wrong}
                told = named(declared, row, found) or named(declared, as_is, found)
                assert told, (table.name, column, value, wrong, found)
                count += 1
    assert find(books) is None, "everything is as it was"
    return count


def test_every_column_of_every_row_of_a_leaf(books: Books, tampering: Engine) -> None:
    """Two answers, a refusal, an answer that was reversed, its reversal."""
    books.submit(draft(books.bank, "key-1"), draft(books.bank, "key-2", product_code="P16"))
    books.refuse(unanswered(books.bank))
    (given,) = books.submit(draft(books.bank, "reversed"))
    assert isinstance(given, Receipt)
    reverse(books.engine, given.call_id, reason="wrong enterprise", at=NOON)
    seal(books.engine, books.signer, NOON)
    with Session(books.engine) as session:
        numbers = dict(session.execute(select(AuditLeaf.line_id, AuditLeaf.number)).tuples().all())

    def named(declared: Any, row: dict[str, Any], found: Fault) -> bool:
        return found.number == numbers[row[OF_A_LEAF[declared]]]

    assert flip_all(books, tampering, list(OF_A_LEAF), named) > 400


def test_every_column_of_roots_and_nodes(books: Books, tampering: Engine) -> None:
    books.submit(*(draft(books.bank, f"key-{n}") for n in range(WIDTH + 1)))
    seal(books.engine, books.signer, NOON)

    def named(declared: Any, row: dict[str, Any], found: Fault) -> bool:
        return found.named.startswith("root of " if declared is AuditRoot else "node 0 of level 1 ")

    assert flip_all(books, tampering, [AuditNode, AuditRoot], named) > 20


NO_EVIDENCE = {
    *("institution", "client", "client_secret", "client_key", "used_assertion", "used_code"),  # who may call
    *("consent", "notice", "consent_abuse"),  # deleted by law after five years
    "reading",  # append-only, and in no chain: who read an answer again says nothing of the answer
    *("usage_month", "usage_hour"),  # counts: `api.metering.recount` holds them against the lines
    *("event", "webhook", "webhook_delivery", "job_effect"),  # what is being sent
    *("loan_product", "financing_need", "match", "match_event", "decision_outcome"),  # the loan market's own
}
"""Tables that the walk does not cover."""
WRITTEN_BY_NO_CALL = [
    *(ContractProposal, ContractVersion, Wallet, WalletEntry, Statement, StatementSignature, Reconciliation),
    *(AuditAct, AuditActHead, FailedMinute),
]


def test_every_column_of_contracts_wallets_and_statements(books: Books, tampering: Engine) -> None:
    """A prepaid contract, a payment, one taken back, a paid call and its reversal, a failure; the month is signed."""
    bank, month = books.bank, Month.parse("2026-11")
    prepaid = Terms(rules=(ListPrice("P07", 800, "hit").as_rule(),), prepaid=True)
    with transaction(books.engine) as session:
        agree(session, bank.institution_id, prepaid, NOON)
    pay_in(books.engine, bank.institution_id, 1_000_000, reference="transfer 1", at=NOON)
    pay_in(books.engine, bank.institution_id, 7, reference="transfer 2", at=NOON)
    take_back_payment(books.engine, bank.institution_id, reference="transfer 2", reason="entered twice", at=NOON)
    books.ledger.failures.add(Counter({(bank.institution_id, NOON, False, "P07", "internal-error"): 2}))
    (given,) = books.submit(draft(bank))
    assert isinstance(given, Receipt)
    reverse(books.engine, given.call_id, reason="wrong enterprise", at=NOON)
    with transaction(books.engine) as session:
        reconcile(session, bank.institution_id, month, [], client_id=bank.client_id, at=month.ends)
        issued = issue_statement(session, books.signer, bank.institution_id, month, month.ends)
        signed = {"sha256": issued.sha256, "client_id": bank.client_id, "jws": None, "at": month.ends}
        agree_to_statement(session, bank.institution_id, month, **signed)
    seal_acts(books.engine, books.signer, NOON)

    assert flip_all(books, tampering, WRITTEN_BY_NO_CALL, by_its_key, most=most(tampering)) > 20


def test_every_column_of_credit_notes_and_what_was_done_with_them(books: Books, tampering: Engine) -> None:
    promise(books, (Latency(product="P07", share_bp=10_000, limit_ms=1, credit_percent=10),))
    calls(books, [300.0])
    close_november(books)
    with Session(books.engine) as session, session.begin():
        note = session.scalars(select(CreditNote.id)).one()
        confirm_credit(session, note, by="Li Wei", at=books.clock.at)
        approve_credit(session, note, by="Zhang Min", at=books.clock.at)
    seal_acts(books.engine, books.signer, books.clock.at)
    assert flip_all(books, tampering, [CreditNote, CreditStep], by_its_key, most=most(tampering)) > 20


def test_every_table_of_money_and_evidence_is_flipped() -> None:
    flipped = {declared.__tablename__ for declared in (*OF_A_LEAF, *WRITTEN_BY_NO_CALL, CreditNote, CreditStep)}
    flipped |= {AuditNode.__tablename__, AuditRoot.__tablename__}
    assert set(LedgerTable.metadata.tables) - flipped == NO_EVIDENCE


def by_its_key(declared: Any, row: dict[str, Any], found: Fault) -> bool:
    """Whether a fault names a row that no leaf is about: by its table and the first column of its key."""
    key = next(iter(declared.__table__.primary_key)).name
    written = json.dumps(str(row[key]), ensure_ascii=False)[1:-1]
    return found.number is None and declared.__tablename__ in found.named.split() and written in found.named


def most(tampering: Engine) -> int:
    """Digests are the same on every database: one flip of each value shows that a row is read as it was written."""
    return 4 if tampering.dialect.name == "sqlite" else 1


def test_every_byte_of_one_answer_and_its_signature(books: Books, tampering: Engine) -> None:
    if tampering.dialect.name != "sqlite":
        pytest.skip("the bytes are the same on every database")
    books.submit(draft(books.bank))
    (row,) = raw(StoredAnswer.__table__, tampering)  # type: ignore[arg-type]
    chooser = random.Random(13)
    for column in ("sealed", "jws"):
        whole = row[column] if isinstance(row[column], bytes) else row[column].encode()
        for place in range(0, len(whole), 3):
            wrong = bytearray(whole)
            wrong[place] ^= 1 << chooser.randrange(8)
            put(tampering, StoredAnswer.__table__, row, column, bytes(wrong))  # type: ignore[arg-type]
            found = find(books)
            assert found is not None, (column, place)
            assert found.number == 0, (column, place)
        put(tampering, StoredAnswer.__table__, row, column, row[column])  # type: ignore[arg-type]
    assert find(books) is None
