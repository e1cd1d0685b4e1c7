"""Keep links true: give waiting rows their owner, and write records anew whose owner was mistaken.

A late registration may tell something about the past: a name was taken by a second enterprise, or borne earlier.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import polars as pl
from sqlalchemy import select

from features.contracts.contract import Contract
from features.lake.catalogue import read_frame
from features.lake.delivery import RECEIVED_AT
from features.lake.digest import record_numbers
from features.lake.entry import Entry, make_snapshot
from features.lake.judgement import ROW
from features.lake.lake import Lake
from features.lake.layout import parquet
from features.lake.overtaking import due, linked_rows, overtake
from features.lake.quarantine import hold_stored
from features.lake.query import query
from features.lake.renaming import Renamed, records_since
from features.lake.replay import retry
from features.lake.tables import Quarantined
from features.lake.versions import stored_versions
from features.lake.writing import store

_NONE = pl.Series("record_no", dtype=pl.Int64)
RECORDS = 2**16
"""Records looked at together: those of a whole city would not fit in memory at once."""


def relink(lake: Lake, contract: Contract, *, at: datetime, renamed: Renamed | None = None) -> None:
    """Bring one feed's links in line with the names known now; for the lake's one writer.

    Rows already linked rightly keep their place, so doing it again changes nothing.

    renamed: what changed since all links were right, so that only records are looked at that bear a changed name, or
    got a row since; without it all.
    """
    if contract.name_column is None:
        return
    written = pl.Series(dtype=pl.Int64) if renamed is None else records_since(lake, contract.code, renamed.since)
    parts = _parts(_linked_records(lake, contract, renamed, written))
    start = lake.snapshot()
    verdicts = [_judged(lake, contract, part) for part in parts]
    mistaken, overtaken = (pl.concat([_NONE, *(verdict[place] for verdict in verdicts)]) for place in (0, 1))
    if not mistaken.is_empty():
        with lake.catalogue.begin() as connection:
            snapshot = make_snapshot(connection, "relink", at, contract.code)
            entry = Entry(lake, connection, contract, snapshot)
            for number, part in enumerate(_parts(mistaken)):
                _rewrite(replace(entry, portion=number), part, at)
        retry(lake, contract.code, at=at, codes=("conflict",))  # what it contradicted may be gone
    _overtake(lake, contract, pl.concat([mistaken, overtaken]).unique().sort(), at)
    tried = None if renamed is None else written.append(waiting_records(lake, contract, renamed))
    retry(lake, contract.code, at=at, codes=("unlinked",), records=tried)
    if lake.snapshot() > start:
        parts = _parts(records_since(lake, contract.code, start))
        again = [_judged(lake, contract, part)[1] for part in parts]
        _overtake(lake, contract, pl.concat([_NONE, *again]), at)


def _overtake(lake: Lake, contract: Contract, records: pl.Series, at: datetime) -> None:
    """Until each row is where its surest rung says: one that is taken over may be so again."""
    while not records.is_empty():
        for part in _parts(records):
            overtake(lake, contract, part, at=at)
        records = pl.concat([_NONE, *(_judged(lake, contract, part)[1] for part in _parts(records))])


def _parts(records: pl.Series) -> Iterator[pl.Series]:
    return (records[start : start + RECORDS] for start in range(0, len(records), RECORDS))


def _judged(lake: Lake, contract: Contract, records: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Of some records those with a row whose owner, or the instant it counts from, is not what names now say.

    And those with a row that is right until a surer rung takes it over, and still counts then.
    """
    with lake.catalogue.connect() as connection:
        rows, stages = linked_rows(lake, connection, contract, records, ["event_date", *_sought_by(contract)])
    facts = ["row_no", "enterprise_id", "known_at"]
    is_further = pl.col("stage") > 0
    took_over = rows.filter("overtakes")
    first = stages.filter(~is_further).join(took_over, on="row_no", how="anti")
    further = stages.filter(is_further).join(took_over, on="row_no", how="semi")
    right = pl.concat([first.select(facts), further.select(facts)])
    wrong = rows.filter(pl.col("link_id") > 0).join(right, on=facts, how="anti", nulls_equal=True)
    return wrong["record_no"].unique(), due(rows, stages)["record_no"].unique()


def _sought_by(contract: Contract) -> list[str]:
    address = [] if contract.address_column is None else [contract.address_column]
    return [str(contract.name_column), contract.subject, *address]


def _linked_records(lake: Lake, contract: Contract, renamed: Renamed | None, written: pl.Series) -> pl.Series:
    """The records of which any row is there by a link, and that are concerned if asked so, in order."""
    none = pl.Series("record_no", dtype=pl.Int64)
    if renamed is not None and renamed.nothing and written.is_empty():
        return none
    files = lake.files(contract.code)
    if not files:
        return none
    columns = ", ".join(("record_no", *(_sought_by(contract) if renamed is not None else ())))
    rows = query(f"SELECT DISTINCT {columns} FROM {parquet(files)} WHERE link_id > 0")
    if renamed is not None:
        rows = rows.filter(renamed.concerns(contract) | pl.col("record_no").is_in(written.implode()))
    return rows["record_no"].unique().sort()


def waiting_records(lake: Lake, contract: Contract, renamed: Renamed) -> pl.Series:
    """The records of rows nobody owned that bear a changed name, or that wait since then."""
    row = Quarantined
    waiting = select(row.record_id, row.added_in, row.cells).where(row.feed == contract.code, row.code == "unlinked")
    waiting = waiting.where(row.settled_in.is_(None))
    if renamed.nothing:
        waiting = waiting.where(row.added_in > renamed.since)
    with lake.catalogue.connect() as connection:
        rows = read_frame(connection, waiting, {"record_id": pl.String, "added_in": pl.Int64, "cells": pl.String})
    if rows.is_empty():
        return pl.Series("record_no", dtype=pl.Int64)
    bears = pl.Struct(dict.fromkeys(_sought_by(contract), pl.String()))
    told = rows.select("record_id", "added_in", pl.col("cells").str.json_decode(bears).struct.unnest())
    concerned = told.filter((pl.col("added_in") > renamed.since) | renamed.concerns(contract))
    return record_numbers(concerned["record_id"], contract.code).drop_nulls()


def _rewrite(entry: Entry, record_nos: pl.Series, at: datetime) -> None:
    """Write some records anew: their stored rows become void, those without an owner go back to wait."""
    contract = entry.contract
    rows = stored_versions(entry.lake, contract, record_nos, (*contract.dtypes, "batch_no"))
    # One that was taken over stands there twice.
    delivered = rows.unique(["record_no", "version", "content_hash", RECEIVED_AT, "batch_no"], maintain_order=True)
    kept = delivered.select(*contract.dtypes, RECEIVED_AT, "batch_no").with_row_index(ROW)
    refused = store(entry, kept, void=rows["row_no"]).refused.join(kept.select(ROW, "batch_no"), on=ROW)
    hold_stored(entry, kept, refused, at)
