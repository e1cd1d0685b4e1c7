"""New codes: in their weeks only, in some rows only, and such rows wait."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from features.contracts.feeds import find_feed
from features.contracts.inspection import INSPECTION_RESULTS
from features.sources.city.dirt import dirt_of
from features.sources.city.drift import draw_drifts, with_new_codes
from features.sources.city.exposure import CODED
from features.sources.city.months import day_number
from features.sources.city.parameters import load_parameters

PARAMETERS = load_parameters()
WEEKS = ((day_number(date(2020, 3, 1)), day_number(date(2020, 3, 31))),)
ROWS = 2_000


def inspections(learned_on: date) -> pl.DataFrame:
    return pl.DataFrame({"learned_on": [learned_on] * ROWS, "result": INSPECTION_RESULTS[0]})


@pytest.mark.parametrize(
    ("learned_on", "some"),
    [
        pytest.param(date(2020, 2, 29), False, id="the day before"),
        pytest.param(date(2020, 3, 1), True, id="its first day"),
        pytest.param(date(2020, 3, 31), True, id="its last day"),
        pytest.param(date(2020, 4, 1), False, id="the day it is agreed"),
    ],
)
def test_a_new_code_is_used_in_its_weeks_in_some_rows(learned_on: date, some: bool) -> None:
    stated = inspections(learned_on)
    found = with_new_codes(stated, "F09", PARAMETERS, WEEKS, np.random.default_rng(2))
    new = (~found["result"].is_in(INSPECTION_RESULTS)).mean()
    expected = PARAMETERS.dirt.new_code_share if some else 0.0
    assert new == pytest.approx(expected, abs=0.03 if some else 0)


def test_a_result_left_empty_stays_empty() -> None:
    stated = inspections(date(2020, 3, 5)).with_columns(result=pl.lit(None, pl.String))
    found = with_new_codes(stated, "F09", PARAMETERS, WEEKS, np.random.default_rng(2))
    assert found["result"].null_count() == ROWS


def test_the_truth_tells_the_code_that_was_meant() -> None:
    stated = inspections(date(2020, 3, 5)).with_columns(
        record_id=pl.int_range(pl.len()),
        version=1,
        op=pl.lit("I"),
        uscc=pl.lit("x"),
        event_date=date(2020, 3, 1),
        plan=pl.lit("双随机抽查"),
    )
    told = dirt_of(stated, with_new_codes(stated, "F09", PARAMETERS, WEEKS, np.random.default_rng(2)), "F09")
    assert told.height > 0
    assert told.select("kind", "right").unique().rows() == [("result", INSPECTION_RESULTS[0])]


def test_new_codes_come_about_twice_a_year() -> None:
    numbers = [len(draw_drifts("F09", PARAMETERS, seed)) for seed in range(50)]
    assert np.mean(numbers) / 7.33 == pytest.approx(PARAMETERS.dirt.new_codes_a_year, rel=0.15)
    assert draw_drifts("F15", PARAMETERS, 1) == ()


@pytest.mark.parametrize("feed", CODED)
def test_the_contract_names_the_codes_it_knows(feed: str) -> None:
    column = find_feed(feed).schema.to_schema().columns[CODED[feed]]
    assert [check.name for check in column.checks] == ["isin"]
