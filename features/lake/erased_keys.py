"""Keys of links and proposals are names: those that no row refers to once records are erased go with them."""

from collections.abc import Sequence

import polars as pl
from sqlalchemy import Connection, bindparam, delete, select, update

from features.contracts.feeds import FEEDS
from features.contracts.registration import REGISTRATION
from features.lake.catalogue import Schema, execute_many, read_where_in
from features.lake.erased import erasure_key, keyed_hash
from features.lake.ladder import REVIEW
from features.lake.lake import Lake
from features.lake.layout import parquet, rows_sql
from features.lake.query import query
from features.lake.review import OPEN, waiting_keys
from features.lake.spelling import name_key, trade_key
from features.lake.tables import LakeFile, Link, LinkReview

_HASHED = "^[0-9a-f]{64}$"
_LINKS: Schema = {"id": pl.Int32, "key": pl.String, "rule": pl.String, "undone": pl.Boolean}
_PROPOSALS: Schema = {"id": pl.Int32, "key": pl.String, "state": pl.String}


def erase_keys(lake: Lake, connection: Connection, owners: pl.Series, *, decided: bool) -> None:
    """Put keyed hashes in the place of keys by which enterprises were linked, where no row refers to them any more.

    A name stays that a registration or a row that waits still bears. Proposals that are open are deleted.
    decided: also keys a person decided on; they are there for rows to come.
    """
    link, pair = Link, LinkReview
    links = select(link.id, link.key, link.rule, link.known_to.is_not(None))
    found = read_where_in(connection, links, link.enterprise_id, owners, _LINKS)
    proposals = select(pair.id, pair.key, pair.state)
    proposed = read_where_in(connection, proposals, pair.enterprise_id, owners, _PROPOSALS)
    found, proposed = (keys.filter(~pl.col("key").str.contains(_HASHED)) for keys in (found, proposed))
    if found.is_empty() and proposed.is_empty():
        return
    if not decided:
        found = found.filter(pl.col("rule") != REVIEW, ~pl.col("undone"))
        proposed = proposed.filter(pl.col("state") == OPEN)
    borne = pl.concat([waiting_keys(connection), _registered(lake, connection, owners)])
    kept = found["id"].is_in(_in_use(lake, connection, found["id"]).implode()) | found["key"].is_in(borne.implode())
    borne = borne.append(found.filter(kept)["key"])
    proposed = proposed.filter(~pl.col("key").is_in(borne.implode()))
    is_open = proposed["state"] == OPEN
    _hash(connection, link, found.filter(~kept))
    _hash(connection, pair, proposed.filter(~is_open))
    for number in proposed.filter(is_open)["id"]:
        connection.execute(delete(pair).where(pair.id == number))


def _in_use(lake: Lake, connection: Connection, links: pl.Series) -> pl.Series:
    """Those of some links by which any stored row of any snapshot is there."""
    feeds = [contract.code for contract in FEEDS if contract.name_column is not None]
    listed = select(LakeFile.path).where(LakeFile.kind == "rows", LakeFile.feed.in_(feeds))
    files = [lake.root / path for path in connection.scalars(listed)]
    if not files or links.is_empty():
        return links.clear()
    rows = f"SELECT DISTINCT link_id FROM {parquet(files)} SEMI JOIN links ON link_id = links.id"
    return query(rows, links=links.to_frame("id"))["link_id"]


def _registered(lake: Lake, connection: Connection, owners: pl.Series) -> pl.Series:
    """The keys of all names that stored registrations give some enterprises."""
    files = lake.files(REGISTRATION.code, connection=connection)
    if not files:
        return pl.Series("key", dtype=pl.String)
    rows = f"SELECT DISTINCT name, address FROM {rows_sql(REGISTRATION, files)} SEMI JOIN owners USING (enterprise_id)"
    names = query(rows, owners=owners.to_frame("enterprise_id")).with_columns(key=name_key(pl.col("name")))
    trades = names.select(key=trade_key(pl.col("key"), pl.col("address")))["key"]
    return pl.concat([names["key"], trades.cast(pl.String)]).drop_nulls()


def _hash(connection: Connection, table: type[Link] | type[LinkReview], keys: pl.DataFrame) -> None:
    if keys.is_empty():
        return
    secret = erasure_key(connection)
    hashes: Sequence[str] = [keyed_hash(secret, key) for key in keys["key"]]
    statement = update(table).where(table.id == bindparam("i")).values(key=bindparam("k"))
    execute_many(connection, statement, pl.DataFrame({"i": keys["id"], "k": hashes}))
