"""Whose rows a transaction sees: those of one institution, or everybody's. Who says neither, sees none.

The engine carries the answer (`seen_by`), so a query cannot forget it. Two walls stand on it: every ORM statement
is narrowed to the rows of `api.tables.Owned` and its kin, and PostgreSQL narrows whatever else is asked by row-level
security (`api.migrations.isolation`), to which the begin of each transaction tells the institution while it puts on
a role that may add and change what routes add and change, and nothing else.
"""

from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, event, or_, text
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from api.tables import Concerning, Owned, OwnedByTwo
from bureau.errors import SourceDown

_OPTION = "bureau_sight"
NOBODY_ID = -1
"""An institution that does not exist."""
RESTRICTED_ROLE = "bureau_caller"
"""The role a transaction on PostgreSQL puts on unless it sees everybody's rows: a login that owns the tables may write
them all, and one that is a superuser is bound by no policy."""
_TOLD = (
    "SELECT set_config('bureau.everyone', %s, true), set_config('bureau.institution', %s, true),"
    " set_config('bureau.uscc', %s, true)"
)
_RESTRICTED = f"{_TOLD}, set_config('role', '{RESTRICTED_ROLE}', true)"
_MAY_RESTRICT = text(
    "SELECT session_user, current_schema(),"
    " pg_has_role(session_user, oid, CASE WHEN current_setting('server_version_num')::integer < 160000 THEN 'MEMBER'"
    " ELSE 'SET' END), has_schema_privilege(oid, current_schema(), 'USAGE')"
    " FROM (SELECT) AS here LEFT JOIN pg_roles ON rolname = :role"
)


@dataclass(frozen=True)
class Tenant:
    """An institution. uscc: the enterprise it is, which also sees what concerns it."""

    institution_id: int
    uscc: str = ""


EVERYONE: Final = "everyone"
"""What the ledger's writer, the commands and the platform's own people see."""
Sight = Tenant | Literal["everyone"]


class SightMissing(RuntimeError):
    """A fault of ours: rows of institutions were asked for without saying whose."""


@lru_cache(maxsize=1024)
def seen_by(engine: Engine, sight: Sight | None) -> Engine:
    """The same database, through which one institution's rows are seen, everybody's, or with None nobody's."""
    return engine.execution_options(**{_OPTION: sight})


def tell_database(engine: Engine) -> None:
    """Let every transaction of an engine on PostgreSQL begin by saying whose rows it sees."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _tell)


def require_restricted_role(connection: Connection) -> None:
    """Raise `SourceDown` where a transaction on PostgreSQL could not put the role on, or would then see no table."""
    if connection.dialect.name != "postgresql":
        return
    login, schema, may_put_on, may_use = connection.execute(_MAY_RESTRICT, {"role": RESTRICTED_ROLE}).one()
    if may_put_on and may_use:
        return
    made = f"CREATE ROLE {RESTRICTED_ROLE} NOLOGIN; " if may_put_on is None else ""
    raise SourceDown(
        f"The login {login} may not put on the role {RESTRICTED_ROLE}, by which PostgreSQL keeps institutions apart. "
        f"Let an administrator of the database run once: {made}"
        f'GRANT {RESTRICTED_ROLE} TO "{login}"; GRANT USAGE ON SCHEMA "{schema}" TO {RESTRICTED_ROLE};'
    )


def _tell(connection: Connection) -> None:
    sight = _sight_of(connection)
    tenant = sight if isinstance(sight, Tenant) else Tenant(NOBODY_ID)
    told = ("on" if sight == EVERYONE else "off", str(tenant.institution_id), tenant.uscc)
    with closing(
        connection.connection.cursor()
    ) as cursor:  # on the driver itself: through SQLAlchemy it would begin again
        cursor.execute(_TOLD if sight == EVERYONE else _RESTRICTED, told)


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    if not state.is_orm_statement or state.is_column_load or state.is_relationship_load or state.is_insert:
        return
    sight = _sight_of(state.session.get_bind())
    if sight == EVERYONE:
        return
    if sight is None and any(
        issubclass(mapper.class_, Owned | OwnedByTwo | Concerning) for mapper in state.all_mappers
    ):
        raise SightMissing("Open the session on seen_by(engine, whose), or take DbSession in a route.")
    state.statement = state.statement.options(*_criteria(sight if isinstance(sight, Tenant) else Tenant(NOBODY_ID)))


def _criteria(tenant: Tenant) -> tuple[Any, ...]:
    institution, uscc = tenant.institution_id, tenant.uscc
    return (
        with_loader_criteria(Owned, lambda cls: cls.institution_id == institution, include_aliases=True),
        with_loader_criteria(
            OwnedByTwo,
            lambda cls: or_(cls.institution_id == institution, cls.other_institution_id == institution),
            include_aliases=True,
        ),
        with_loader_criteria(
            Concerning, lambda cls: or_(cls.institution_id == institution, cls.uscc == uscc), include_aliases=True
        ),
    )


def _sight_of(bind: Engine | Connection) -> Sight | None:
    sight: Sight | None = bind.get_execution_options().get(_OPTION)
    return sight
