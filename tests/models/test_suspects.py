"""Columns that know the outcome are named; honest ones are not, even strong, sparse or missing ones."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from bureau.errors import InvalidInput
from models.suspects import suspect_columns
from tests.factories.portfolio import COLUMNS, portfolio

AS_OF = date(2022, 6, 30)
RANDOM = np.random.default_rng(3)
FRAME, TARGET = portfolio(firms=600)
HONEST = FRAME.with_columns(target=pl.Series(TARGET), as_of=pl.lit(AS_OF))
DEFAULTED = pl.Series(TARGET) == 1


def named(column: pl.Series, trusted: tuple[str, ...] = COLUMNS.names) -> list[str]:
    """The sentences about a portfolio with one more column."""
    found = suspect_columns(HONEST.with_columns(column.alias("planted")), "target", trusted=trusted)
    assert {suspect.column for suspect in found} <= {"planted"}
    return [suspect.why for suspect in found]


def only_for_defaulters(values: list[object], share: float = 1.0, dtype: type[pl.DataType] | None = None) -> pl.Series:
    drawn = RANDOM.random(len(TARGET)) < share
    kept = [v if bad and luck else None for v, bad, luck in zip(values, DEFAULTED, drawn, strict=True)]
    return pl.Series(kept, dtype=dtype)


def test_honest_columns_are_not_accused() -> None:
    assert suspect_columns(HONEST, "target", trusted=COLUMNS.names) == []
    assert suspect_columns(HONEST, "target") == []


@pytest.mark.parametrize("name", ["DisbursementGross", "disbursement_gross", "Term", "BALANCE_GROSS"])
def test_what_a_source_says_is_written_later_is_named_however_it_separates_and_is_spelt(name: str) -> None:
    harmless = pl.Series(name, RANDOM.normal(size=len(TARGET)))
    (found,) = suspect_columns(HONEST.with_columns(harmless), "target", trusted=COLUMNS.names)
    assert (found.column, found.why) == (name, f"{name!r} is written after the day asked about, says its source")
    assert suspect_columns(HONEST.with_columns(harmless), "target", trusted=COLUMNS.names, later=()) == []


@pytest.mark.parametrize(
    ("column", "says"),
    [
        pytest.param(
            pl.Series(0.8 * TARGET + RANDOM.normal(0, 0.3, 600)), "separates implausibly well", id="loss given default"
        ),
        pytest.param(pl.Series(-TARGET + RANDOM.normal(0, 0.3, 600)), "separates implausibly well", id="turned round"),
        pytest.param(
            pl.Series(TARGET + RANDOM.normal(0, 0.6, 600)), "than every column read as of the day", id="late balance"
        ),
        pytest.param(
            pl.Series(["次级" if bad else "正常" for bad in DEFAULTED]), "implausibly well", id="five-class verdict"
        ),
        pytest.param(only_for_defaulters([AS_OF + timedelta(days=90)] * 600), "holds days after", id="charge-off day"),
        pytest.param(
            only_for_defaulters(["2022-10-01"] * 600), "holds days after", id="charge-off day written as text"
        ),
        pytest.param(
            only_for_defaulters(list(RANDOM.random(600))), "is filled in for 100% of defaulters", id="recovered amount"
        ),
        pytest.param(
            only_for_defaulters(list(RANDOM.random(600)), share=0.2), "its absence tells", id="now and then recorded"
        ),
        pytest.param(
            only_for_defaulters([1.0] * 600, share=0.3).fill_null(0.0), "other than zero almost only", id="later suit"
        ),
        pytest.param(pl.Series(TARGET == 1), "implausibly well", id="the outcome as a flag"),
    ],
)
def test_a_column_written_after_the_outcome_is_named(column: pl.Series, says: str) -> None:
    (why,) = named(column)
    assert why.startswith("'planted'")
    assert says in why


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(pl.Series(RANDOM.normal(size=600)), id="noise"),
        pytest.param(pl.Series([f"91440300{i:010d}" for i in range(600)]), id="a code of its own for each row"),
        pytest.param(pl.Series(["制造业"] * 600), id="one text for all"),
        pytest.param(pl.Series([None] * 600, dtype=pl.Float64), id="nothing at all"),
        pytest.param(pl.Series([None] * 595 + [1.0] * 5), id="five lucky rows"),
        pytest.param(pl.Series([AS_OF - timedelta(days=int(d)) for d in range(600)]), id="days before"),
        pytest.param(pl.Series([AS_OF] * 600), id="the day itself"),
        pytest.param(
            pl.Series([None if RANDOM.random() < 0.3 + 0.2 * bad else 1.0 for bad in DEFAULTED]),
            id="weak firms file less often",
        ),
        pytest.param(pl.Series([[1, 2]] * 600), id="a list, which no model reads"),
    ],
)
def test_a_weak_or_empty_column_is_not_accused(column: pl.Series) -> None:
    assert named(column) == []


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(pl.Series(TARGET + RANDOM.normal(0, 0.55, 600)), id="strong"),
        pytest.param(only_for_defaulters(list(RANDOM.random(600)), share=0.3), id="known of some defaulters only"),
    ],
)
def test_it_takes_more_to_accuse_a_column_the_store_has_dated(column: pl.Series) -> None:
    assert named(column, trusted=(*COLUMNS.names, "planted")) == []
    assert named(column)


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(pl.Series(TARGET + RANDOM.normal(0, 0.1, 600)), id="all but the outcome"),
        pytest.param(only_for_defaulters(list(RANDOM.random(600))), id="filled in for every defaulter only"),
    ],
)
def test_nobody_can_vouch_for_the_outcome_itself(column: pl.Series) -> None:
    assert named(column, trusted=(*COLUMNS.names, "planted"))


def test_few_rows_accuse_nobody() -> None:
    few = HONEST.head(12).with_columns(planted=pl.Series(TARGET[:12]))
    assert suspect_columns(few, "target") == []


def test_rows_without_an_outcome_are_not_looked_at() -> None:
    later = pl.Series([AS_OF + timedelta(days=1)] * 50 + [None] * 550)
    unknown = HONEST.with_columns(
        later.alias("planted"), target=pl.when(pl.int_range(600) < 50).then(None).otherwise(pl.col("target"))
    )
    assert suspect_columns(unknown, "target", trusted=COLUMNS.names) == []


def test_days_may_be_one_for_all_rows() -> None:
    frame = HONEST.drop("as_of").with_columns(planted=pl.lit(AS_OF + timedelta(days=1)))
    assert [s.column for s in suspect_columns(frame, "target", as_of=AS_OF)] == ["planted"]


def test_days_that_are_none_are_told() -> None:
    with pytest.raises(InvalidInput, match="does not hold days"):
        suspect_columns(HONEST.with_columns(as_of=pl.lit("soon")), "target")
