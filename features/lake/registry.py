"""The registry: unified social credit codes and outside keys become dense enterprise numbers."""

from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, bindparam, func, insert, select, update

from bureau.errors import UnknownSubject
from bureau.uscc import clean, is_uscc, parse_uscc
from features.lake.catalogue import Schema, execute_many, read_frame, read_where_in
from features.lake.code_index import code_index
from features.lake.driver import Question
from features.lake.lake import Lake
from features.lake.tables import Alias, EnterpriseRow

_ENTERPRISES: Schema = {"enterprise_id": pl.Int32, "uscc": pl.String, "name": pl.String}
_NUMBERS: Schema = {"uscc": pl.String, "enterprise_id": pl.Int32}
_NEWEST = 2**31 - 1
"""A snapshot after all others."""
_FOUND = select(EnterpriseRow.id, EnterpriseRow.uscc, EnterpriseRow.name).where(
    EnterpriseRow.added_in <= bindparam("until")
)
_BY_CODE = Question(_FOUND.where(EnterpriseRow.uscc == bindparam("key")))
_BY_KEY = Question(
    _FOUND.join(Alias, Alias.enterprise_id == EnterpriseRow.id)
    .where(Alias.key == bindparam("key"), Alias.added_in <= bindparam("until"))
    .where(Alias.ended_in.is_(None) | (Alias.ended_in > bindparam("until")))
    .order_by(Alias.known_at.desc(), Alias.id.desc())
)
_ALIASES: Schema = {"key": pl.String, "enterprise_id": pl.Int32}


@dataclass(frozen=True)
class Enterprise:
    """One enterprise of the registry. name: the newest registered one, None before its registration arrived."""

    enterprise_id: int
    uscc: str
    name: str | None


def resolve(lake: Lake, key: str, snapshot: int | None = None) -> Enterprise:
    """The enterprise of a code or an outside key, as the registry stood in a snapshot (default the newest).

    Raises `ImpossibleUscc` for what is neither a code nor a known key, `UnknownSubject` for a code never seen.
    """
    code, until = clean(key), _NEWEST if snapshot is None else snapshot
    asked, word = (_BY_CODE, code) if is_uscc(code) else (_BY_KEY, key.strip())
    found = asked.rows(lake.catalogue, key=word, until=until)
    if not found:
        raise UnknownSubject(parse_uscc(key))
    return Enterprise(*found[0])


def enterprises(lake: Lake, snapshot: int | None = None) -> pl.DataFrame:
    """Every enterprise of a snapshot (default the newest), by number: `enterprise_id`, `uscc`, `name`."""
    query = select(EnterpriseRow.id, EnterpriseRow.uscc, EnterpriseRow.name).order_by(EnterpriseRow.id)
    if snapshot is not None:
        query = query.where(EnterpriseRow.added_in <= snapshot)
    with lake.catalogue.connect() as connection:
        return read_frame(connection, query, _ENTERPRISES)


def codes(lake: Lake, snapshot: int) -> pl.DataFrame:
    """Every enterprise of a snapshot, by number: `enterprise_id`, `uscc`; the committed ones, from memory."""
    last = select(func.max(EnterpriseRow.id)).where(EnterpriseRow.added_in <= snapshot)
    with lake.catalogue.connect() as connection:
        return code_index(lake).listed(connection.scalar(last) or 0)


def enrol(lake: Lake, connection: Connection, codes: pl.Series, snapshot: int) -> pl.DataFrame:
    """The number of every given code, unknown ones newly enrolled: `uscc`, `enterprise_id`."""
    wanted = codes.drop_nulls().unique().sort().alias("uscc")
    committed = wanted.to_frame().with_columns(code_index(lake).find(wanted))
    query = select(EnterpriseRow.uscc, EnterpriseRow.id)
    rest = committed.filter(pl.col("enterprise_id").is_null())["uscc"]
    known = committed.drop_nulls().vstack(read_where_in(connection, query, EnterpriseRow.uscc, rest, _NUMBERS))
    unknown = rest.filter(~rest.is_in(known["uscc"].implode()))
    if unknown.is_empty():
        return known
    first = (connection.scalar(select(func.max(EnterpriseRow.id))) or 0) + 1
    numbers = pl.int_range(first, first + unknown.len(), dtype=pl.Int32, eager=True)
    enrolled = pl.DataFrame({"uscc": unknown, "enterprise_id": numbers})
    unnamed = {"name": pl.lit(None, pl.String), "name_version": pl.lit(0), "name_known_at": pl.lit(0)}
    rows = enrolled.select("uscc", id="enterprise_id", added_in=pl.lit(snapshot), **unnamed)
    execute_many(connection, insert(EnterpriseRow), rows)
    return pl.concat([known, enrolled])


def label(connection: Connection, names: pl.DataFrame) -> None:
    """Give enterprises their names. names: `enterprise_id`, `name`, `version`, `known_at` (microseconds), each once."""
    if names.is_empty():
        return
    statement = (
        update(EnterpriseRow)
        .where(EnterpriseRow.id == bindparam("e"))
        .values(name=bindparam("n"), name_version=bindparam("v"), name_known_at=bindparam("k"))
    )
    execute_many(connection, statement, names.select(e="enterprise_id", n="name", v="version", k="known_at"))


def add_aliases(connection: Connection, aliases: pl.DataFrame) -> None:
    """Remember outside keys. aliases: `key`, `enterprise_id`, `known_at`, `added_in`; a known pair stands (again)."""
    if aliases.is_empty():
        return
    query = select(Alias.key, Alias.enterprise_id)
    known = read_where_in(connection, query, Alias.key, aliases["key"], _ALIASES)
    unknown = aliases.join(known, on=list(_ALIASES), how="anti")
    if not unknown.is_empty():
        rows = unknown.select("key", "enterprise_id", "known_at", "added_in")
        execute_many(connection, insert(Alias).inline(), rows)
    _end_aliases(connection, aliases.join(known, on=list(_ALIASES), how="semi"), None)


def end_aliases(connection: Connection, enterprises: pl.Series, standing: pl.DataFrame, snapshot: int) -> None:
    """End the outside keys of some enterprises that no registration brings. standing: `key`, `enterprise_id`."""
    query = select(Alias.key, Alias.enterprise_id).where(Alias.ended_in.is_(None))
    known = read_where_in(connection, query, Alias.enterprise_id, enterprises, _ALIASES)
    _end_aliases(connection, known.join(standing, on=list(_ALIASES), how="anti"), snapshot)


def _end_aliases(connection: Connection, pairs: pl.DataFrame, ended_in: int | None) -> None:
    if not pairs.is_empty():
        pair = (Alias.key == bindparam("k"), Alias.enterprise_id == bindparam("e"))
        rows = pairs.select(k="key", e="enterprise_id", i=pl.lit(ended_in, pl.Int64))
        execute_many(connection, update(Alias).where(*pair).values(ended_in=bindparam("i")), rows)
