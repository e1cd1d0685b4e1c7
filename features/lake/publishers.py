"""Whose record an id names: two departments of one feed may number their records alike."""

import polars as pl
from sqlalchemy import select

from features.lake.catalogue import Schema, read_where_in
from features.lake.entry import Entry
from features.lake.judgement import ROW
from features.lake.tables import Batch

_PUBLISHERS: Schema = {"batch_no": pl.Int32, "publisher": pl.String}


def of_other_publishers(entry: Entry, rows: pl.DataFrame, stored: pl.DataFrame) -> pl.Series:
    """Positions of rows of which every stored version of their record came from another publisher.

    Where none is stored nothing is asked, and a repetition of what is stored is let pass.
    rows, stored: with `batch_no`, `record_no`, `version` and `content_hash`.
    """
    if stored.is_empty():
        return rows[ROW].clear()
    known = rows.join(stored, on="record_no", how="semi")
    batches = pl.concat([known["batch_no"], stored["batch_no"]]).unique()
    query = select(Batch.id, Batch.publisher)
    publishers = read_where_in(entry.connection, query, Batch.id, batches, _PUBLISHERS)
    if publishers["publisher"].n_unique() < 2:
        return rows[ROW].clear()
    theirs = stored.join(publishers, on="batch_no").select("record_no", "publisher")
    strange = known.join(publishers, on="batch_no").join(theirs, on=["record_no", "publisher"], how="anti")
    return strange.join(stored, on=["record_no", "version", "content_hash"], how="anti")[ROW]
