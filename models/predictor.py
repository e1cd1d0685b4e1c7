"""What every kind of model can do: a raw log-odds of default, and exactly where it came from."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.columns import Columns

Floats = NDArray[np.float64]


class Predictor(Protocol):
    """A fitted model over a matrix of `Columns`."""

    @property
    def kind(self) -> str: ...

    def raw(self, matrix: Floats) -> Floats:
        """Raw log-odds of default (n,), before calibration."""
        ...

    def parts(self, matrix: Floats) -> tuple[Floats, Floats]:
        """Raw log-odds (n,), and each feature's exact part of them (n, features + 1) found in the same pass.

        The last column is what all rows start from. The two come about apart, so that their sum is a check.
        """
        ...


class Recipe(Protocol):
    """How a kind of model is fitted; the choices are numbers in a model's spec."""

    @property
    def kind(self) -> str: ...

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> Predictor:
        """Fit on rows with weights. The same rows give the same model."""
        ...

    def figures(self) -> dict[str, Any]:
        """The choices by name, for a registry."""
        ...
