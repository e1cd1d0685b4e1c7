"""A drift gone through again: recalibrating says what came, and a line that was right is left alone."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from bureau.errors import InvalidInput, TooFewLabels
from models.calibration import Platt
from models.cli import models
from models.logistic import LogisticRecipe
from models.rehearsal import Rehearsed, by_the_other_half, rehearse
from models.sme_default.spec import QUESTION, SPEC
from models.training import Labelled, rows_of
from tests.factories.granted_loans import labelled_loans

SINCE, UNTIL = date(2020, 1, 1), date(2021, 6, 30)
RECIPE = LogisticRecipe(penalty=10.0)


def loans(rate_then: float) -> Labelled:
    """Loans of one weight; those of the drift go as those of other times do."""
    calm, other = (labelled_loans(6000, rate=rate, seed=3) for rate in (0.05, rate_then))
    inside = pl.col("granted_on").is_between(SINCE, UNTIL)
    frame = calm.frame.with_columns(
        weight=1.0, target=pl.when(inside).then(other.frame["target"]).otherwise(pl.col("target"))
    )
    return replace(calm, frame=frame, rows=rows_of(SPEC.columns, frame))


def lines(labelled: Labelled) -> tuple[Rehearsed, Rehearsed]:
    before, after = rehearse(QUESTION, labelled, RECIPE, SINCE, UNTIL)
    return before, after


def test_in_a_slump_the_new_line_says_what_came() -> None:
    before, after = lines(loans(0.15))
    assert (before.line, after.line) == ("of before", "recalibrated")
    assert (before.rows, before.defaults) == (after.rows, after.defaults)
    assert before.said < 0.6 * before.defaulted
    assert abs(after.said - after.defaulted) < 0.2 * abs(before.said - before.defaulted)
    assert after.brier < before.brier


def test_no_firm_is_told_by_its_own_outcome() -> None:
    rows = loans(0.15).rows
    raw, old = rows.matrix[:, SPEC.features.index("tax_late_declarations_12p")], Platt(-2.0, 0.5)
    own = rows.firm == rows.firm[0]
    turned = replace(rows, target=np.where(own, 1 - rows.target, rows.target))
    before, after = (by_the_other_half(old, raw, some) for some in (rows, turned))
    assert np.array_equal(before[own], after[own])
    assert not np.array_equal(before, after)


def test_a_line_that_is_right_is_left_alone() -> None:
    before, after = lines(loans(0.05))
    assert replace(after, line="of before") == before


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        pytest.param(date(2016, 6, 1), UNTIL, "granted before 2015-06-01", id="nothing to fit on"),
        pytest.param(date(2022, 2, 25), date(2022, 2, 26), "granted from 2022-02-25", id="nothing to judge by"),
    ],
)
def test_too_few_defaults_are_told(since: date, until: date, says: str) -> None:
    with pytest.raises(TooFewLabels, match=says):
        rehearse(QUESTION, loans(0.05), RECIPE, since, until)


def test_verdicts_without_days_cannot_drift() -> None:
    problem = CliRunner().invoke(models, ["rehearse", "invoice_default"]).exception
    assert isinstance(problem, InvalidInput)
    assert "have no days" in str(problem)
