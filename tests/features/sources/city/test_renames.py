"""Renamed columns: about one in two years and feed, announced, and read by their agreed names."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from features.contracts.feeds import find_feed
from features.lake.delivery import read_delivery
from features.sources.city.outcomes import delivered
from features.sources.city.parameters import load_parameters
from features.sources.city.records import FEEDS
from features.sources.city.renames import announced, draw_renames
from tests.factories.cities import SEED, other_parameters, write_city

PARAMETERS = load_parameters()
CALENDAR = PARAMETERS.calendar


def test_a_feed_renames_a_column_about_every_second_year() -> None:
    numbers = [len(draw_renames("F21", PARAMETERS, seed)) for seed in range(200)]
    assert np.mean(numbers) / 7.33 == pytest.approx(PARAMETERS.dirt.renamed_columns_a_year, rel=0.15)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_renamed_column_is_one_of_the_feed_s_own_and_none_twice(feed: str) -> None:
    contract = find_feed(feed)
    for seed in range(30):
        drawn = draw_renames(feed, PARAMETERS, seed)
        columns = [other.column for other in drawn.values()]
        assert set(columns) <= {*contract.own_columns} - {contract.subject}
        assert len(columns) == len({*columns})
        assert not set(drawn) & set(contract.dtypes)
        assert all(CALENDAR.first <= other.since < CALENDAR.last for other in drawn.values())


def test_a_feed_may_have_a_rate_of_its_own(tmp_path: Path) -> None:
    rates = {"renamed_columns_a_year": 0.0, "feeds": {"F21": {"renamed_columns_a_year": 1.0}}}
    parameters = other_parameters(tmp_path, dirt=rates)
    assert {feed for feed in FEEDS if draw_renames(feed, parameters, SEED)} == {"F21"}


def test_a_city_s_files_carry_the_new_names_and_are_read_by_the_old(tmp_path: Path) -> None:
    renamed = 0
    for path in write_city(tmp_path, enterprises=20):
        feed = path.name[:3]
        others, rows = announced(tmp_path, feed), read_delivery(path).frame
        assert set(others) <= set(pl.read_parquet_schema(path))
        assert not {other.column for other in others.values()} & set(pl.read_parquet_schema(path))
        assert set(rows.columns) == {*find_feed(feed).dtypes, "received_at"}
        assert delivered(tmp_path, feed).equals(rows)
        renamed += len(others)
    assert renamed > len(FEEDS)
