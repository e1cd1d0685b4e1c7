"""The process's database of the lake."""

import os
from pathlib import Path

import pytest

from features.lake import query as asking
from features.lake.query import query, spilling
from features.store.connections import live_connection


def test_a_process_forked_after_a_query_lives_and_asks_on_its_own() -> None:
    query("SELECT 1")
    live_connection().sql("SELECT 1").fetchall()
    child = os.fork()
    if child == 0:
        os._exit(query("SELECT 2 AS a")["a"][0] + live_connection().sql("SELECT 3").fetchall()[0][0])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5


def test_a_large_work_keeps_within_its_memory_and_uses_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MEMORY", "120MB")
    sorted_rows = "SELECT hash(range) AS h, repeat('x', 20) AS t FROM range(3_000_000) ORDER BY h"
    with spilling(tmp_path / "spill") as connection:
        answer = connection.execute(f"COPY ({sorted_rows}) TO '{tmp_path / 'out.parquet'}'").fetchone()
        assert (tmp_path / "spill").exists()
    assert answer == (3_000_000,)
    assert not (tmp_path / "spill").exists()
