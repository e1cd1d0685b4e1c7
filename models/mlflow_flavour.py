"""How mlflow loads a logistic version: `mlflow.pyfunc.load_model("models:/invoice_default@champion")`."""

from pathlib import Path
from typing import Any

import polars as pl

from models.artefact import read_model
from models.scoring import ScoringModel


class ScoringFunction:
    """A scoring model as mlflow calls it: a table of features in, probabilities of default out."""

    def __init__(self, model: ScoringModel) -> None:
        self.model = model

    def predict(self, table: Any, params: dict[str, Any] | None = None) -> list[float]:  # noqa: ARG002 - mlflow asks so
        """PD of each row of a pandas frame."""
        return [answer.pd for answer in self.model.score_many(pl.from_pandas(table))]


def _load_pyfunc(path: str) -> ScoringFunction:
    folder = Path(path)
    return ScoringFunction(read_model(folder, folder.name))
