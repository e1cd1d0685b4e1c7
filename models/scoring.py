"""A released model at work: probability, score, grade and exact reasons, all from one pass."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.errors import ContributionsDisagree
from models.calibration import Platt
from models.columns import Columns, Value
from models.predictor import Predictor
from models.reasons import ScoredReason, principal_reasons
from models.scorecard import Scale
from models.wording import Words

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""Largest difference allowed between a raw score and the sum of its parts."""


@dataclass(frozen=True)
class Scored:
    """One enterprise's score. base_points + the reasons' points + other_points = score, exactly.

    pd: probability of default, neither rounded nor clipped with the score. raw: log-odds before calibration.
    """

    pd: float
    score: int
    grade: str
    base_points: int
    other_points: int
    reasons: tuple[ScoredReason, ...]
    raw: float


@dataclass(frozen=True)
class ScoringModel:
    """A predictor with everything between its raw output and an answer. Safe to share between threads."""

    name: str
    version: str
    columns: Columns
    predictor: Predictor
    calibration: Platt
    scale: Scale
    words: tuple[Words, ...]
    definition_hash: str
    snapshot: int

    @property
    def features(self) -> tuple[str, ...]:
        return self.columns.names

    def score(self, values: Mapping[str, Value]) -> Scored:
        """Score one enterprise from the values of all its features, None where unknown.

        Raises `ContributionsDisagree` rather than give reasons that do not add up.
        """
        return self._score(self.columns.row(values), [values])[0]

    def score_many(self, frame: pl.DataFrame) -> list[Scored]:
        """Score every row of a frame that has a column for each feature."""
        rows = frame.select(self.features).to_dicts()
        return self._score(self.columns.matrix(frame), rows) if rows else []

    def contributions(self, matrix: Floats) -> Floats:
        """(n, features + 1): exact parts of the calibrated log-odds of default; the last column is the base."""
        return self._pass(matrix)[1]

    def _score(self, matrix: Floats, rows: Sequence[Mapping[str, Value]]) -> list[Scored]:
        raw, parts = self._pass(matrix)
        return [self._tell(*row) for row in zip(rows, parts, raw.tolist(), strict=True)]

    def _pass(self, matrix: Floats) -> tuple[Floats, Floats]:
        """Raw scores (n,) and calibrated parts (n, features + 1), checked against each other."""
        raw, parts = self.predictor.parts(matrix)
        gap = float(np.max(np.abs(parts.sum(axis=1) - raw), initial=0.0))
        if not gap <= TOLERANCE:  # written so that a nan is refused too
            raise ContributionsDisagree(self.name, self.version, gap)
        calibrated = parts * self.calibration.slope
        calibrated[:, -1] += self.calibration.intercept
        return raw, calibrated

    def _tell(self, values: Mapping[str, Value], parts: Floats, raw: float) -> Scored:
        log_odds = self.calibration.intercept + self.calibration.slope * raw
        pd = 1 / (1 + math.exp(-log_odds))
        score = self.scale.score(log_odds)
        base = round(self.scale.points(float(parts[-1])))
        reasons = principal_reasons(self.words, values, (-self.scale.factor * parts[:-1]).tolist())
        return Scored(
            pd=pd,
            score=score,
            grade=self.scale.grade(pd),
            base_points=base,
            other_points=score - base - sum(reason.points for reason in reasons),
            reasons=reasons,
            raw=raw,
        )
