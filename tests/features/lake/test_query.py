"""The process's database of the lake."""

import os

from features.lake.query import query
from features.store.connections import live_connection


def test_a_process_forked_after_a_query_lives_and_asks_on_its_own() -> None:
    query("SELECT 1")
    live_connection().sql("SELECT 1").fetchall()
    child = os.fork()
    if child == 0:
        os._exit(query("SELECT 2 AS a")["a"][0] + live_connection().sql("SELECT 3").fetchall()[0][0])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5
