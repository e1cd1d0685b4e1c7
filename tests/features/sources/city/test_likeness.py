"""Real invoices held against a city's: a city is not told from itself, another kind of firm is, and its habit named."""

import polars as pl
import pytest

from features.sources.city.likeness import compare, habits
from features.sources.city.outcomes import delivered
from tests.factories.cities import write_city


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("hamlet")
    write_city(folder, enterprises=150)
    return delivered(folder, "F16").sort("version").unique("record_id", keep="last")


def parts(summaries: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The habits of one half of the firms and of the other."""
    half = summaries["uscc"].hash(1) % 2 == 0
    return habits(summaries.filter(half)), habits(summaries.filter(~half))


def test_a_city_is_not_told_from_itself(summaries: pl.DataFrame) -> None:
    told = compare(*parts(summaries))
    assert told.found.strength < 0.7  # chance alone on seventy firms a side; another kind is beyond 0.9
    assert told.by_trees.strength < 0.7


def test_firms_of_another_kind_are_told_by_their_habit(summaries: pl.DataFrame) -> None:
    ours, others = parts(summaries)
    told = compare(ours, others.with_columns(pl.col("sales void") + 0.3))
    assert told.found.auc > 0.9
    assert told.by_trees.auc > 0.9
    assert told.habit == "sales void"
    assert told.real_firms == ours.height
