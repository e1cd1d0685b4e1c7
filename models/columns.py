"""From feature values to the matrix a predictor reads: one float column per feature, categories as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.errors import InvalidInput

Floats = NDArray[np.float64]
Value = float | str | None
_NAN = float("nan")


@dataclass(frozen=True)
class Column:
    """One feature as a predictor sees it.

    sign: +1 where more is riskier, -1 where more is safer, 0 where the data may say.
    categories: the values seen in training, in order; None for a number.
    """

    name: str
    sign: int = 0
    categories: tuple[str, ...] | None = None

    @cached_property
    def codes(self) -> dict[str, float]:
        return {value: float(code) for code, value in enumerate(self.categories or ())}

    def encode(self, value: Value) -> float:
        """The number of a value; nan where it is missing or a category never seen in training."""
        if value is None:
            return _NAN
        if self.categories is not None:
            return self.codes.get(str(value), _NAN)
        return float(value)


@dataclass(frozen=True)
class Columns:
    """The features of a model, in the order of its matrix."""

    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def places(self) -> dict[str, int]:
        """Each feature's place in the matrix."""
        return {name: place for place, name in enumerate(self.names)}

    @property
    def signs(self) -> NDArray[np.int64]:
        return np.array([column.sign for column in self.columns], dtype=np.int64)

    @cached_property
    def categorical(self) -> tuple[int, ...]:
        return tuple(i for i, column in enumerate(self.columns) if column.categories is not None)

    def row(self, values: Mapping[str, Value]) -> Floats:
        """One enterprise as a matrix of one row. Every feature must be given, None where it is missing."""
        try:
            row = [_NAN if (value := values[name]) is None else value for name in self.names]
        except KeyError:
            absent = ", ".join(name for name in self.names if name not in values)
            raise InvalidInput(f"These features of the model were not given: {absent}.") from None
        for place, column in self._categories:
            row[place] = column.encode(values[column.name])
        return np.array([row], np.float64)

    @cached_property
    def _categories(self) -> list[tuple[int, Column]]:
        return [(place, self.columns[place]) for place in self.categorical]

    def matrix(self, frame: pl.DataFrame) -> Floats:
        """All rows of a frame as float64 (n, features)."""
        encoded = [_encode_series(column, frame[column.name]) for column in self.columns]
        return np.column_stack(encoded) if encoded else np.empty((len(frame), 0))


def learn_columns(frame: pl.DataFrame, signs: Mapping[str, int]) -> Columns:
    """Columns for the features named in `signs`; text becomes a category list, and categories have no sign."""
    return Columns(tuple(_learn_column(frame[name], sign) for name, sign in signs.items()))


def _learn_column(series: pl.Series, sign: int) -> Column:
    if series.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return Column(series.name, sign)
    seen: Sequence[str] = series.cast(pl.String).drop_nulls().unique().sort().to_list()
    return Column(series.name, 0, tuple(seen))


def _encode_series(column: Column, series: pl.Series) -> Floats:
    if column.categories is not None:
        text = series.cast(pl.String)
        series = text.replace_strict(column.codes, default=None, return_dtype=pl.Float64)
    values = series.cast(pl.Float64).fill_null(_NAN)
    return np.asarray(values.to_numpy(), dtype=np.float64)
