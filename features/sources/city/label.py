"""What a number says of how loans ended, as figures: by itself, by what the hidden path explains, and beyond it."""

import numpy as np
import polars as pl

from features.sources.city.arrays import Floats, Ints
from features.sources.city.promises import Figure
from features.sources.city.separation import CHANCE, Separation, beyond_path, by_path, least_error, separation


def plain(loans: pl.DataFrame, columns: pl.DataFrame) -> dict[str, Figure]:
    """The label against each column."""
    return {column.name: _figure(loans, column, separated(loans, column)) for column in columns}


def beyond(loans: pl.DataFrame, columns: pl.DataFrame) -> dict[str, Figure]:
    """The label against each column, given the hidden path."""
    truth = loans["bad"].to_numpy(), loans["probability"].to_numpy(), firms(loans)
    return {column.name: _figure(loans, column, beyond_path(values(column), *truth)) for column in columns}


def explained(loans: pl.DataFrame, column: pl.Series) -> float:
    """The AUC the hidden path lets expect of a column, read the way round it was found to tell."""
    expected = by_path(values(column), loans["probability"].to_numpy())
    return expected if separated(loans, column).auc >= CHANCE else 1 - expected


def separated(loans: pl.DataFrame, column: pl.Series) -> Separation:
    """How well a column tells bad loans from good ones."""
    return separation(values(column), loans["bad"].to_numpy(), firms(loans))


def strength(found: Separation) -> Figure:
    """The AUC whichever way round the number is read."""
    return Figure(found.strength, found.error)


def _figure(loans: pl.DataFrame, column: pl.Series, found: Separation) -> Figure:
    return Figure(found.strength, max(found.error, least_error(values(column), loans["bad"].to_numpy())))


def firms(loans: pl.DataFrame) -> Ints:
    """(loans,) a number for each borrower."""
    numbers: Ints = loans["uscc"].rank("dense").to_numpy().astype(np.int64)
    return numbers


def values(column: pl.Series) -> Floats:
    """(loans,) not a number where nothing is known."""
    numbers: Floats = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return numbers
