"""A COMMIT that fails: the database takes every row of a group and refuses the whole at the last moment."""

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from api.audit.verification import verify_ledger
from api.metering.ledger import Receipt
from api.metering.recount import recount
from api.metering.tables import BoundKey, UsageLine
from bureau.errors import LedgerUnavailable
from tests.factories.ledger import Books, draft

POISON = "poison"
POSTGRES = (
    "CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RAISE EXCEPTION ''refused at the commit''; END'",
    "CREATE CONSTRAINT TRIGGER refuse_poison AFTER INSERT ON idempotency DEFERRABLE INITIALLY DEFERRED "
    f"FOR EACH ROW WHEN (NEW.key = '{POISON}') EXECUTE FUNCTION refuse_poison()",
)
SQLITE = (
    "CREATE TABLE owed (call_id TEXT REFERENCES call (id) DEFERRABLE INITIALLY DEFERRED)",
    f"CREATE TRIGGER refuse_poison AFTER INSERT ON idempotency WHEN NEW.key = '{POISON}' "
    "BEGIN INSERT INTO owed VALUES ('nobody'); END",
)
HEALED = {
    "postgresql": ("DROP TRIGGER refuse_poison ON idempotency", "DROP FUNCTION refuse_poison"),
    "sqlite": ("DROP TRIGGER refuse_poison", "DROP TABLE owed"),
}


def run(engine: Engine, statements: tuple[str, ...]) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def stored(connection: Connection) -> set[str]:
    return set(connection.scalars(select(BoundKey.key)))


def test_a_row_refused_at_the_commit_fails_alone_and_is_charged_once_when_it_passes(books: Books) -> None:
    name = books.engine.dialect.name
    run(books.engine, SQLITE if name == "sqlite" else POSTGRES)
    keys = [f"key-{number}" for number in range(30)]
    keys[17] = POISON
    try:
        first = dict(zip(keys, books.submit(*(draft(books.bank, key) for key in keys)), strict=True))
        assert isinstance(first[POISON], LedgerUnavailable)
        answered = {key for key, given in first.items() if isinstance(given, Receipt)}
        with books.engine.connect() as connection:
            assert answered == stored(connection) == set(keys) - {POISON}
    finally:
        run(books.engine, HEALED[name])

    again = books.submit(*(draft(books.bank, key) for key in keys))
    assert all(isinstance(given, Receipt) for given in again)
    replayed = [given.replayed for given in again if isinstance(given, Receipt)]
    assert replayed == [key != POISON for key in keys]
    with Session(books.engine) as session:
        assert sorted(session.scalars(select(UsageLine.amount_fen))) == [800] * len(keys)
        assert verify_ledger(session, books.signer, books.vault).fault is None
        assert list(recount(session)) == []
