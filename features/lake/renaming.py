"""What links depend on and changed since all were right: names and numbers that mean something else, new rows."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from sqlalchemy import Connection, insert, select, union, update

from features.contracts.contract import Contract
from features.contracts.registration import REGISTRATION
from features.lake.ladder import REVIEW
from features.lake.lake import Lake
from features.lake.names import alone_spans, borne
from features.lake.numbers import NUMBERING, changed_numbers, number_in
from features.lake.spelling import name_key, parent_key, trade_key
from features.lake.tables import LakeFile, Link, Quarantined, Setting, Snapshot

SETTLED = "links_settled_in"
"""The setting that holds the last snapshot by whose names every link was checked."""


@dataclass(frozen=True)
class Renamed:
    """Hashes of the name keys and trade names whose bearers changed, and numbers that did.

    since: the snapshot they are compared with.
    """

    names: pl.Series
    trades: pl.Series
    numbers: pl.Series
    since: int

    @property
    def nothing(self) -> bool:
        """Whether every name and number means what it did."""
        return self.names.is_empty() and self.trades.is_empty() and self.numbers.is_empty()

    def concerns(self, contract: Contract) -> pl.Expr:
        """Whether a row of a name-matched feed may now have another owner."""
        key = name_key(pl.col(str(contract.name_column)))
        names = self.names.implode()
        found = key.hash().is_in(names) | parent_key(key).hash().is_in(names)
        found |= (
            pl.col(contract.subject).is_in(self.numbers.implode()) & number_in(pl.col(contract.subject)).is_not_null()
        )
        if contract.address_column is not None:
            trade = trade_key(key, pl.col(contract.address_column))
            found |= trade.is_not_null() & trade.hash().is_in(self.trades.implode())
        return found.fill_null(False)


def one_name(key: str, lake: Lake) -> Renamed:
    """A name that means something else from the newest snapshot on, by a person's word."""
    names = pl.Series([key]).hash()
    return Renamed(names, names.clear(), pl.Series(dtype=pl.String), lake.snapshot())


def renamed_since_settled(lake: Lake) -> Renamed | None:
    """What changed since links were settled last; None where that cannot be told any more."""
    with lake.catalogue.connect() as connection:
        since = int(connection.scalar(select(Setting.value).where(Setting.name == SETTLED)) or 0)
        if since < lake.oldest or since == 0:
            return None
        numbered = pl.concat([_touched(lake, contract.code, since) for contract in NUMBERING]).unique()
        numbers = changed_numbers(lake, connection, numbered, since)
        accepted = connection.scalars(select(Link.key).where(Link.rule == REVIEW, Link.added_in > since)).all()
    touched = _touched(lake, REGISTRATION.code, since)
    names, trades = (_changed(lake, touched, digest, since) for digest in ("digest", "trade_digest"))
    decided = pl.Series(accepted, dtype=pl.String).hash()  # by a person, who may have been cut off before rows moved
    return Renamed(names.append(decided).unique(), trades, numbers, since)


def note_settled(lake: Lake) -> None:
    """Write down that every link agrees with the names of the newest snapshot."""
    newest = str(lake.snapshot())
    with lake.catalogue.begin() as connection:
        row = update(Setting).where(Setting.name == SETTLED).values(value=newest)
        if connection.execute(row).rowcount == 0:
            connection.execute(insert(Setting).values(name=SETTLED, value=newest))


def keep_settled(connection: Connection, snapshot: int) -> None:
    """A snapshot that changes no name leaves links settled that were so in the one before."""
    before = update(Setting).where(Setting.name == SETTLED, Setting.value == str(snapshot - 1))
    connection.execute(before.values(value=str(snapshot)))


def records_since(lake: Lake, feed: str, since: int) -> pl.Series:
    """Numbers of a feed's records that got a row after a snapshot, in order."""
    written = [
        pl.read_parquet(path, columns=["record_no"]) for path, kind in _written(lake, feed, since) if kind == "rows"
    ]
    if not written:
        return pl.Series("record_no", dtype=pl.Int64)
    return pl.concat(written)["record_no"].unique().sort()


def feeds_since(lake: Lake, feeds: Collection[str], since: int) -> set[str]:
    """Those of some feeds that got a row after a snapshot, be it one that waits for its owner."""
    stored = select(LakeFile.feed).join(Snapshot, Snapshot.id == LakeFile.added_in)
    stored = stored.where(LakeFile.feed.in_(feeds), LakeFile.added_in > since, Snapshot.act != "compact")
    row = Quarantined
    waiting = select(row.feed).where(row.feed.in_(feeds), row.code == "unlinked", row.added_in > since)
    with lake.catalogue.connect() as connection:
        return set(connection.scalars(union(stored, waiting.where(row.settled_in.is_(None)))))


def _touched(lake: Lake, feed: str, since: int) -> pl.Series:
    """Numbers of the enterprises of which a feed's rows were written or ended after a snapshot."""
    column = "enterprise_id"
    parts = [pl.read_parquet(path, columns=[column])[column] for path, _ in _written(lake, feed, since)]
    return pl.concat([pl.Series(column, dtype=pl.Int32), *parts]).unique()


def _written(lake: Lake, feed: str, since: int) -> list[tuple[Path, str]]:
    """Files a feed's rows and ends were written to after a snapshot, and their kind; not those of compaction."""
    query = (
        select(LakeFile.path, LakeFile.kind)
        .join(Snapshot, Snapshot.id == LakeFile.added_in)
        .where(LakeFile.feed == feed, LakeFile.added_in > since, Snapshot.act != "compact")
    )
    with lake.catalogue.connect() as connection:
        return [(lake.root / path, kind) for path, kind in connection.execute(query)]


def _changed(lake: Lake, touched: pl.Series, digest: str, since: int) -> pl.Series:
    """Of the names some enterprises bear or bore, those that did not mean the same in an earlier snapshot."""
    if touched.is_empty():
        return pl.Series(dtype=pl.UInt64)
    newest = lake.snapshot()
    ever = [borne(lake, touched.to_frame(), "enterprise_id", snapshot)[digest] for snapshot in (since, newest)]
    wanted = pl.concat([part.cast(pl.UInt64) for part in ever]).drop_nulls().unique().to_frame(digest)
    wanted = wanted.with_columns(key=pl.col(digest))
    before, after = (_meaning(borne(lake, wanted, digest, snapshot)) for snapshot in (since, newest))
    same = [*before.columns]
    differing = [
        one.join(other, on=same, how="anti", nulls_equal=True)["key"]
        for one, other in ((before, after), (after, before))
    ]
    return pl.concat(differing).unique()


def _meaning(held: pl.DataFrame) -> pl.DataFrame:
    """Everything the ladder asks of a name: who bore it alone when, and since when each of its bearers did."""
    alone = alone_spans(held, key=pl.UInt64).with_columns(alone=pl.lit(True))
    since = held.group_by("key", "enterprise_id").agg(pl.col("starts").min()).sort("key", "enterprise_id")
    bearers = since.with_columns(pl.lit(None, pl.Int64).alias("ends"), alone=pl.lit(False))
    return pl.concat([alone, bearers.select(alone.columns)])
