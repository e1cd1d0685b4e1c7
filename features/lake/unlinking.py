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
from features.lake.linking import brought_by
from features.lake.quarantine import hold_stored
from features.lake.query import query
from features.lake.tables import EnterpriseRow, Link
from features.lake.versions import stored_versions
from features.lake.writing import ending, write_closings


@dataclass(frozen=True)
class Unlinked:
    """What undoing a link changed from then on. rows: how many ended. feeds: codes of those that lost rows."""

    rows: int
    enterprise_ids: tuple[int, ...]
    usccs: tuple[str, ...]
    feeds: tuple[str, ...]


def end_link(lake: Lake, link_id: int, *, at: datetime) -> Unlinked:
    """Undo a link from `at` on. Raises `UnknownName` where no such link is open.

    The rows it brought end, with the later versions that followed them, and wait again: another enterprise may get
    them from `at` on (`features.lake.review.link_name`). Neither its key nor its records are tried with that
    enterprise again: a corrected delivery that brings the code also brings the record back.
    """
    with exclusive(lake), lake.catalogue.begin() as connection:
        if connection.scalar(select(Link.id).where(Link.id == link_id, Link.known_to.is_(None))) is None:
            raise UnknownName("open link", str(link_id), see="bureau feeds links")
        snapshot = make_snapshot(connection, "end-link", at)
        connection.execute(update(Link).where(Link.id == link_id).values(known_to=to_micros(at), ended_in=snapshot))
        entries = (Entry(lake, connection, feed, snapshot) for feed in FEEDS if feed.name_column)
        ended = {entry.contract.code: _end_rows(entry, link_id, to_micros(at)) for entry in entries}
        return _told(connection, {feed: rows for feed, rows in ended.items() if not rows.is_empty()})


def _told(connection: Connection, ended: dict[str, pl.DataFrame]) -> Unlinked:
    numbers = pl.concat([pl.Series(dtype=pl.Int32), *(rows["enterprise_id"] for rows in ended.values())])
    touched = select(EnterpriseRow.id, EnterpriseRow.uscc).where(EnterpriseRow.id.in_(numbers.unique().to_list()))
    found = connection.execute(touched.order_by(EnterpriseRow.id)).all()
    ids, codes = tuple(number for number, _ in found), tuple(code for _, code in found)
    return Unlinked(sum(rows.height for rows in ended.values()), ids, codes, tuple(ended))


def _end_rows(entry: Entry, link_id: int, at: int) -> pl.DataFrame:
    """End the rows a link brought, and let their records wait; returns those that ended."""
    rows = _brought_rows(entry.lake, entry.contract, link_id)
    still_open = rows.filter(pl.col("closed_at").is_null() | (pl.col("closed_at") > at))
    if still_open.is_empty():
        return still_open
    write_closings(entry, ending(still_open, at))
    # An earlier version may be the one that names somebody, so a record waits whole.
    waiting = rows.join(still_open, on="record_no", how="semi").with_row_index(ROW)
    reason = f"its link {link_id} was undone; say whose it is with: bureau feeds review link NAME USCC"
    told = waiting.select(ROW, "batch_no", code=pl.lit("unlinked"), reason=pl.lit(reason))
    hold_stored(entry, waiting, told, from_micros(at))
    return still_open


def _brought_rows(lake: Lake, contract: Contract, link_id: int) -> pl.DataFrame:
    """Rows a link brought, and rows without a code that followed them to the same enterprise."""
    files, also = lake.files(contract.code), (*contract.dtypes, "batch_no")
    if not files:
        return stored_versions(lake, contract, pl.Series("record_no", dtype=pl.Int64), also)
    records = query(f"SELECT DISTINCT record_no FROM {parquet(files)} WHERE link_id = {link_id:d}")
    rows = stored_versions(lake, contract, records["record_no"], also)
    return brought_by(rows, pl.Series([link_id]))
