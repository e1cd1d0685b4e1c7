"""One enterprise now by the kernel: programs, rows and days are kept, and a call is little more than the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress

import numpy as np

from features.definitions.library import find_part
from features.engine.kernel.binding import bind
from features.engine.kernel.expressions import FIRST_DAY
from features.engine.kernel.machine import NEVER, compute
from features.engine.kernel.program import compile_program
from features.engine.kernel.running import NOTHING_CITED, Floats, arguments
from features.lake.hot.segment import micros_day
from features.lake.lake import Lake
from features.lake.memory import until_erasure
from features.store.kernel_computation import program_of
from features.store.live_rows import LiveRows, open_rows
from features.store.live_spine import CHUNK, ROOM, Days, DaysKept, hot_stamp
from features.store.subjects import known_from

Value = float | str | None


def live_by_kernel(
    lake: Lake, names: tuple[str, ...], enterprise_id: int, days: Days, snapshot: int
) -> dict[str, Value]:
    """Values by name, in the order of the names; None is unknown."""
    question = _question(lake, names, snapshot, hot_stamp(lake))
    since = known_from(lake, snapshot, enterprise_id)
    feeds, segments, held = question.rows.segments_for(enterprise_id)
    program = (feeds, *arguments(question.rows.bound)[1:])
    spine = question.days.spine(enterprise_id, days, NEVER if since is None else micros_day(since))
    out = np.empty((len(names), 1))
    compute(program, segments, spine, CHUNK, ROOM, out, NOTHING_CITED)
    del held  # until here: its memory was read by address
    return question.told(out[:, 0])


@dataclass(frozen=True)
class _Question:
    """What stays the same from call to call. listed: features that are texts, and their texts."""

    names: tuple[str, ...]
    rows: LiveRows
    days: DaysKept
    unknown: Mapping[str, Value]
    listed: Mapping[str, tuple[str, ...]]

    def told(self, numbers: Floats) -> dict[str, Value]:
        """The machine's numbers by name."""
        known = ~np.isnan(numbers)
        told = {**self.unknown}
        told.update(zip(compress(self.names, known.tolist()), numbers[known].tolist(), strict=True))
        for name, texts in self.listed.items():
            number = told[name]
            told[name] = None if number is None else texts[int(number)]
        return told


@until_erasure(maxsize=64)
def _question(lake: Lake, names: tuple[str, ...], snapshot: int, _hot: int) -> _Question:
    listed, program = {name: find_part(name).categories for name in names}, program_of(names)
    return _Question(
        names=names,
        rows=open_rows(lake, program, snapshot),
        days=DaysKept(program),
        unknown=dict.fromkeys(names),
        listed={name: texts for name, texts in listed.items() if texts},
    )


def warm_up() -> None:
    """Load the compiled machine, or compile it, so that no caller waits for it."""
    program = compile_program({})
    spine, bound = DaysKept(program).spine(0, (FIRST_DAY, FIRST_DAY)), bind(program, {})
    compute(arguments(bound), bound.segments, spine, CHUNK, ROOM, np.empty((0, 1)), NOTHING_CITED)
