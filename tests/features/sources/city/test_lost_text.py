"""Texts that lost characters: a share of them, of the rows asked for, and each of them waits."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bureau.clock import now
from features.contracts.feeds import find_feed
from features.lake.delivery import read_delivery
from features.lake.judgement import judge
from features.lake.lost_text import LOST_TEXT
from features.lake.persons import open_columns
from features.sources.city.dirt import dirt_of
from features.sources.city.exposure import TEXTS
from features.sources.city.lost_text import with_lost_characters
from features.sources.city.manifest import TRUTH
from features.sources.city.outcomes import delivered
from features.sources.city.truth import read_truth
from tests.factories.cities import other_parameters, write_city

MANY = 5_000
ITEM = "食品经营许可"
LICENCES = pl.DataFrame({"record_id": range(MANY), "version": 1, "op": "I", "item": ITEM, "uscc": "x", "event_date": 1})


def damaged(folder: Path, share: float, feed: str = "F33", first: int = MANY) -> pl.DataFrame:
    parameters = other_parameters(folder, dirt={"lost_characters": share})
    return with_lost_characters(LICENCES, feed, parameters, np.random.default_rng(3), first)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5])
def test_a_share_of_the_texts_loses_a_character(tmp_path: Path, share: float) -> None:
    lost = damaged(tmp_path, share)["item"].str.contains(LOST_TEXT)
    assert lost.mean() == pytest.approx(share, rel=0.3)
    assert damaged(tmp_path, share).filter(~lost).equals(LICENCES.filter(~lost))


def test_only_the_first_rows_are_damaged_where_so_asked(tmp_path: Path) -> None:
    found = damaged(tmp_path, 0.5, first=100)
    assert found[100:].equals(LICENCES[100:])
    assert not found[:100].equals(LICENCES[:100])


def test_a_feed_without_chinese_keeps_its_texts(tmp_path: Path) -> None:
    assert damaged(tmp_path, 0.5, "F15").equals(LICENCES)


def test_the_truth_tells_the_text_that_was_meant(tmp_path: Path) -> None:
    told = dirt_of(LICENCES.with_columns(status=pl.lit("有效")), _with_status(damaged(tmp_path, 0.1)), "F33")
    assert told.height == pytest.approx(0.1 * MANY, rel=0.2)
    assert told.select("kind", "right").unique().rows() == [("item", ITEM)]


def _with_status(licences: pl.DataFrame) -> pl.DataFrame:
    return licences.with_columns(status=pl.lit("有效"))


@pytest.mark.parametrize("feed", TEXTS)
def test_texts_that_lose_characters_are_free(feed: str) -> None:
    assert TEXTS[feed] in open_columns(find_feed(feed))


def test_every_damaged_row_of_a_city_waits_and_is_in_the_truth(tmp_path: Path) -> None:
    paths = write_city(tmp_path, enterprises=60, parameters=other_parameters(tmp_path, dirt={"lost_characters": 0.2}))
    truth = read_truth(tmp_path / TRUTH, "dirt")
    for path in paths:
        feed = path.name[:3]
        delivery = read_delivery(path)
        refused = judge(delivery.frame, delivery.contract, now()).refused
        lost = refused.filter(pl.col("code") == "encoding")["row"]
        if feed not in TEXTS:
            assert lost.is_empty()
            continue
        rows = delivered(tmp_path, feed)[lost.to_list()]
        told = truth.filter(pl.col("feed") == feed, pl.col("kind") == TEXTS[feed])
        assert rows.join(told, on=["record_id", "version"], how="anti").is_empty()
        assert not lost.is_empty() or delivery.frame[TEXTS[feed]].drop_nulls().len() < 30
