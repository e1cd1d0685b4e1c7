"""Deliveries of a feed beside its profile."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from features.contracts.contract import CADENCE_DAYS
from features.contracts.penalty import PENALTY
from features.contracts.registration import REGISTRATION
from features.health.alerts import alerts
from features.health.feed_days import FeedDay, keep_feeds, measure_feeds, read_feed_days
from features.lake.freshness import stale_feeds
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake
from tests.factories.penalties import penalty
from tests.factories.registrations import registration

TODAY = date(2025, 6, 30)


def penalties(folder: Path, per_day: dict[int, int], lag_days: int = 3) -> FeedDay:
    """The feed after so many penalties were received so many days ago, each decided `lag_days` before."""
    lake = make_lake(folder)
    for ago, count in per_day.items():
        received = TODAY - timedelta(days=ago)
        decided = received - timedelta(days=lag_days)
        rows = [penalty(ACME, decided) | {"record_id": f"{ago}-{n}", "doc_no": f"{ago}-{n}"} for n in range(count)]
        land_rows(lake, PENALTY, rows, f"{received}T04:00")
    (found,) = measure_feeds(lake, TODAY, [PENALTY])
    return found


def test_an_ordinary_day(tmp_path: Path) -> None:
    found = penalties(tmp_path, {0: 4, 1: 5, 2: 4, 3: 3})
    assert (found.rows, found.late, found.usual, found.silent_days) == (4, 0, 4, 0)
    assert alerts([], [found]) == []


def test_a_flood_and_a_trickle(tmp_path: Path) -> None:
    assert penalties(tmp_path / "flood", {0: 13, 1: 4, 2: 4, 3: 4}).is_unusual
    assert penalties(tmp_path / "trickle", {0: 1, 1: 4, 2: 4, 3: 4}).is_unusual


def test_two_days_are_no_profile(tmp_path: Path) -> None:
    found = penalties(tmp_path, {0: 40, 1: 1, 2: 1})
    assert found.usual is None
    assert not found.is_unusual


@pytest.mark.parametrize(("lag", "late"), [(PENALTY.deadline_days, 0), (PENALTY.deadline_days + 1, 4)])
def test_rows_after_the_deadline_are_late(tmp_path: Path, lag: int, late: int) -> None:
    found = penalties(tmp_path, {0: 4}, lag_days=lag)
    assert found.late == late
    assert ["late"] * bool(late) == [alert.code for alert in alerts([], [found])]


@pytest.mark.parametrize(("silent", "stale"), [(PENALTY.fresh_for_days, False), (PENALTY.fresh_for_days + 1, True)])
def test_silence_beyond_the_freshness_limit_is_stale(tmp_path: Path, silent: int, stale: bool) -> None:
    found = penalties(tmp_path, {silent: 2})
    assert found.silent_days == silent
    assert found.is_stale is stale
    assert ("stale" in [alert.code for alert in alerts([], [found])]) is stale


@pytest.mark.parametrize(
    ("silent", "told"),
    [
        pytest.param(1, [], id="an ordinary Sunday"),
        pytest.param(PENALTY.fresh_for_days + 1, ["stale"], id="silent too long"),
    ],
)
def test_no_rows_ring_only_once_the_feed_is_no_longer_fresh(tmp_path: Path, silent: int, told: list[str]) -> None:
    found = penalties(tmp_path, {silent: 4, silent + 1: 4, silent + 2: 4, silent + 3: 4})
    assert found.rows == 0
    assert [alert.code for alert in alerts([], [found])] == told


def test_a_text_outside_the_closed_list_of_a_feature_is_told_on_the_day_it_comes(tmp_path: Path) -> None:
    lake, elsewhere = make_lake(tmp_path), "110101"
    land_rows(lake, REGISTRATION, [registration(ACME), registration(BETA) | {"division": elsewhere}], f"{TODAY}T04:00")
    land_rows(lake, REGISTRATION, [registration(GAMMA) | {"division": None}], f"{TODAY}T05:00")
    (found,) = measure_feeds(lake, TODAY, [REGISTRATION])
    assert found.unlisted == (("division", 1),)
    [text] = [alert.text for alert in alerts([], [found]) if alert.code == "category"]
    assert text.startswith("1 rows have a division outside the closed list")
    (later,) = measure_feeds(lake, TODAY + timedelta(days=CADENCE_DAYS[REGISTRATION.cadence]), [REGISTRATION])
    assert later.unlisted == ()
    keep_feeds(tmp_path, [found], TODAY)
    assert read_feed_days(tmp_path, TODAY) == [found]


def test_a_delivery_without_rows_is_heard_of_as_answers_hear_of_it(tmp_path: Path) -> None:
    before = penalties(tmp_path, {400: 2})
    assert before.is_stale
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [], f"{TODAY}T04:00")
    (found,) = measure_feeds(lake, TODAY, [PENALTY])
    assert (found.silent_days, found.is_stale) == (0, False)
    assert not stale_feeds(lake, TODAY, ["F34"])


def test_a_feed_that_never_came_is_not_stale(tmp_path: Path) -> None:
    (found,) = measure_feeds(make_lake(tmp_path), TODAY, [PENALTY])
    assert (found.rows, found.silent_days, found.is_stale) == (0, None, False)
