"""What moved is measured and alarmed, what chance or the calendar moved is not."""

import json

import numpy as np
import polars as pl
import pytest

from features.health.drift import MOVED
from models.monitoring.measures import FEWEST, Measure, measure_shift, measure_vintages
from models.monitoring.population import Population, describe, read_population
from models.training import rows_of
from tests.factories.granted_loans import labelled_loans, quick_model

TRAINED = labelled_loans(2000, seed=1)
MODEL = quick_model(TRAINED)
POPULATION = describe(MODEL, TRAINED.rows.matrix)
EACH_ONE = pl.lit(1.0).alias("weight")
TODAY = labelled_loans(2000, seed=2).frame.with_columns(EACH_ONE)


def by_subject(frame: pl.DataFrame, population: Population = POPULATION) -> dict[str, Measure]:
    return {measure.subject: measure for measure in measure_shift(MODEL, population, frame)}


def breaches(frame: pl.DataFrame, population: Population = POPULATION) -> set[str]:
    return {name for name, measure in by_subject(frame, population).items() if measure.breach}


def drawn_by_outcome(frame: pl.DataFrame) -> pl.DataFrame:
    """All defaults and as many of the others, each with the number of loans it stands for."""
    bad, good = frame.filter(pl.col("target") == 1), frame.filter(pl.col("target") == 0)
    drawn = good.sample(bad.height, seed=1)
    return pl.concat([bad.with_columns(EACH_ONE), drawn.with_columns(weight=pl.lit(good.height / bad.height))])


def vintages(name: str, *, bad: int, loans: int = 1000, pd: float = 0.05) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "vintage": [name] * loans,
            "subject": [f"{name} firm {i}" for i in range(loans)],
            "weight": [1.0] * loans,
            "target": [1.0] * bad + [0.0] * (loans - bad),
            "pd": [pd] * loans,
        }
    )


def test_a_population_is_kept_as_json_and_read_again() -> None:
    kept = {"population": json.loads(json.dumps(POPULATION.model_dump(mode="json")))}
    assert read_population(kept) == POPULATION
    assert read_population({"auc": 0.7}) is None
    assert all(sum(cut.counts) == POPULATION.rows == 2000 for cut in POPULATION.features.values())
    assert sum(POPULATION.reasons.values()) == pytest.approx(1)


def test_a_population_of_nobody_measures_nothing() -> None:
    empty: Population = describe(MODEL, TRAINED.rows.matrix[:0])
    assert not any(measure.breach for measure in measure_shift(MODEL, empty, TODAY[:0]))


def test_the_population_of_training_has_not_moved() -> None:
    found = by_subject(TRAINED.frame.drop("weight"))
    assert all(abs(measure.figure) < 1e-9 for measure in found.values())
    weighted = by_subject(TRAINED.frame, describe(MODEL, TRAINED.rows.matrix, TRAINED.rows.weight))
    assert all(abs(measure.figure) < 1e-9 for measure in weighted.values())
    assert weighted["score"].found != found["score"].found


def test_what_was_drawn_by_outcome_is_the_population_it_stands_for() -> None:
    drawn = drawn_by_outcome(labelled_loans(9000, seed=3).frame)
    rows = rows_of(MODEL.columns, drawn)
    population = describe(MODEL, rows.matrix, rows.weight)
    assert breaches(TODAY, population) == breaches(drawn) == set()
    assert population.mean_score == pytest.approx(POPULATION.mean_score, abs=3)
    assert "score" in breaches(TODAY, describe(MODEL, rows.matrix))
    assert "score" in breaches(drawn.with_columns(EACH_ONE))


def test_of_many_firms_that_say_as_much_as_a_few_nothing_is_said() -> None:
    worse = TODAY.with_columns(pl.col("tax_late_declarations_12p") + 4)
    one_outweighs = pl.when(pl.int_range(pl.len()) < FEWEST - 1).then(1e6).otherwise(1.0)
    assert breaches(worse.with_columns(weight=one_outweighs)) == set()


def test_another_year_of_the_same_city_breaches_nothing() -> None:
    assert breaches(TODAY) == set()


def test_an_input_that_moved_is_named_with_the_score_and_the_reason_it_moves() -> None:
    worse = TODAY.with_columns(pl.col("tax_late_declarations_12p") + 4)
    assert {"tax_late_declarations_12p", "score", "TAX-LATE"} <= breaches(worse)
    assert by_subject(worse)["score"].found < POPULATION.mean_score


def test_an_input_nobody_knows_any_more_has_moved() -> None:
    blind = TODAY.with_columns(pl.lit(None, pl.Float64).alias("sales_trend_6p"))
    found = by_subject(blind)["sales_trend_6p"]
    assert (found.breach, found.expected, found.found) == (True, 0.0, 1.0)


def test_an_input_that_is_known_more_often_than_in_training_rings_no_alarm() -> None:
    """A feed that began after the first loans of training."""
    young = TRAINED.rows.matrix.copy()
    place = MODEL.features.index("sales_yoy_3p")
    young[: len(young) // 5, place] = np.nan
    found = {one.subject: one for one in measure_shift(MODEL, describe(MODEL, young), TODAY)}
    assert (found["sales_yoy_3p"].expected, found["sales_yoy_3p"].breach) == (0.2, False)


def test_what_counts_to_the_day_moves_with_the_calendar_and_rings_no_alarm() -> None:
    older = TODAY.with_columns(pl.col("age_days") + 365)
    assert by_subject(older)["age_days"].figure > MOVED
    assert "age_days" not in breaches(older)


def test_of_a_few_firms_nothing_is_said() -> None:
    worse = TODAY.with_columns(pl.col("tax_late_declarations_12p") + 4)
    assert breaches(worse[: FEWEST - 1]) == set()


@pytest.mark.parametrize("seed", range(5))
def test_small_cities_move_by_chance_and_ring_no_alarm(seed: int) -> None:
    assert breaches(labelled_loans(FEWEST + 10, seed=10 + seed).frame.with_columns(EACH_ONE)) == set()


@pytest.mark.parametrize(("rows", "limit"), [(2000, MOVED), (100, 0.42)])
def test_the_limit_is_the_customary_one_or_what_chance_reaches(rows: int, limit: float) -> None:
    assert by_subject(TODAY[:rows])["sales_trend_6p"].limit == pytest.approx(limit, abs=0.03)


@pytest.mark.parametrize(
    ("bad", "loans", "breach"),
    [
        pytest.param(50, 1000, False, id="as expected"),
        pytest.param(60, 1000, False, id="a little more"),
        pytest.param(90, 1000, True, id="nearly twice as many"),
        pytest.param(20, 1000, True, id="less than half"),
        pytest.param(5, FEWEST - 1, False, id="twice as many of a few"),
    ],
)
def test_a_vintage_is_held_against_what_was_expected_of_it(bad: int, loans: int, breach: bool) -> None:
    (measure,) = measure_vintages(vintages("2021 H1", bad=bad, loans=loans))
    assert (measure.subject, measure.rows, measure.breach) == ("2021 H1", loans, breach)
    assert measure.figure == pytest.approx(bad / loans / 0.05)


def test_vintages_come_in_order_and_none_where_no_loan_matured() -> None:
    loans = pl.concat([vintages("2022 H1", bad=50), vintages("2021 H2", bad=50)])
    assert [measure.subject for measure in measure_vintages(loans)] == ["2021 H2", "2022 H1"]
    assert measure_vintages(loans[:0]) == []
