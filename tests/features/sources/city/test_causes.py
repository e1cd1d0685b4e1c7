"""What is said to stand behind each feed's records is what its records change with, column by column."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from features.contracts.feeds import find_feed
from features.sources.city.business import run_business
from features.sources.city.causes import causes_of, described
from features.sources.city.records import statements
from features.sources.city.shard import Shard

HIDDEN = ("stress", "integrity", "quality", "leverage")
AFTERMATH = {"F26", "F27", "F28"}
"""They also follow from defaults, and so from everything."""
SHIFT = 1.5


def shifted(shard: Shard, cause: str) -> Shard:
    """The same firms with one of the hidden traits moved, and nothing that would follow from it."""
    latent = replace(shard.latent, **{cause: getattr(shard.latent, cause) + SHIFT})
    drawn = shard.parameters, shard.months, shard.firms, shard.relations, latent, shard.chances
    return replace(shard, latent=latent, business=run_business(*drawn))


def stated(shard: Shard, folder: Path) -> dict[str, pl.DataFrame]:
    intercepts = np.full(shard.months.count, -4.0)
    return {feed: rows for feed, rows in statements(shard, intercepts, folder) if feed in described()}


@pytest.fixture(scope="module")
def as_it_is(shard: Shard, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    return stated(shard, tmp_path_factory.mktemp("truth"))


@pytest.fixture(scope="module", params=HIDDEN)
def other(
    request: pytest.FixtureRequest, shard: Shard, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, pl.DataFrame]]:
    return request.param, stated(shifted(shard, request.param), tmp_path_factory.mktemp("truth"))


def told(feed: str, rows: pl.DataFrame) -> pl.DataFrame:
    """What the registry knew at birth; without what a firm changed its capital to, which follows from the capital."""
    rows = rows.filter(pl.col("version") == 1) if feed == "F01" else rows
    return rows.drop("before", "after", strict=False)


def test_a_feed_changes_with_its_causes_and_with_no_other(
    as_it_is: dict[str, pl.DataFrame], other: tuple[str, dict[str, pl.DataFrame]]
) -> None:
    cause, moved = other
    changed = {feed for feed, rows in as_it_is.items() if not told(feed, rows).equals(told(feed, moved[feed]))}
    named = {feed for feed, rows in as_it_is.items() if cause in (causes_of(feed, rows.columns) or ())}
    assert named - AFTERMATH == changed - AFTERMATH


@pytest.mark.parametrize("feed", ["F01", "F14"])
def test_a_column_that_changes_with_a_trait_names_it(
    feed: str, as_it_is: dict[str, pl.DataFrame], other: tuple[str, dict[str, pl.DataFrame]]
) -> None:
    cause, moved = other
    first = pl.col("version") == 1
    before, after = (rows[feed].filter(first).unique("record_id").sort("record_id") for rows in (as_it_is, moved))
    delivered = set(find_feed(feed).dtypes).intersection(before.columns)
    changed = {name for name in delivered if not before[name].equals(after[name])}
    assert all(cause in (causes_of(feed, (name,)) or ()) for name in changed), changed


def test_rows_without_columns_answer_as_the_feed_does() -> None:
    assert causes_of("F34", ()) == {"integrity"}
    assert causes_of("F15", ("late_days", "payable_fen")) == {"stress", "integrity", "quality"}


def test_a_feed_nobody_described_is_not_guessed_at() -> None:
    assert causes_of("F60", ()) is None
