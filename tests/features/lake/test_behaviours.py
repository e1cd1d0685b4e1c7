"""The seven behaviours every feed shows, named and numbered as the feed catalogue does."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from bureau.errors import SchemaDrift
from bureau.grant import operator_grant
from features.contracts.feeds import find_feed
from features.contracts.penalty import PENALTY
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.compaction import compact
from features.lake.endings import list_endings
from features.lake.freshness import StaleFeed, stale_feeds
from features.lake.lake import Lake
from features.lake.landing import land
from features.lake.quarantine import list_waiting
from features.lake.replay import replay
from features.lake.stops import standing_stops, take
from features.store.lineage import explain
from tests.factories.feeds import VALID_ROWS
from tests.factories.lakes import ACME, BETA, deliver, frame_of, instant, known, land_rows, make_lake
from tests.factories.penalties import penalty
from tests.factories.tax import tax_arrears

FIRST = tax_arrears(ACME, arrears_fen=1, received_at=instant("2025-04-05"))
CORRECTED = tax_arrears(ACME, arrears_fen=2, version=2, op="U", received_at=instant("2025-05-05"))
WITHDRAWN = tax_arrears(ACME, arrears_fen=2, version=3, op="D", received_at=instant("2025-06-05"))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path)


def owed(lake: Lake, day: str) -> list[int]:
    return known(lake, TAX_ARREARS, day)["arrears_fen"].to_list()


def test_1_the_same_batch_twice_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    delivery = deliver(TAX_ARREARS, [FIRST], tmp_path / "deliveries")
    land(lake, delivery, received_at=instant("2025-07-01"))
    files, snapshot = lake.files("F18"), lake.snapshot()
    again = land(lake, delivery, received_at=instant("2025-08-01"))
    assert (again.landed, again.unchanged) == (0, 1)
    assert (lake.files("F18"), lake.snapshot()) == (files, snapshot)


def test_2_batches_out_of_order_give_the_same_state(tmp_path: Path) -> None:
    views = []
    for number, order in enumerate(permutations([FIRST, CORRECTED, WITHDRAWN])):
        lake = make_lake(tmp_path / str(number))
        for row in order:
            land_rows(lake, TAX_ARREARS, [row])
        views.append([owed(lake, day) for day in ("2025-04-05", "2025-05-05", "2025-06-05")])
    assert views == [[[1], [2], []]] * 6


def test_3_a_correction_changes_what_is_known_now_and_not_what_was_known_then(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [FIRST])
    before = lake.snapshot()
    land_rows(lake, TAX_ARREARS, [CORRECTED])
    assert (owed(lake, "2025-05-04"), owed(lake, "2025-05-05")) == ([1], [2])
    assert known(lake, TAX_ARREARS, "2025-05-05", before)["arrears_fen"].to_list() == [1]


def test_4_a_row_that_breaks_a_rule_waits_with_its_reason_and_is_tried_again(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=-1), tax_arrears(BETA)])
    (waiting,) = list_waiting(lake)
    assert (waiting.code, waiting.reason) == ("rule", "arrears_fen is '-1': it must be at least 0")
    assert replay(lake, at=instant("2025-08-01")).waiting == 1
    assert known(lake, TAX_ARREARS, "2025-08-01")["uscc"].to_list() == [BETA]


@pytest.mark.parametrize(
    ("drift", "why"),
    [
        pytest.param(pl.lit(1).alias("surprise"), "has no column surprise", id="a column too many"),
        pytest.param(pl.lit("many").alias("arrears_fen"), "column arrears_fen holds String", id="another type"),
        pytest.param(None, "needs the column cleared_on", id="a column too few"),
    ],
)
def test_5_schema_drift_stops_the_feed_and_no_other(
    lake: Lake, tmp_path: Path, drift: pl.Expr | None, why: str
) -> None:
    land_rows(lake, TAX_ARREARS, [FIRST])
    agreed = frame_of(TAX_ARREARS, [tax_arrears(BETA)])
    drifted = tmp_path / "drifted.parquet"
    (agreed.drop("cleared_on") if drift is None else agreed.with_columns(drift)).write_parquet(drifted)
    made_at = datetime(2019, 12, 31, tzinfo=UTC).timestamp()  # a day before the mended delivery
    os.utime(drifted, (made_at, made_at))
    with pytest.raises(SchemaDrift, match=why):
        take(lake, drifted, at=instant("2025-07-02"), feed="F18")
    assert list(standing_stops(lake)) == ["F18"]
    assert why in standing_stops(lake)["F18"]
    assert owed(lake, "2025-07-02") == [1], "what it held before is still served"
    assert land_rows(lake, PENALTY, [penalty(ACME)]).landed == 1
    take(lake, deliver(TAX_ARREARS, agreed, tmp_path / "mended").path, at=instant("2025-07-03"))
    assert standing_stops(lake) == {}


def test_6_a_derived_feed_is_as_stale_as_what_it_is_made_of(lake: Lake) -> None:
    land_rows(lake, find_feed("F03"), [VALID_ROWS["F03"](ACME)], "2025-04-01")
    land_rows(lake, find_feed("F04"), [VALID_ROWS["F04"](ACME)], "2025-05-01")
    longest_overdue = stale_feeds(lake, date(2025, 7, 1), ["F03"])["F03"]
    assert stale_feeds(lake, date(2025, 7, 1), ["X01"]) == {"X01": replace(longest_overdue, feed="X01")}
    assert stale_feeds(lake, date(2025, 4, 2), ["X01"]) == {}


def test_6_a_feed_silent_too_long_is_stale(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [FIRST])
    due_by = date(2025, 6, 15)  # the newest row, a month, a holiday and the 30 days of the slowest files later
    assert stale_feeds(lake, due_by, ["F18", "F34"]) == {}
    late = StaleFeed("F18", date(2025, 4, 5), due_by)
    assert stale_feeds(lake, date(2025, 6, 16), ["F18", "F34"]) == {"F18": late}
    told = explain(lake, "tax_arrears_count_24m", 1, date(2025, 6, 16), operator_grant())
    assert (told.value, told.stale) == (1, (late,)), "and so is every value made of it"
    snapshot = lake.snapshot()
    land_rows(lake, TAX_ARREARS, [tax_arrears(BETA)], "2025-06-16T09:00")
    assert stale_feeds(lake, date(2025, 6, 16), ["F18"]) == {}
    assert stale_feeds(lake, date(2025, 6, 16), ["F18"], snapshot) == {"F18": late}, "a former answer replays"


def test_7_a_withdrawal_hides_the_record_in_one_run_and_leaves_an_audit_row(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [FIRST, tax_arrears(BETA, arrears_fen=5, received_at=instant("2025-04-05"))])
    landed = land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, version=2, op="D")], "2025-06-05")
    assert (owed(lake, "2025-06-04"), owed(lake, "2025-06-05")) == ([1, 5], [5])
    assert [(line.feed, line.cause, line.rows, line.batch_id) for line in list_endings(lake)] == [
        ("F18", "withdrawn", 1, landed.batch_id)
    ]
    compact(lake, "F18", at=instant("2025-06-06"))
    assert owed(lake, "2025-06-06") == [5]
