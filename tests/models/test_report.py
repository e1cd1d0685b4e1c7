"""The report: lift and trend as one counts them, every division in it, and shifts only where there is time."""

import json
from dataclasses import replace

import numpy as np
import pytest

from models.card_tables import report_tables
from models.evaluation import Interval
from models.report import Slice, build_report, gini_trend, lift, metrics_of
from models.training import Trained


def month(name: str, gini: float, half: float = 0.1) -> Slice:
    return Slice("month", name, 100, 10, 0.1, 0.1, Interval(gini, gini - half, gini + half))


def test_lift_counts_defaults_among_the_riskiest() -> None:
    """Two of four defaults among the riskiest fifth of twenty rows; the others in the safest half."""
    pd, target = np.arange(20) / 20, np.zeros(20)
    target[[19, 17, 3, 1]] = 1
    found = lift(pd, target, np.ones(20))
    assert (found["20%"], found["50%"]) == (pytest.approx(2.5), pytest.approx(1.0))
    assert found["5%"] == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        pytest.param([month("2021-01", 0.6), month("2021-07", 0.5), month("2022-01", 0.4)], -0.2, id="it falls"),
        pytest.param([month("2021-01", 0.5), month("2021-07", 0.5), month("2022-01", 0.5)], 0.0, id="it stands"),
    ],
)
def test_the_trend_is_a_line_through_the_months(months: list[Slice], expected: float) -> None:
    trend = gini_trend(months)
    assert trend is not None
    assert trend.a_year.value == pytest.approx(expected)
    assert trend.a_year.contains(expected)


def test_two_months_have_no_trend() -> None:
    assert gini_trend([month("2021-01", 0.6), month("2021-02", 0.5)]) is None


def test_outcomes_without_days_have_neither_months_nor_shifts(trained: Trained) -> None:
    report = build_report(trained)
    assert (report.months, report.trend, report.psi, report.csi) == ([], None, None, {})
    assert report.gini.value == pytest.approx(2 * trained.figures.auc.value - 1)
    assert sum(1 for band in report.reliability if band["low"] <= band["observed"] <= band["high"]) == 8
    json.loads(report.text())


def test_outcomes_with_days_have_all_of_them(trained: Trained) -> None:
    rows = len(trained.judged)
    months = np.array([f"2021-0{1 + i % 3}" for i in range(rows)])
    groups = {"size": np.where(np.arange(rows) % 4 == 0, "", "10-99 insured")}
    report = build_report(replace(trained, earlier=trained.judged, months=months, groups=groups))
    assert [one.group for one in report.months] == ["2021-01", "2021-02", "2021-03"]
    assert sum(one.rows for one in report.months) == rows
    assert [one.group for one in report.segments] == ["10-99 insured"]
    assert set(report.csi) == set(trained.model.features)
    assert all(one.index == 0 for one in report.csi.values())
    assert report.trend is not None
    assert {"gini", "psi", "gini_trend_a_year", "lift_10"} <= set(metrics_of(report))
    card = "\n".join(report_tables(report))
    assert "| size | 10-99 insured |" in card
    assert "| month of grant |" in card


def test_a_segment_with_few_defaults_has_no_gini(trained: Trained) -> None:
    alone = np.where(np.arange(len(trained.judged)) < 3, "three", "")
    (line,) = build_report(replace(trained, groups={"size": alone})).segments
    assert (line.rows, line.gini) == (3, None)
