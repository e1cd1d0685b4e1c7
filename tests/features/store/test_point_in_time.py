"""Every published feature over random histories: the same as told slowly, and blind to what was learnt later."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from bureau.clock import SHANGHAI, known_before
from bureau.grant import operator_grant
from features.definitions.library import find_feature
from features.lake.lake import Lake
from features.lake.registry import enterprises
from features.store.build import build_features
from features.store.live import live_vector
from features.store.training_set import training_set
from tests.factories.histories import LAST_DAY, Row, land_history, of_own_records, random_history
from tests.factories.lakes import make_lake, uscc
from tests.factories.naive import evaluate, newest_known

NAMES = [entry.name for entry in of_own_records()]
FIRMS = [uscc(number) for number in range(1, 7)]
TRAINING = operator_grant("training")


@pytest.fixture(scope="module")
def history() -> dict[str, list[Row]]:
    return random_history(Random(7), FIRMS)


@pytest.fixture(scope="module")
def lake(history: dict[str, list[Row]], tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_history(lake, history)
    return lake


def slowly(history: dict[str, list[Row]], firm: str, as_of: date) -> dict[str, Any]:
    """All features of a firm as of a day, told by the naive evaluator from the versions as they were received."""
    rows = [row for versions in history.values() for row in versions]
    if not any(is_known(row, as_of) and row["uscc"] == firm for row in rows):
        return dict.fromkeys(NAMES)
    current = {
        feed: [row | {"record_no": 0} for row in newest_known(versions, as_of) if row["uscc"] == firm]
        for feed, versions in history.items()
    }
    connected = [feed for feed, versions in history.items() if any(is_known(row, as_of) for row in versions)]
    return {name: evaluate(find_feature(name).definition, current, as_of, connected) for name in NAMES}


def is_known(row: Row, as_of: date) -> bool:
    return bool(row["received_at"].astimezone(SHANGHAI).date() <= as_of)


def labels(days: list[date]) -> pl.DataFrame:
    places = [(firm, day) for day in days for firm in FIRMS]
    return pl.DataFrame(places, schema={"subject": pl.String, "as_of": pl.Date}, orient="row")


def test_a_training_set_equals_the_algebra_told_slowly(lake: Lake, history: dict[str, list[Row]]) -> None:
    days = [LAST_DAY, date(2025, 2, 28), date(2024, 12, 31), date(2024, 8, 9), date(2023, 1, 31), date(2020, 1, 1)]
    offered = labels(days)
    made = training_set(lake, offered, NAMES, TRAINING).frame
    for row, told in zip(made.iter_rows(named=True), offered.iter_rows(), strict=True):
        assert {name: row[name] for name in NAMES} == slowly(history, *told), told
    distinct = made.select(pl.col(NAMES).n_unique())
    constant = [name for name, values in zip(NAMES, distinct.row(0), strict=True) if values == 1]
    assert constant == [], "a feature that never varies here would prove nothing"


def test_a_city_a_training_set_and_a_live_answer_agree(lake: Lake) -> None:
    for as_of in (LAST_DAY, date(2024, 8, 9)):
        city = build_features(lake, NAMES, as_of, operator_grant())
        trained = training_set(lake, city.select(subject="uscc", as_of=pl.lit(as_of)), NAMES, TRAINING).frame
        assert trained.select(NAMES).equals(city.select(NAMES))
        for row in city.iter_rows(named=True):
            live = live_vector(lake, NAMES, row["enterprise_id"], as_of, operator_grant())
            assert live == {name: row[name] for name in NAMES}


def test_records_known_later_change_no_earlier_training_set(history: dict[str, list[Row]], tmp_path: Path) -> None:
    as_of = date(2024, 9, 1)
    end = known_before(as_of)
    then = {feed: [row for row in rows if row["received_at"] < end] for feed, rows in history.items()}
    later = {feed: [row for row in rows if row["received_at"] >= end] for feed, rows in history.items()}
    growing = make_lake(tmp_path)
    land_history(growing, {feed: rows for feed, rows in then.items() if rows})
    offered = labels([as_of, as_of - timedelta(days=100), as_of - timedelta(days=400)])
    before = training_set(growing, offered, NAMES, TRAINING)
    land_history(growing, {feed: rows for feed, rows in later.items() if rows})
    after = training_set(growing, offered, NAMES, TRAINING)
    assert after.snapshot > before.snapshot
    assert after.frame.equals(before.frame)
    assert after.definition_hash == before.definition_hash


def test_an_older_snapshot_reads_as_it_did(history: dict[str, list[Row]], tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_history(lake, {"F18": history["F18"][:5]})
    snapshot = lake.snapshot()
    number = int(enterprises(lake)["enterprise_id"][0])
    before = live_vector(lake, NAMES, number, LAST_DAY, operator_grant())
    land_history(lake, {"F18": history["F18"], "F15": history["F15"]})
    assert live_vector(lake, NAMES, number, LAST_DAY, operator_grant(), snapshot) == before
    assert live_vector(lake, NAMES, number, LAST_DAY, operator_grant()) != before
