"""A catalogue of many thousand deliveries is asked as a small one is: by the files that still stand."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, func, insert, select, text

from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake, _listing
from features.lake.status import feed_statuses
from features.lake.tables import Batch, LakeFile, Snapshot
from tests.factories.lakes import ACME, instant, land_rows, make_lake
from tests.factories.tax import tax_arrears

MANY = 5_000
FIRST = instant("2020-01-01")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake of deliveries that were all folded and replaced by its last act."""
    lake = make_lake(tmp_path)
    numbers = range(1, MANY + 1)
    instants = {number: FIRST + timedelta(minutes=number) for number in numbers}
    snapshots = [{"id": n, "made_at": instants[n], "act": "land", "feed": "F18"} for n in numbers]
    said = {"feed": "F18", "publisher": "税务", "produced_at": FIRST, "history": False, "rows": 1, "landed": 1}
    said |= {"quarantined": 0, "unchanged": 0, "doubtful": 0}
    batches = [
        said | {"batch_id": str(n), "sha256": str(n), "received_at": instants[n], "added_in": n} for n in numbers
    ]
    file = {"feed": "F18", "kind": "rows", "rows": 1, "sha256": "", "removed_in": MANY}
    files = [file | {"path": f"feed=F18/{n}", "added_in": n} for n in numbers]
    with lake.catalogue.begin() as connection:
        for table, rows in ((Snapshot, snapshots), (Batch, batches), (LakeFile, files)):
            connection.execute(insert(table), rows)
    return lake


def test_a_delivery_lands_and_is_read_among_many(lake: Lake) -> None:
    landed = land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)], "2025-06-01")
    assert (landed.landed, landed.snapshot, lake.snapshot()) == (1, MANY + 1, MANY + 1)
    assert len(lake.files("F18")) == 1
    assert len(lake.files("F18", MANY - 1)) == MANY - 1
    (status,) = [status for status in feed_statuses(lake, date(2025, 7, 1)) if status.feed == "F18"]
    assert (status.batches, status.files, status.rows) == (MANY + 1, 1, 1)


QUERIES: list[tuple[Select[Any], str]] = [
    (_listing("F18", "rows", MANY), "ix_lake_file_standing"),
    (select(LakeFile.feed, func.count()).where(LakeFile.removed_in.is_(None)).group_by(LakeFile.feed),
     "ix_lake_file_standing"),
    (select(Batch.feed, func.max(Batch.received_at)).group_by(Batch.feed), "ix_lake_batch_received"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "index"), QUERIES, ids=["a snapshot's files", "files by feed", "newest arrivals"])
def test_what_is_asked_daily_has_an_index(lake: Lake, query: Select[Any], index: str) -> None:
    said = query.compile(lake.catalogue, compile_kwargs={"literal_binds": True})
    with lake.catalogue.connect() as connection:
        plan = " ".join(str(row) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {said}")))
    assert index in plan
