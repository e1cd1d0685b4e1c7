"""What was known on a day: the newest version known by then, and nothing that came later."""

from pathlib import Path

import duckdb
import pytest

from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake
from features.lake.reading import READ_COLUMNS, visible_sql
from tests.factories.lakes import ACME, BETA, instant, known, land_rows, make_lake
from tests.factories.tax import tax_arrears


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path)


def balances(lake: Lake, as_of: str, snapshot: int | None = None) -> list[tuple[str, int]]:
    rows = known(lake, TAX_ARREARS, as_of, snapshot)
    return list(rows.select("uscc", "arrears_fen").iter_rows())


def test_nothing_is_known_of_an_empty_lake(lake: Lake) -> None:
    empty = duckdb.sql(f"SELECT * FROM {visible_sql(lake, TAX_ARREARS)}").pl()
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)])
    filled = duckdb.sql(f"SELECT * FROM {visible_sql(lake, TAX_ARREARS)}").pl()
    assert empty.schema == filled.schema
    assert filled.columns == [*TAX_ARREARS.own_columns, *READ_COLUMNS, "known_from", "known_to"]
    assert (empty.height, filled.height) == (0, 1)


@pytest.mark.parametrize(
    ("received", "seen"),
    [
        pytest.param("2025-07-01T15:59:59.999999", 1, id="the last microsecond of the Shanghai day"),
        pytest.param("2025-07-01T16:00", 0, id="midnight in Shanghai: known the day after"),
    ],
)
def test_the_day_ends_at_midnight_in_shanghai(lake: Lake, received: str, seen: int) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)], received)
    assert known(lake, TAX_ARREARS, "2025-07-01").height == seen


def test_a_correction_changes_what_is_known_now_and_not_what_was(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=5)], "2025-07-01")
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=7, version=2, op="U")], "2025-08-01")
    assert balances(lake, "2025-07-31") == [(ACME, 5)]
    assert balances(lake, "2025-08-01") == [(ACME, 7)]


def test_a_withdrawn_record_is_gone_from_then_on(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=5)], "2025-07-01")
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=5, version=2, op="D")], "2025-08-01")
    assert balances(lake, "2025-07-31") == [(ACME, 5)]
    assert balances(lake, "2025-08-01") == []


def test_a_withdrawn_record_may_come_back(lake: Lake) -> None:
    for version, op, day in ((1, "I", "2025-07-01"), (2, "D", "2025-08-01"), (3, "I", "2025-09-01")):
        land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=version, version=version, op=op)], day)
    assert [balances(lake, day) for day in ("2025-07-01", "2025-08-01", "2025-09-01")] == [[(ACME, 1)], [], [(ACME, 3)]]


def test_an_old_version_that_arrives_late_is_never_the_newest(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=7, version=2, op="U")], "2025-07-01")
    landed = land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=5)], "2025-08-01")
    assert landed.landed == 1
    assert balances(lake, "2025-08-01") == [(ACME, 7)]


def test_history_that_arrives_out_of_order_is_read_in_the_order_it_was_known(lake: Lake) -> None:
    first = tax_arrears(ACME, arrears_fen=5, received_at=instant("2025-07-01"))
    second = tax_arrears(ACME, arrears_fen=7, version=2, op="U", received_at=instant("2025-08-01"))
    for row in (second, first):
        land_rows(lake, TAX_ARREARS, [row], "2026-01-01")
    assert balances(lake, "2025-07-31") == [(ACME, 5)]
    assert balances(lake, "2025-08-01") == [(ACME, 7)]


def test_a_correction_may_move_a_record_to_another_enterprise(lake: Lake) -> None:
    wrong, right = (
        tax_arrears(ACME, arrears_fen=5),
        tax_arrears(ACME, arrears_fen=5, version=2, op="U") | {"uscc": BETA},
    )
    land_rows(lake, TAX_ARREARS, [wrong], "2025-07-01")
    land_rows(lake, TAX_ARREARS, [right], "2025-08-01")
    assert balances(lake, "2025-07-31") == [(ACME, 5)]
    assert balances(lake, "2025-08-01") == [(BETA, 5)]


def test_one_version_with_two_contents_keeps_the_one_received_first(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=5)], "2025-07-01")
    landed = land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=6)], "2025-08-01")
    assert (landed.landed, landed.quarantined) == (0, 1)
    assert balances(lake, "2025-08-01") == [(ACME, 5)]


def test_a_duplicate_inside_one_file_lands_once(lake: Lake) -> None:
    landed = land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(ACME), tax_arrears(ACME, arrears_fen=1)])
    assert (landed.landed, landed.unchanged, landed.quarantined) == (1, 1, 1)
    assert known(lake, TAX_ARREARS, "2025-07-01").height == 1


def test_an_old_snapshot_reads_as_it_did(lake: Lake) -> None:
    first = land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=5)], "2025-07-01").snapshot
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=7, version=2, op="U")], "2025-07-01T01:00")
    assert balances(lake, "2025-07-01", first) == [(ACME, 5)]
    assert balances(lake, "2025-07-01") == [(ACME, 7)]
    assert balances(lake, "2025-07-01", 0) == []
