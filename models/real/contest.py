"""One contest: every contender fitted on some rows, calibrated inside them, and asked for the PD of others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.calibration import Platt, fit_platt
from models.cross_validation import Rows
from models.real.choosing import Memory, best_of, blend_of
from models.real.learner import Contender, Scored, narrow, unsigned
from models.recalibration import moved

Floats = NDArray[np.float64]

AS_IT_SAYS = Platt(0.0, 1.0)
LEAST_ALIKE = 50
"""Defaulters, and others, without which rows drawn as the judged ones were are too few to calibrate on. Chosen by the
loans of 2003 and 2004: ten defaulters made it worse, sixty better."""


@dataclass(frozen=True)
class Ages:
    """What is known of the days of the rows fitted on. newest: those to choose and calibrate by, told by fits on the
    older ones. fading: weights of recency."""

    newest: NDArray[np.bool_]
    fading: Floats


@dataclass(frozen=True)
class Fitted:
    """A fitted contender: PD of rows. places: of the columns it reads. rows: those it was fitted on.

    unseen: raw scores of those of them to calibrate on, by fits that had not seen them, nan of the others; None where
    it is believed as it is.
    """

    scored: Scored
    places: NDArray[np.int64]
    rows: Rows
    unseen: Floats | None

    def pd(self, judged: Rows) -> Floats:
        """Calibrated on rows that were drawn as the judged ones were."""
        return self._calibration(judged).pd(self.scored.raw(judged.matrix[:, self.places]))

    def _calibration(self, judged: Rows) -> Platt:
        if self.unseen is None:
            return AS_IT_SAYS
        told = ~np.isnan(self.unseen)
        alike = told & np.isin(self.rows.weight, judged.weight)
        kinds = [int((self.rows.target[alike] == kind).sum()) for kind in (0, 1)]
        some = alike if min(kinds) >= LEAST_ALIKE else told
        target, weight = self.rows.target[some], self.rows.weight[some]
        line = fit_platt(self.unseen[some], target, weight, rising=True)
        if told.all():
            return line
        # Older rows alone told the newest: all of them together know of more defaults, or of fewer, and one year is no
        # ground to part firms further than the log-odds that were fitted.
        gentle = Platt(line.intercept, min(line.slope, 1.0))
        return moved(gentle, self.scored.raw(self.rows.matrix[some]), target, weight)


def fit_contender(
    contender: Contender, rows: Rows, seed: int, ages: Ages | None = None, memory: Memory | None = None
) -> Fitted:
    """Fit a contender on rows, its choices made by scores of fits that had not seen a row.

    Learners are chosen and fitted on the rows as they were drawn, our blends by their `fading` where rows have ages;
    weights return when scores are calibrated.
    """
    places = contender.places(rows.columns)
    rows = narrow(rows, places)
    columns = rows.columns if contender.signed else unsigned(rows.columns)
    newest = None if ages is None else ages.newest
    if contender.plain:
        scored = contender.learners[0].fit(columns, rows.matrix, rows.target, rows.weight)
        return Fitted(scored, places, rows, None)
    drawn = replace(rows, columns=columns, weight=np.ones(len(rows)))
    if contender.blend:
        faded = drawn if ages is None else replace(drawn, weight=ages.fading)
        told = blend_of(contender.blend, faded, seed, {} if memory is None else memory, newest)
    else:
        told = best_of(contender.learners, drawn, seed, newest)
    return Fitted(told.scored, places, rows, told.unseen)


def contest(
    contenders: Sequence[Contender],
    seen: Rows,
    unseen: Sequence[Rows],
    seed: int,
    ages: Ages | None = None,
) -> list[dict[str, Floats]]:
    """The PD of every one of some sets of unseen rows by every contender, by name."""
    memory: Memory = {}
    fitted = {one.name: fit_contender(one, seen, seed, ages, memory) for one in contenders}
    return [{name: one.pd(rows) for name, one in fitted.items()} for rows in unseen]
