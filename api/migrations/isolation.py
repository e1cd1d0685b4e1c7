"""Row-level security on PostgreSQL: which rows of a table a transaction may see and write, for migrations.

`api.tenancy` tells each transaction whose it is, and puts on the role `bureau_caller`, which has the rights granted
here alone, whatever the login has. The owner of the tables is bound by the policies too (FORCE). SQLite has no such
wall.
"""

from collections.abc import Collection, Mapping

from alembic import op

from api.tenancy import RESTRICTED_ROLE, require_restricted_role

ME = "(SELECT nullif(current_setting('bureau.institution', true), '')::integer)"
MY_USCC = "(SELECT nullif(current_setting('bureau.uscc', true), ''))"
EVERYONE = "(SELECT current_setting('bureau.everyone', true)) = 'on'"
OWN = f"institution_id = {ME}"
OF_TWO = f"institution_id = {ME} OR other_institution_id = {ME}"
CONCERNING = f"institution_id = {ME} OR uscc = {MY_USCC}"

_MAKE_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{RESTRICTED_ROLE}') THEN
        CREATE ROLE {RESTRICTED_ROLE} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
END $$
"""
"""Where the login may: roles are one for all schemas of a cluster, so that another ledger may have made it."""
_TAKE_ROLE = f"""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{RESTRICTED_ROLE}') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO {RESTRICTED_ROLE}', current_schema());
        IF NOT pg_has_role(session_user, '{RESTRICTED_ROLE}', 'MEMBER') THEN
            EXECUTE format('GRANT {RESTRICTED_ROLE} TO %I', session_user);
        END IF;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$
"""


def child_of(parent: str, column: str, key: str = "id") -> str:
    """Rows that are seen with the row of another table which their `column` names."""
    return f'EXISTS (SELECT FROM "{parent}" AS parent WHERE parent.{key} = {column})'


def isolate(
    conditions: Mapping[str, str],
    *,
    written_by_callers: Collection[str] = (),
    changed_by_callers: Collection[str] = (),
    shared: Collection[str] = (),
) -> None:
    """Let a transaction see of each table the rows that meet its condition, and everybody's where it may see all.

    written_by_callers: tables to which routes add rows for their callers; the rest is the writer's and the commands'.
    changed_by_callers: those of them whose rows routes change as well.
    shared: tables that every institution may read whole.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, condition in conditions.items():
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY {table}_everyone ON "{table}" USING ({EVERYONE})')
        op.execute(f'CREATE POLICY {table}_own ON "{table}" USING ({condition})')
    tables = [*conditions, *shared]
    grant_to_callers(tables, written_by_callers=written_by_callers, changed_by_callers=changed_by_callers)


def grant_to_callers(
    tables: Collection[str], *, written_by_callers: Collection[str], changed_by_callers: Collection[str] = ()
) -> None:
    """Let the role of callers read tables, add rows to some and change those of a few; raises `SourceDown` where the
    login cannot have that role.

    For migrations on PostgreSQL. Doing it twice changes nothing.
    """
    op.execute(_MAKE_ROLE)
    op.execute(_TAKE_ROLE)
    require_restricted_role(op.get_bind())
    for table in tables:
        rights = ["SELECT"] + ["INSERT"] * (table in written_by_callers) + ["UPDATE"] * (table in changed_by_callers)
        op.execute(f'GRANT {", ".join(rights)} ON "{table}" TO {RESTRICTED_ROLE}')
