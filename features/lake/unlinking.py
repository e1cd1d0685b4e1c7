"""Undo a link that was wrong: its rows end now and wait for their owner, and every earlier view keeps them."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, select, update

from bureau.clock import from_micros, to_micros
from bureau.errors import UnknownName
from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS
from features.lake.entry import Entry, make_snapshot
from features.lake.files import exclusive
from features.lake.judgement import ROW
from features.lake.lake import Lake
from features.lake.layout import parquet
from features.lake.linking import brought_by, why_undone
from features.lake.quarantine import hold_stored
from features.lake.query import query
from features.lake.tables import EnterpriseRow, Link
from features.lake.versions import stored_versions
from features.lake.writing import ending, write_closings


@dataclass(frozen=True)
class Unlinked:
    """What undoing a link changed from then on. rows: how many ended. feeds: codes of those that lost rows.

    links: numbers of those undone, every open one of the same key and enterprise.
    """

    links: tuple[int, ...]
    rows: int
    enterprise_ids: tuple[int, ...]
    usccs: tuple[str, ...]
    feeds: tuple[str, ...]


def end_link(lake: Lake, link_id: int, *, at: datetime) -> Unlinked:
    """Undo a link from `at` on. Raises `UnknownName` where no such link is open.

    The rows it brought end, with the later versions that followed them, and wait again: another enterprise may get
    them from `at` on (`features.lake.review.link_name`). Neither its key nor its records are tried with that
    enterprise again: a corrected delivery that brings the code also brings the record back. So every other open link
    of its key and enterprise, known from another day on, is undone with it.
    """
    with exclusive(lake), lake.catalogue.begin() as connection:
        links = _links_of_pair(connection, link_id)
        snapshot = make_snapshot(connection, "end-link", at)
        undone = update(Link).where(Link.id.in_(links.to_list()))
        connection.execute(undone.values(known_to=to_micros(at), ended_in=snapshot))
        entries = (Entry(lake, connection, feed, snapshot) for feed in FEEDS if feed.name_column)
        ended = {entry.contract.code: _end_rows(entry, links, to_micros(at)) for entry in entries}
        return _told(connection, links, {feed: rows for feed, rows in ended.items() if not rows.is_empty()})


def _links_of_pair(connection: Connection, link_id: int) -> pl.Series:
    """The open links with the key and enterprise of one that is open, itself among them."""
    open_link = select(Link.key, Link.enterprise_id).where(Link.id == link_id, Link.known_to.is_(None))
    pair = connection.execute(open_link).first()
    if pair is None:
        raise UnknownName("open link", str(link_id), see="bureau feeds links")
    same = select(Link.id).where(Link.key == pair.key, Link.enterprise_id == pair.enterprise_id)
    return pl.Series("link_id", connection.scalars(same.where(Link.known_to.is_(None)).order_by(Link.id)).all())


def _told(connection: Connection, links: pl.Series, ended: dict[str, pl.DataFrame]) -> Unlinked:
    numbers = pl.concat([pl.Series(dtype=pl.Int32), *(rows["enterprise_id"] for rows in ended.values())])
    touched = select(EnterpriseRow.id, EnterpriseRow.uscc).where(EnterpriseRow.id.in_(numbers.unique().to_list()))
    found = connection.execute(touched.order_by(EnterpriseRow.id)).all()
    ids, codes = tuple(number for number, _ in found), tuple(code for _, code in found)
    return Unlinked(tuple(links), sum(rows.height for rows in ended.values()), ids, codes, tuple(ended))


def _end_rows(entry: Entry, links: pl.Series, at: int) -> pl.DataFrame:
    """End the rows some links brought, and let their records wait; returns those that ended."""
    rows = _brought_rows(entry.lake, entry.contract, links)
    still_open = rows.filter(pl.col("closed_at").is_null() | (pl.col("closed_at") > at))
    if still_open.is_empty():
        return still_open
    write_closings(entry, ending(still_open, at))
    # An earlier version may be the one that names somebody, so a record waits whole.
    waiting = rows.join(still_open, on="record_no", how="semi").with_row_index(ROW)
    told = waiting.select(ROW, "batch_no", "record_no", code=pl.lit("unlinked"))
    told = told.join(why_undone(rows, links), on="record_no").drop("record_no")
    hold_stored(entry, waiting, told, from_micros(at))
    return still_open


def _brought_rows(lake: Lake, contract: Contract, links: pl.Series) -> pl.DataFrame:
    """Rows some links brought, and rows without a code that followed them to the same enterprise."""
    files, also = lake.files(contract.code), (*contract.dtypes, "batch_no")
    if not files:
        return stored_versions(lake, contract, pl.Series("record_no", dtype=pl.Int64), also)
    brought = ", ".join(map(str, links))
    records = query(f"SELECT DISTINCT record_no FROM {parquet(files)} WHERE link_id IN ({brought})")
    rows = stored_versions(lake, contract, records["record_no"], also)
    return brought_by(rows, links)
