"""Rows that a surer rung of the ladder gives to another enterprise: theirs until that was known, its own from then on.

A branch's record is its parent's while only the parent is known. Once the branch's own registration arrives, its exact
name is surer: what was known before stays known, and the newest view is the one in which both had been there at first.
"""

from collections.abc import Iterable
from datetime import datetime

import polars as pl
from sqlalchemy import Connection

from features.contracts.contract import Contract
from features.lake.entry import Entry, make_snapshot
from features.lake.lake import Lake
from features.lake.linking import ASSIGNABLE, assign_stages, give_links, sought, undone_links
from features.lake.registered_name import register
from features.lake.versions import overtakes, stored_versions
from features.lake.writing import write_closings, write_rows


def linked_rows(
    lake: Lake, connection: Connection, contract: Contract, records: pl.Series, also: Iterable[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The stored rows of some records, without those with a link undone by hand, and their stages as names now say.

    The first with `overtakes`, the second as `assign_stages` tells them by `row_no`. also: columns of the rows beside
    `KEYS`, those among them by which they are linked.
    """
    rows = stored_versions(lake, contract, records, also, connection)
    undone = rows.filter(pl.col("link_id").is_in(undone_links(connection).implode()))
    rows = rows.join(undone, on="record_no", how="anti")
    rows = rows.with_columns(overtakes=pl.col("row_no").is_in(overtakes(rows)["by_row"].implode()))
    given = pl.col("link_id") == 0
    open_rows = rows.with_columns(pl.when(given).then("enterprise_id"), pl.when(given).then("known_at"))
    assignable = open_rows.with_columns(row="row_no", **sought(contract)).select(ASSIGNABLE)
    return rows, assign_stages(lake, connection, assignable).rename({"row": "row_no"})


def due(rows: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """Rows that a surer rung takes over while they count, each with its next stage: `owner`, `since` and the link."""
    link = ("rule", "key", "starts")
    further = stages.filter(pl.col("stage") > 0).select("row_no", *link, owner="enterprise_id", since="known_at")
    told = rows.filter(pl.col("link_id") > 0).join(further, on="row_no")
    told = told.filter(pl.col("since") > pl.col("known_at"), pl.col("owner") != pl.col("enterprise_id"))
    told = told.filter(pl.col("closed_at").is_null() | (pl.col("closed_at") > pl.col("since")))
    return told.sort("row_no", "since").unique("row_no", keep="first", maintain_order=True)


def overtake(lake: Lake, contract: Contract, records: pl.Series, *, at: datetime) -> None:
    """Give the rows of some records on to the enterprises that surer rungs name; for the lake's one writer."""
    with lake.catalogue.begin() as connection:
        found = due(*linked_rows(lake, connection, contract, records, [*contract.dtypes, "batch_no"]))
        if found.is_empty():
            return
        entry = Entry(lake, connection, contract, make_snapshot(connection, "relink", at, contract.code))
        ended = found.select("enterprise_id", "row_no", closed_at="since")
        moved = found.with_columns(enterprise_id="owner", known_at="since").drop("link_id")
        links = give_links(connection, moved.select("row_no", "enterprise_id", "rule", "key", "starts"), entry.snapshot)
        write_rows(entry, moved.join(links.select("row_no", "link_id"), on="row_no"))
        write_closings(entry, ended)
        register(entry, moved["enterprise_id"], ended["enterprise_id"])
