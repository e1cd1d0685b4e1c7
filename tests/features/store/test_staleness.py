"""What a written file says of feeds that were silent too long."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.grant import operator_grant
from features.contracts.court_case import COURT_CASE
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_grade import TAX_GRADE
from features.definitions.library import find_feature
from features.lake.lake import Lake
from features.lake.replay import replay
from features.store.city_build import CityBuild, stale_of, write_city, write_parts
from features.store.staleness import STALE, stale_inputs
from features.store.training_set import write_training_set
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, instant, land_rows, make_lake
from tests.factories.tax import tax_arrears, tax_grade

ARREARS, GRADE = "tax_arrears_count_24m", "tax_grade"
LAST_DAY, DAY_AFTER = date(2025, 6, 15), date(2025, 6, 16)
"""F18 came on 5 April 2025 and was due by 15 June."""
TOLD = {"F18": {"features": [ARREARS], "last_came_on": {"2025-06-16": "2025-04-05"}}}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)], "2025-04-05")
    land_rows(lake, TAX_GRADE, [tax_grade(ACME)], "2025-06-02")
    return lake


def said(path: Path) -> object:
    return json.loads(pl.read_parquet_metadata(path)[STALE])


@pytest.mark.parametrize(
    ("as_of", "told"), [pytest.param(LAST_DAY, {}, id="in time"), pytest.param(DAY_AFTER, TOLD, id="a day too late")]
)
def test_a_build_says_which_feeds_are_stale(lake: Lake, tmp_path: Path, as_of: date, told: object) -> None:
    wanted = CityBuild((ARREARS, GRADE), as_of, lake.snapshot())
    write_city(lake, wanted, operator_grant(), tmp_path / "city.parquet")
    (part,) = write_parts(lake, wanted, operator_grant(), tmp_path / "parts")
    assert said(tmp_path / "city.parquet") == said(part) == told


def stale_feeds_on(lake: Lake, as_of: date) -> list[str]:
    return [one.feed for one in stale_of(lake, CityBuild((ARREARS, "defendant_cases_24m"), as_of, lake.snapshot()))]


def test_a_delivery_of_which_every_row_was_refused_is_no_news(lake: Lake) -> None:
    refused = tax_arrears(BETA, date(2030, 3, 31))
    assert land_rows(lake, TAX_ARREARS, [refused], "2025-06-10").quarantined == 1
    assert stale_feeds_on(lake, DAY_AFTER) == ["F18"]
    land_rows(lake, TAX_ARREARS, [refused, tax_arrears(BETA)], "2025-06-11")
    assert stale_feeds_on(lake, DAY_AFTER) == []


def test_refused_rows_that_come_again_are_no_news_either(lake: Lake) -> None:
    refused = [tax_arrears(firm, date(2030, 3, 31)) for firm in (ACME, BETA)]
    land_rows(lake, TAX_ARREARS, refused[:1], "2025-06-09")
    assert land_rows(lake, TAX_ARREARS, refused, "2025-06-10").unchanged == 1
    assert land_rows(lake, TAX_ARREARS, [*refused, *refused], "2025-06-11").quarantined == 0
    assert stale_feeds_on(lake, DAY_AFTER) == ["F18"]


def test_what_waits_for_its_owner_and_comes_again_is_news(lake: Lake) -> None:
    nobodys = court_case(None, "无人公司", filed_on=date(2024, 12, 2))
    land_rows(lake, COURT_CASE, [nobodys], "2025-01-05")
    late = date(2025, 6, 20)
    assert "F26" in stale_feeds_on(lake, late)
    assert land_rows(lake, COURT_CASE, [nobodys, nobodys], "2025-06-19").unchanged == 2
    assert "F26" not in stale_feeds_on(lake, late)


def test_a_delivery_that_came_empty_or_waits_for_its_owners_is_news(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [], "2025-06-10")
    assert stale_feeds_on(lake, DAY_AFTER) == []
    land_rows(lake, COURT_CASE, [court_case(ACME, filed_on=date(2024, 12, 2))], "2025-01-05")
    late = date(2025, 6, 20)
    assert "F26" in stale_feeds_on(lake, late)
    assert land_rows(lake, COURT_CASE, [court_case(None, "无人公司")], "2025-06-19").quarantined == 1
    assert "F26" not in stale_feeds_on(lake, late)


def test_what_was_refused_and_taken_later_is_news_from_then_on(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(BETA, arrears_fen=-1)], "2025-06-10")
    before = lake.snapshot()
    monkeypatch.setattr(TAX_ARREARS.schema.to_schema().columns["arrears_fen"], "checks", [])
    assert replay(lake, at=instant("2025-06-14"), feed="F18").landed == 1
    assert stale_feeds_on(lake, DAY_AFTER) == []
    assert [one.feed for one in stale_of(lake, CityBuild((ARREARS,), DAY_AFTER, before))] == ["F18"]


def test_a_training_set_says_on_which_of_its_days(lake: Lake, tmp_path: Path) -> None:
    labels = pl.DataFrame({"subject": [ACME, ACME], "as_of": [LAST_DAY, DAY_AFTER]})
    write_training_set(lake, labels, (ARREARS, GRADE), operator_grant("training"), tmp_path / "set.parquet")
    assert said(tmp_path / "set.parquet") == TOLD


def test_an_earlier_snapshot_says_what_it_said(lake: Lake) -> None:
    wanted = CityBuild((ARREARS,), DAY_AFTER, lake.snapshot())
    before = stale_of(lake, wanted)
    land_rows(lake, TAX_ARREARS, [tax_arrears(BETA)], "2025-06-15")
    assert [one.feed for one in before] == ["F18"]
    assert stale_of(lake, wanted) == before
    assert stale_inputs(lake, [find_feature(ARREARS)], [DAY_AFTER], lake.snapshot()) == ()


def test_the_sentence_names_feed_days_and_features(lake: Lake) -> None:
    (one,) = stale_inputs(lake, [find_feature(ARREARS)], [DAY_AFTER, date(2025, 6, 17), LAST_DAY], lake.snapshot())
    assert str(one) == (
        "F18 is stale as of 2025-06-17 and 1 other day: it last came on 2025-04-05, was due by 2025-06-15, "
        f"and is read by {ARREARS}"
    )
