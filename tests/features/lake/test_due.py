"""Compaction is due when deltas have become many."""

from datetime import date, timedelta
from pathlib import Path

from features.contracts.penalty import PENALTY
from features.lake.due import DELTAS, compact_due, due_feeds
from features.lake.lake import Lake
from tests.factories.lakes import ACME, instant, known, land_rows, make_lake
from tests.factories.penalties import penalty


def with_deliveries(folder: Path, count: int) -> Lake:
    lake = make_lake(folder)
    for number in range(count):
        decided = date(2024, 1, 1) + timedelta(days=number)
        land_rows(lake, PENALTY, [penalty(ACME, decided)], f"{decided + timedelta(days=5)}")
    return lake


def test_a_month_of_deliveries_is_not_due(tmp_path: Path) -> None:
    assert due_feeds(with_deliveries(tmp_path, DELTAS)) == []


def test_one_more_is_due_and_then_done(tmp_path: Path) -> None:
    lake = with_deliveries(tmp_path, DELTAS + 1)
    before = known(lake, PENALTY, "2024-12-31")
    assert [done.feed for done in compact_due(lake, at=instant("2025-01-01"))] == ["F34"]
    assert due_feeds(lake) == []
    assert known(lake, PENALTY, "2024-12-31").equals(before)
