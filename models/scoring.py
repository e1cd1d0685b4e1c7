"""A released model at work: probability, score, grade and exact reasons, all from one pass."""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.compiling import compiled
from bureau.errors import ContributionsDisagree
from models.calibration import Platt
from models.columns import Columns, Value
from models.peers import NO_PEERS, Peers
from models.predictor import Predictor
from models.reasons import ReasonCodes, ScoredReason
from models.scorecard import Scale
from models.turning import Turning, TurningPoints
from models.wording import Words

Floats = NDArray[np.float64]

_log = logging.getLogger(__name__)

TOLERANCE = 1e-9
"""Largest difference allowed between a raw score and the sum of its parts."""


class Scored(NamedTuple):
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
    """A predictor with everything between its raw output and an answer. Safe to share between threads.

    peers: what the firms it was trained on looked like.
    """

    name: str
    version: str
    columns: Columns
    predictor: Predictor
    calibration: Platt
    scale: Scale
    words: tuple[Words, ...]
    definition_hash: str
    snapshot: int
    peers: Peers = NO_PEERS

    @cached_property
    def codes(self) -> ReasonCodes:
        return ReasonCodes(self.words)

    @cached_property
    def turning(self) -> TurningPoints | None:
        """Where its features' parts turn; None for a predictor that cannot say."""
        if not isinstance(self.predictor, Turning):
            return None
        units, signs = [word.unit for word in self.words], [column.sign for column in self.columns.columns]
        return TurningPoints(self.predictor, tuple(units), tuple(signs))

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
        return self._pass(matrix, 1.0)[1]

    def points(self, matrix: Floats) -> tuple[Floats, Floats, Floats]:
        """Raw scores (n,), exact points of each feature (n, features), negative where it costs, and base log-odds (n,).

        Raises `ContributionsDisagree` as `score` does.
        """
        raw, parts = self._pass(matrix, -self.scale.factor)
        return raw, parts[:, :-1], parts[:, -1]

    def _score(self, matrix: Floats, rows: Sequence[Mapping[str, Value]]) -> list[Scored]:
        raw, points, base = self.points(matrix)
        by_row = zip(raw.tolist(), base.tolist(), self.codes.reasons(points, rows), strict=True)
        return [self._tell(*row) for row in by_row]

    def _pass(self, matrix: Floats, factor: float) -> tuple[Floats, Floats]:
        """Raw scores (n,) and calibrated parts times a factor (n, features + 1), the last of them without; checked.

        Parts that miss a raw score are a fault of the platform: nothing is answered, and whoever runs it is told.
        """
        raw, parts = self.predictor.parts(matrix)
        gap = _calibrate(raw, parts, self.calibration.slope, self.calibration.intercept, factor)
        if not gap <= TOLERANCE:  # written so that a nan is refused too
            fault = ContributionsDisagree(self.name, self.version, gap)
            _log.critical("%s", fault)
            raise fault
        return raw, parts

    def _tell(self, raw: float, base: float, reasons: tuple[ScoredReason, ...]) -> Scored:
        log_odds = self.calibration.intercept + self.calibration.slope * raw
        pd = 1 / (1 + math.exp(-log_odds))
        score, base_points = self.scale.score(log_odds), round(self.scale.points(base))
        return Scored(
            pd=pd,
            score=score,
            grade=self.scale.grade(pd),
            base_points=base_points,
            other_points=score - base_points - sum(reason.points for reason in reasons),
            reasons=reasons,
            raw=raw,
        )


def _weigh(raw: Any, parts: Any, slope: Any, intercept: Any, factor: Any) -> Any:
    """Turn parts of raw scores into calibrated ones, in place; how far their sum is off at most, nan if anywhere."""
    gap, last = 0.0, parts.shape[1] - 1
    for r in range(parts.shape[0]):
        total = 0.0
        for j in range(last + 1):
            total += parts[r, j]
        off = abs(total - raw[r])
        if not off <= gap:
            gap = off
            if np.isnan(off):
                return off
        for j in range(last):
            parts[r, j] = parts[r, j] * slope * factor
        parts[r, last] = parts[r, last] * slope + intercept
    return gap


_calibrate = compiled(_weigh)
