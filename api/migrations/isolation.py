"""Row-level security on PostgreSQL: which rows of a table a transaction may see and write, for migrations.

`api.tenancy` tells each transaction whose it is. The owner of the tables is bound too (FORCE); a superuser is bound
by putting on the role `bureau_caller`. SQLite has no such wall.
"""

from collections.abc import Collection, Mapping

from alembic import op

ME = "(SELECT nullif(current_setting('bureau.institution', true), '')::integer)"
MY_USCC = "(SELECT nullif(current_setting('bureau.uscc', true), ''))"
EVERYONE = "(SELECT current_setting('bureau.everyone', true)) = 'on'"
OWN = f"institution_id = {ME}"
OF_TWO = f"institution_id = {ME} OR other_institution_id = {ME}"
CONCERNING = f"institution_id = {ME} OR uscc = {MY_USCC}"

_MAKE_ROLE = """
DO $$ BEGIN
    IF (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user)
        AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bureau_caller')
    THEN
        CREATE ROLE bureau_caller NOLOGIN;
        EXECUTE format('GRANT bureau_caller TO %I', session_user);
    END IF;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$
"""
_GRANT = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bureau_caller') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO bureau_caller', current_schema());
        EXECUTE 'GRANT {rights} ON "{table}" TO bureau_caller';
    END IF;
END $$
"""


def child_of(parent: str, column: str, key: str = "id") -> str:
    """Rows that are seen with the row of another table which their `column` names."""
    return f'EXISTS (SELECT FROM "{parent}" AS parent WHERE parent.{key} = {column})'


def isolate(
    conditions: Mapping[str, str], *, written_by_callers: Collection[str] = (), shared: Collection[str] = ()
) -> None:
    """Let a transaction see of each table the rows that meet its condition, and everybody's where it may see all.

    written_by_callers: tables that routes write for their callers; the rest is the writer's and the commands'.
    shared: tables that every institution may read whole.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(_MAKE_ROLE)
    for table, condition in conditions.items():
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY {table}_everyone ON "{table}" USING ({EVERYONE})')
        op.execute(f'CREATE POLICY {table}_own ON "{table}" USING ({condition})')
    for table in (*conditions, *shared):
        rights = "SELECT, INSERT, UPDATE" if table in written_by_callers else "SELECT"
        op.execute(_GRANT.format(table=table, rights=rights))
