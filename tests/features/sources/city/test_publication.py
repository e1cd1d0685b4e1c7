"""When a statement becomes known: the lags' median and tail, what holds it back, and where the calendar cuts."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from features.sources.city.months import day_number
from features.sources.city.parameters import Parameters, load_parameters
from features.sources.city.publication import draw_outages, publish

MANY = 20_000


def stated(learned: date, count: int = MANY) -> pl.DataFrame:
    return pl.DataFrame({"learned_on": [learned] * count})


def on_time() -> Parameters:
    parameters = load_parameters()
    return parameters.model_copy(
        update={"dirt": parameters.dirt.model_copy(update={"late": 0.0, "duplicated": 0.0, "published_before": 0.0})}
    )


def lags(frame: pl.DataFrame, learned: date) -> tuple[np.ndarray, np.ndarray]:
    """Days from the statement to its publication, and from there to its receipt."""
    received = pl.col("received_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    days = frame.select(
        publish=(pl.col("publish_date") - learned).dt.total_days(),
        receive=(received - pl.col("publish_date")).dt.total_days(),
    )
    return days["publish"].to_numpy(), days["receive"].to_numpy()


@pytest.mark.parametrize("feed", ["F01", "F16", "F26", "F60"])
def test_lags_have_the_median_and_the_tail_of_their_profile(feed: str) -> None:
    learned, parameters = date(2019, 5, 31), on_time()
    frame = publish(stated(learned), feed, parameters, np.random.default_rng(1))
    profile = parameters.lags[feed]
    for drawn, (median, p95) in zip(lags(frame, learned), (profile.publish, profile.receive), strict=True):
        assert np.median(drawn) == pytest.approx(median, abs=1)
        assert np.quantile(drawn, 0.95) == pytest.approx(p95, rel=0.1, abs=1)


def test_some_rows_are_late_by_months() -> None:
    parameters = load_parameters()
    frame = publish(stated(date(2019, 5, 31)), "F16", parameters, np.random.default_rng(1))
    late = (lags(frame, date(2019, 5, 31))[1] >= parameters.dirt.late_days[0]).mean()
    assert late == pytest.approx(parameters.dirt.late, rel=0.2)


def test_what_would_arrive_after_the_last_day_is_not_delivered() -> None:
    parameters = on_time()
    frame = publish(stated(parameters.calendar.last), "F16", parameters, np.random.default_rng(1))
    assert frame.is_empty()


def test_what_is_older_than_the_calendar_arrives_in_its_first_weeks() -> None:
    frame = publish(stated(date(2003, 1, 1), 100), "F01", on_time(), np.random.default_rng(1))
    received = frame["received_at"].dt.convert_time_zone("Asia/Shanghai").dt.date()
    assert received.is_between(date(2016, 1, 1), date(2016, 1, 14)).all()
    assert (frame["publish_date"] < date(2003, 2, 1)).all()


def test_a_row_waits_for_the_day_that_holds_it_back() -> None:
    held = stated(date(2019, 5, 31), 100).with_columns(published_after=pl.lit(date(2020, 1, 10)))
    frame = publish(held, "F16", on_time(), np.random.default_rng(1))
    assert frame["publish_date"].unique().to_list() == [date(2020, 1, 10)]
    assert "published_after" not in frame.columns


def test_some_rows_arrive_twice() -> None:
    parameters = load_parameters()
    told = pl.DataFrame({"row": range(MANY), "learned_on": [date(2019, 5, 31)] * MANY})
    frame = publish(told, "F16", parameters, np.random.default_rng(1))
    again = frame.height - MANY
    assert again == pytest.approx(parameters.dirt.duplicated * MANY, rel=0.4)
    assert frame.unique().height == MANY


def test_what_a_silent_feed_missed_arrives_when_it_speaks_again() -> None:
    silent = day_number(date(2019, 6, 1)), day_number(date(2019, 7, 15))
    frame = publish(stated(date(2019, 5, 31)), "F16", on_time(), np.random.default_rng(1), [silent])
    received = frame["received_at"].dt.convert_time_zone("Asia/Shanghai").dt.date()
    assert not received.is_between(date(2019, 6, 1), date(2019, 7, 15)).any()
    assert (received == date(2019, 7, 16)).mean() > 0.5


def test_a_feed_falls_silent_about_once_in_three_years() -> None:
    parameters = load_parameters()
    silences = [draw_outages(feed, parameters, seed) for feed in ("F15", "F16", "F22") for seed in range(100)]
    assert np.mean([len(of_feed) for of_feed in silences]) == pytest.approx(88 / 36, rel=0.15)
    days = [ends - begins + 1 for of_feed in silences for begins, ends in of_feed]
    assert 30 <= min(days) <= max(days) <= 60
