"""Whose rows are seen: said once for a transaction, kept by the ORM on both databases and by PostgreSQL itself."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, insert, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, aliased

from api.access.consents import create_consent
from api.access.tables import Client, Consent
from api.database import VERSION_TABLE, open_ledger_database
from api.tables import Concerning, LedgerTable, Owned, OwnedByTwo
from api.tenancy import EVERYONE, RESTRICTED_ROLE, Sight, SightMissing, Tenant, seen_by
from bureau.db import open_engine, transaction
from bureau.errors import SourceDown
from bureau.uscc import placeholder_uscc
from tests.factories.ledger import ACME, NOON, Bank, add_bank, authorisation, sqlite_ledger
from tests.factories.postgres import Login, postgres_login, postgres_url

__all__ = ["postgres_login", "postgres_url"]

for path in Path("api").glob("*/tables.py"):
    import_module(f"api.{path.parent.name}.tables")
TABLES = {mapper.class_.__tablename__: mapper.class_ for mapper in LedgerTable.registry.mappers}
WITH_ITS_PARENT = {
    "client_secret": "client",
    "client_key": "client",
    "used_assertion": "client",
    "used_code": "client",
    "answer": "call",
    "match_event": "match",
    "webhook_delivery": "webhook",
}
"""Tables whose rows are seen with the row they belong to, and asked for only beside it."""
SHARED = {
    "institution": "names, which the market shows",
    "audit_leaf": "digests, which every proof needs",
    "audit_node": "digests, which every proof needs",
    "audit_root": "digests, which are published",
    "audit_act": "digests, which the next act is chained to",
    "audit_act_head": "digests",
}
"""Tables that every institution may read whole, and why."""
KEPT_APART = (Owned, OwnedByTwo, Concerning)
OTHER = placeholder_uscc("tests", "another")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Two banks' ledger, seen by everybody."""
    postgres = request.param == "postgresql"
    opened = open_ledger_database(request.getfixturevalue("postgres_url") if postgres else sqlite_ledger(tmp_path))
    yield opened
    opened.dispose()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    opened = open_ledger_database(postgres_url)
    yield opened
    opened.dispose()


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_says_whose_its_rows_are(name: str) -> None:
    kept_apart = issubclass(TABLES[name], KEPT_APART)
    assert kept_apart + (name in WITH_ITS_PARENT) + (name in SHARED) == 1, "inherit Owned, or name it above"
    assert kept_apart or "institution_id" not in TABLES[name].__table__.columns


def banks(engine: Engine) -> tuple[Bank, Bank]:
    return add_bank(engine), add_bank(engine, "城市银行")


def seen(engine: Engine, sight: Sight | None) -> set[str]:
    """The ids of the consents a query finds that says nothing of whose."""
    with Session(seen_by(engine, sight)) as session:
        found = set(session.scalars(select(Consent.id)))
        other = aliased(Consent)
        assert set(session.scalars(select(other.id))) == found, "under another name too"
        assert session.scalar(select(func.count()).select_from(Consent)) == len(found)
        assert {one for one in found if session.get(Consent, one)} == found
        return found


def test_a_query_that_forgets_to_ask_whose_sees_its_own(engine: Engine) -> None:
    first, second = banks(engine)
    assert seen(engine, Tenant(first.institution_id)) == {first.consent_id}
    assert seen(engine, Tenant(second.institution_id)) == {second.consent_id}
    assert seen(engine, Tenant(99)) == set()
    assert seen(engine, EVERYONE) == {first.consent_id, second.consent_id}


def test_anothers_row_is_not_found_by_its_id(engine: Engine) -> None:
    first, second = banks(engine)
    with Session(seen_by(engine, Tenant(first.institution_id))) as session:
        assert session.get(Consent, first.consent_id)
        assert session.get(Consent, second.consent_id) is None
        assert session.get(Client, second.client_id) is None


def test_an_enterprise_sees_what_concerns_it_and_no_other(engine: Engine) -> None:
    first, second = banks(engine)
    with transaction(engine) as session:
        other = create_consent(session, first.institution_id, first.client_id, authorisation(uscc=OTHER), NOON).id
    assert seen(engine, Tenant(99, ACME)) == {first.consent_id, second.consent_id}
    assert seen(engine, Tenant(99, OTHER)) == {other}


def test_who_does_not_say_whose_is_told_so(engine: Engine) -> None:
    with Session(seen_by(engine, None)) as session, pytest.raises(SightMissing, match="seen_by"):
        session.scalars(select(Consent))
    with Session(seen_by(engine, None)) as session:
        assert session.scalar(select(func.count()).select_from(Consent)) == 0


def test_one_connection_after_another_sees_its_own(engine: Engine) -> None:
    first, second = banks(engine)
    for _ in range(3):
        for bank in (first, second):
            assert seen(engine, Tenant(bank.institution_id)) == {bank.consent_id}


RAW = "SELECT count(*) FROM consent"


@pytest.mark.postgres
@pytest.mark.parametrize("table", sorted(TABLES.keys() - SHARED.keys()))
def test_postgresql_guards_every_table_itself(postgres: Engine, table: str) -> None:
    flags = text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:name)")
    with postgres.connect() as connection:
        assert connection.execute(flags, {"name": f'"{table}"'}).one() == (True, True)
    with seen_by(postgres, None).connect() as connection:
        assert connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar() == 0


@pytest.mark.postgres
def test_sql_of_ones_own_sees_no_more(postgres: Engine) -> None:
    first, _ = banks(postgres)
    counted = {}
    for sight in (None, Tenant(first.institution_id), EVERYONE):
        with seen_by(postgres, sight).connect() as connection:
            counted[sight] = connection.exec_driver_sql(RAW).scalar()
    assert [*counted.values()] == [0, 1, 2]


@pytest.mark.postgres
def test_the_owner_of_the_tables_is_bound_too(postgres_url: str) -> None:
    """A login that is no superuser: without the organisation set it sees nothing, though the tables are its own."""
    superuser = open_ledger_database(postgres_url)
    banks(superuser)
    with superuser.begin() as connection:
        connection.exec_driver_sql(
            "DO $$ BEGIN CREATE ROLE bureau_owner NOLOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
        )
        for table in TABLES:
            connection.exec_driver_sql(f'ALTER TABLE "{table}" OWNER TO bureau_owner')
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO bureau_owner")
    with superuser.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE bureau_owner")
        assert connection.exec_driver_sql(RAW).scalar() == 2, "the commands' setting sees everybody's"
        connection.exec_driver_sql("SET LOCAL bureau.everyone = off")
        assert connection.exec_driver_sql(RAW).scalar() == 0
        connection.exec_driver_sql("SET LOCAL bureau.institution = '1'")
        assert connection.exec_driver_sql(RAW).scalar() == 1
    superuser.dispose()


@pytest.mark.postgres
def test_nobody_writes_into_anothers_name_or_into_the_ledger(postgres: Engine) -> None:
    first, second = banks(postgres)
    with Session(seen_by(postgres, Tenant(first.institution_id))) as session:
        with pytest.raises(ProgrammingError, match="row-level security"):
            create_consent(session, second.institution_id, second.client_id, authorisation(), NOON)
        session.rollback()
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(
                insert(Client).values(
                    id="x", institution_id=first.institution_id, role="bank", credentials_version=1, created_at=NOON
                )
            )
        session.rollback()
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text("DELETE FROM consent"))


CHANGED_BY_CALLERS = {
    "consent": "it is revoked",
    "loan_product": "it is withdrawn",
    "webhook": "it is ended",
    "webhook_delivery": "it is called off, or sent again",
}
"""Tables of which a caller may change rows, and what becomes of one; to the others that routes write it adds alone."""
WRITER_ONLY = (
    "UPDATE usage_month SET charged_fen = 0",
    "UPDATE statement SET body = ''",
    "UPDATE statement_signature SET sha256 = ''",
    "UPDATE reconciliation SET client_id = ''",
    "UPDATE credit_note SET amount_fen = 1000000000",
    "UPDATE event SET topic = ''",
    "UPDATE reading SET part = ''",
    "UPDATE audit_act SET record_digest = ''",
    "UPDATE match_event SET amount_fen = 0",
    "UPDATE decision_outcome SET kind = ''",
    "UPDATE notice SET created_at = 0",
    "UPDATE used_code SET step = 0",
    "INSERT INTO wallet (institution_id, balance_fen) VALUES (1, 1000000000)",
    "UPDATE client SET role = 'supervisor'",
    "UPDATE client_secret SET ends_at = NULL",
    "UPDATE institution SET name = 'x'",
    "DELETE FROM audit_node",
    "ALTER TABLE usage_line DISABLE TRIGGER ALL",
    "SELECT count(*) FROM procrastinate_jobs",
)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "allowed",
    [
        pytest.param("ALTER ROLE {login} CREATEROLE", id="it may make roles"),
        pytest.param(f"{{made}}; GRANT {RESTRICTED_ROLE} TO {{login}}", id="an administrator granted it the role"),
    ],
)
def test_a_login_that_owns_its_schema_writes_for_a_caller_what_routes_write(
    postgres_login: Login, allowed: str
) -> None:
    made = f"DO $$ BEGIN CREATE ROLE {RESTRICTED_ROLE}; EXCEPTION WHEN duplicate_object THEN END $$"
    postgres_login.granted_by_administrator(allowed.format(login=postgres_login.name, made=made))
    engine = open_ledger_database(postgres_login.url)
    first, _ = banks(engine)
    own = seen_by(engine, Tenant(first.institution_id))
    for statement in WRITER_ONLY:
        with own.connect() as connection, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            connection.execute(text(statement))
    with transaction(own) as session:
        create_consent(session, first.institution_id, first.client_id, authorisation(uscc=OTHER), NOON)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM institution WHERE name = 'x'")) == 0
    engine.dispose()


@pytest.mark.postgres
def test_a_caller_changes_rows_of_no_other_tables(postgres: Engine) -> None:
    assert {table for table, right in rights(postgres) if right == "UPDATE"} == CHANGED_BY_CALLERS.keys()
    assert {right for _, right in rights(postgres)} == {"SELECT", "INSERT", "UPDATE"}
    final = text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_final'")
    with postgres.connect() as connection:
        assert not CHANGED_BY_CALLERS.keys() & set(connection.scalars(final)), "append-only"


@pytest.mark.postgres
def test_a_ledger_whose_callers_might_change_more_has_it_taken_by_migration(postgres_url: str) -> None:
    open_ledger_database(postgres_url).dispose()
    engine = open_engine(postgres_url)
    granted = rights(engine)
    with engine.begin() as connection:
        put_back(connection, "0010")
        for table in sorted({table for table, right in rights(engine) if right == "INSERT"} - {"reading"}):
            connection.execute(text(f'GRANT UPDATE ON "{table}" TO {RESTRICTED_ROLE}'))
    assert rights(engine) - granted
    open_ledger_database(postgres_url).dispose()
    assert rights(engine) == granted
    engine.dispose()


@pytest.mark.postgres
def test_a_login_that_cannot_have_the_role_is_refused_and_told_what_to_run(postgres_login: Login) -> None:
    for _ in range(2):
        with pytest.raises(SourceDown, match="administrator of the database run once") as refused:
            open_ledger_database(postgres_login.url)
    postgres_login.granted_by_administrator(refused.value.message.partition("run once: ")[2])
    open_ledger_database(postgres_login.url).dispose()


@pytest.mark.postgres
def test_a_ledger_made_without_the_role_gets_its_rights_by_migration(postgres_login: Login) -> None:
    postgres_login.granted_by_administrator(f"ALTER ROLE {postgres_login.name} CREATEROLE")
    open_ledger_database(postgres_login.url).dispose()
    engine = open_engine(postgres_login.url)
    granted = rights(engine)
    with engine.begin() as connection:
        schema = connection.scalar(text("SELECT current_schema()"))
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {RESTRICTED_ROLE}"))
        put_back(connection, "0009")
    assert not rights(engine)
    open_ledger_database(postgres_login.url).dispose()
    assert rights(engine) == granted
    engine.dispose()


def put_back(connection: Connection, revision: str) -> None:
    """Let the migrations after a revision run once more; what they made is not there yet."""
    connection.execute(text("DROP TABLE reading"))
    connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = :revision"), {"revision": revision})


def rights(engine: Engine) -> set[tuple[str, str]]:
    """What the role of callers may do with which table of the schema."""
    query = text(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = :role AND table_schema = current_schema()"
    )
    with engine.connect() as connection:
        return {(table, right) for table, right in connection.execute(query, {"role": RESTRICTED_ROLE})}
