"""Triggers that make tables append-only, for migrations on both databases."""

from alembic import op

UNCHANGEABLE = "is append-only; a correction is a new row"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% {UNCHANGEABLE}', TG_TABLE_NAME; END $$
"""


def make_append_only(tables: dict[str, tuple[str, ...]]) -> None:
    """Refuse UPDATE and DELETE of rows. tables: name -> its unique columns, composite keys as "a, b"."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
    for table, unique in tables.items():
        for statement in _triggers(op.get_bind().dialect.name, table, unique):
            op.execute(statement)


def _triggers(dialect: str, table: str, unique: tuple[str, ...]) -> list[str]:
    if dialect == "postgresql":
        refuse = "EXECUTE FUNCTION refuse_change()"
        return [
            f'CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW {refuse}',
            f'CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {refuse}',
        ]
    refuse = f"SELECT RAISE(ABORT, '{table} {UNCHANGEABLE}')"
    return [
        f'CREATE TRIGGER {table}_no_update BEFORE UPDATE ON "{table}" BEGIN {refuse}; END',
        f'CREATE TRIGGER {table}_no_delete BEFORE DELETE ON "{table}" BEGIN {refuse}; END',
        _no_replace(table, unique, refuse),
    ]


def _no_replace(table: str, unique: tuple[str, ...], refuse: str) -> str:
    """INSERT OR REPLACE deletes the row in its way without the DELETE trigger, so an insert looks first."""
    taken = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}" WHERE ({columns}) = ({_new(columns)}))' for columns in unique)
    return f'CREATE TRIGGER {table}_no_replace BEFORE INSERT ON "{table}" WHEN {taken} BEGIN {refuse}; END'


def _new(columns: str) -> str:
    return ", ".join(f"NEW.{column.strip()}" for column in columns.split(","))
