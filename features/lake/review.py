"""The review queue: names that are merely like an enterprise's. A person decides; likeness alone never does."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, insert, select, update

from bureau.clock import to_micros
from bureau.errors import StateConflict, UnknownName
from features.contracts.feeds import FEEDS
from features.lake.catalogue import read_frame
from features.lake.entry import make_snapshot
from features.lake.files import exclusive
from features.lake.ladder import REVIEW, SCORES
from features.lake.lake import Lake
from features.lake.likeness import alike
from features.lake.linking import undone_pairs
from features.lake.registry import enterprises, resolve
from features.lake.relinking import relink
from features.lake.renaming import one_name
from features.lake.spelling import name_key
from features.lake.tables import EnterpriseRow, Link, LinkReview, Quarantined

OPEN, ACCEPTED, REFUSED = "open", "accepted", "refused"


@dataclass(frozen=True)
class Proposal:
    """A waiting name and the enterprise whose name is like it."""

    review_id: int
    key: str
    uscc: str
    name: str | None
    score: float


def propose(lake: Lake, *, at: datetime) -> int:
    """Queue enterprises with a name like one that waits; returns how many pairs are new. None is proposed twice."""
    known = enterprises(lake).drop_nulls("name").select("enterprise_id", name_key=name_key(pl.col("name")))
    with exclusive(lake), lake.catalogue.begin() as connection:
        found = alike(waiting_keys(connection), known)
        pairs = select(LinkReview.key, LinkReview.enterprise_id)
        before = read_frame(connection, pairs, {"key": pl.String, "enterprise_id": pl.Int32})
        before = pl.concat([before, undone_pairs(connection)])
        new = found.join(before, on=["key", "enterprise_id"], how="anti")
        if not new.is_empty():
            connection.execute(insert(LinkReview).values(state=OPEN, noted_at=at), new.to_dicts())
        return new.height


def waiting_keys(connection: Connection) -> pl.Series:
    """The keys of the names in rows that wait for their owner."""
    waiting = select(Quarantined.feed, Quarantined.cells)
    waiting = waiting.where(Quarantined.code == "unlinked", Quarantined.settled_in.is_(None))
    rows = read_frame(connection, waiting, {"feed": pl.String, "cells": pl.String})
    keys = [pl.Series("key", dtype=pl.String)]
    for feed in FEEDS:
        if feed.name_column is not None:
            cells = rows.filter(pl.col("feed") == feed.code)["cells"]
            names = cells.str.json_path_match(f"$.{feed.name_column}").to_frame("name")
            keys.append(names.select(key=name_key(pl.col("name"))).to_series())
    return pl.concat(keys).drop_nulls().unique()


def list_open(lake: Lake) -> list[Proposal]:
    """Pairs that wait for a decision, likest first."""
    owner, pair = EnterpriseRow, LinkReview
    query = (
        select(pair.id, pair.key, owner.uscc, owner.name, pair.score)
        .join(owner, owner.id == pair.enterprise_id)
        .where(pair.state == OPEN)
        .order_by(pair.score.desc(), pair.id)
    )
    with lake.catalogue.connect() as connection:
        return [Proposal(*row) for row in connection.execute(query)]


def accept(lake: Lake, review_id: int, *, at: datetime) -> None:
    """Make a proposed pair a link known from now on, and give it the rows that wait for it."""
    with exclusive(lake):
        with lake.catalogue.begin() as connection:
            pair = select(LinkReview.key, LinkReview.enterprise_id, LinkReview.score)
            found = connection.execute(pair.where(LinkReview.id == review_id, LinkReview.state == OPEN)).first()
            if found is None:
                raise UnknownName("open proposal", str(review_id), see="bureau feeds review list")
            numbers = connection.scalars(select(Link.id).order_by(Link.id.desc()).limit(1)).first() or 0
            link = {"id": numbers + 1, "rule": REVIEW, "known_from": to_micros(at)}
            link |= {"added_in": make_snapshot(connection, "review", at)}
            connection.execute(insert(Link).values(link | dict(found._mapping)))
            _decide(connection, review_id, ACCEPTED, at)
        renamed = one_name(found.key, lake)
        for feed in FEEDS:
            relink(lake, feed, at=at, renamed=renamed)


def link_name(lake: Lake, name: str, uscc: str, *, at: datetime) -> None:
    """Make a name mean an enterprise from now on by a person's word, alike or not, and give it the rows that wait.

    Raises `StateConflict` where a link of the two was undone: that word stands.
    """
    owner, key = resolve(lake, uscc), pl.select(name_key(pl.lit(name))).item()
    pair = {"key": key, "enterprise_id": owner.enterprise_id}
    same = (LinkReview.key == key, LinkReview.enterprise_id == owner.enterprise_id)
    with exclusive(lake), lake.catalogue.begin() as connection:
        if pair in undone_pairs(connection).to_dicts():
            why = f"The link of {name!r} to {owner.uscc} was undone"
            raise StateConflict(f"{why}; ask the publisher to deliver the record with its code.")
        if connection.execute(update(LinkReview).where(*same).values(state=OPEN)).rowcount == 0:
            by_hand = {"score": SCORES[REVIEW], "state": OPEN, "noted_at": at}
            connection.execute(insert(LinkReview).values(pair | by_hand))
        number = connection.execute(select(LinkReview.id).where(*same)).scalar_one()
    accept(lake, number, at=at)


def refuse(lake: Lake, review_id: int, *, at: datetime) -> None:
    """Refuse a proposed pair; it is never proposed again."""
    with exclusive(lake), lake.catalogue.begin() as connection:
        if _decide(connection, review_id, REFUSED, at) == 0:
            raise UnknownName("open proposal", str(review_id), see="bureau feeds review list")


def _decide(connection: Connection, review_id: int, state: str, at: datetime) -> int:
    """Close an open proposal; returns how many there were of that number."""
    pair = update(LinkReview).where(LinkReview.id == review_id, LinkReview.state == OPEN)
    return connection.execute(pair.values(state=state, decided_at=at)).rowcount
