"""Run a bound program: hand the machine the rows wanted."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from features.engine.kernel import machine
from features.engine.kernel.binding import Bound
from features.engine.kernel.program import Integers

Floats = npt.NDArray[np.float64]
NOTHING_CITED = np.zeros((1, machine.CITED_FACTS), np.int64)
"""For programs that cite no records."""
CHUNK, ROOM = 512, 2_048
"""Spine rows whose cells are held at once, and record rows of a block: measured, fewer cost more turns than the core's
own cache saves, more save none."""


@dataclass(frozen=True)
class Spine:
    """Rows wanted. enterprises: numbers, -1 nobody. known_on: the day each was first known. day_of: row of the day.

    order: in which rows are computed; days and bounds: from `Program.day_facts`.
    """

    enterprises: Integers
    known_on: Integers
    day_of: Integers
    order: Integers
    days: Integers
    bounds: Integers

    def of(self, places: Integers) -> "Spine":
        """Some rows alone, in the order given."""
        return Spine(
            enterprises=self.enterprises[places],
            known_on=self.known_on[places],
            day_of=self.day_of[places],
            order=np.arange(len(places)),
            days=self.days,
            bounds=self.bounds,
        )

    def in_order(self, order: Integers) -> "Spine":
        """The same rows, of which those in `order` are computed."""
        return replace(self, order=order)


def arguments(bound: Bound) -> tuple[object, ...]:
    """The program as the machine takes it."""
    program = bound.program
    return (
        bound.feeds,
        program.tiers,
        program.steps,
        program.aggregates,
        program.finish,
        program.constants,
        program.literals,
        program.outputs,
        program.registers,
    )


def run(bound: Bound, spine: Spine, out: Floats) -> None:
    """Fill `out` (features, spine rows): NaN is unknown, a category its place in the list."""
    given = (spine.enterprises, spine.known_on, spine.day_of, spine.order)
    # Arrow's memory may not be written, and Numba would compile the machine once more for that.
    rows = (*(np.require(numbers, np.int64, ["C", "W"]) for numbers in given), spine.days, spine.bounds)
    machine.compute(arguments(bound), bound.segments, rows, CHUNK, ROOM, out, NOTHING_CITED)
