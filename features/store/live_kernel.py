"""One enterprise now by the kernel: programs, rows and days are kept, and a call is little more than the machine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import compress

import numpy as np

from features.definitions.library import find_part
from features.engine.kernel.expressions import FIRST_DAY
from features.engine.kernel.machine import NEVER, compute
from features.engine.kernel.program import Integers, compile_program
from features.engine.kernel.running import Floats, arguments, bind
from features.lake.hot.manifest import MANIFEST, hot_folder
from features.lake.hot.segment import micros_day
from features.lake.lake import Lake
from features.lake.memory import until_erasure
from features.store.kernel_computation import program_of
from features.store.live_rows import LiveRows, open_rows
from features.store.subjects import known_from

Value = float | str | None

_FIRST = np.zeros(1, np.int64)
_ROOM = 256
_DAYS_KEPT = 256


def live_by_kernel(
    lake: Lake, names: tuple[str, ...], enterprise_id: int, days: tuple[date, date], snapshot: int
) -> dict[str, Value]:
    """Values by name, in the order of the names; None is unknown. days: the day read and the day of use."""
    question = _question(lake, names, snapshot, _stamp(lake))
    since = known_from(lake, snapshot, enterprise_id)
    known_on = np.array([NEVER if since is None else micros_day(since)])
    feeds, segments, held = question.rows.segments_for(enterprise_id)
    program = (feeds, *arguments(question.rows.bound)[1:])
    spine = (np.array([enterprise_id]), known_on, _FIRST, _FIRST, *question.day_facts(days))
    out = np.empty((len(names), 1))
    compute(program, segments, spine, 1, _ROOM, out)
    del held  # until here: its memory was read by address
    return question.told(out[:, 0])


@dataclass(frozen=True)
class _Question:
    """What stays the same from call to call. listed: features that are texts, and their texts."""

    names: tuple[str, ...]
    rows: LiveRows
    unknown: Mapping[str, Value]
    listed: Mapping[str, tuple[str, ...]]
    facts: dict[tuple[date, date], tuple[Integers, Integers]] = field(default_factory=dict)

    def day_facts(self, days: tuple[date, date]) -> tuple[Integers, Integers]:
        found = self.facts.get(days)
        if found is None:
            if len(self.facts) >= _DAYS_KEPT:
                self.facts.clear()
            found = self.facts[days] = self.rows.bound.program.day_facts([days])
        return found

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
    listed = {name: find_part(name).categories for name in names}
    return _Question(
        names=names,
        rows=open_rows(lake, program_of(names), snapshot),
        unknown=dict.fromkeys(names),
        listed={name: texts for name, texts in listed.items() if texts},
    )


def warm_up() -> None:
    """Load the compiled machine, or compile it, so that no caller waits for it."""
    program = compile_program({})
    spine = (_FIRST, _FIRST, _FIRST, _FIRST, *program.day_facts([(FIRST_DAY, FIRST_DAY)]))
    bound = bind(program, {})
    compute(arguments(bound), bound.segments, spine, 1, _ROOM, np.empty((0, 1)))


def _stamp(lake: Lake) -> int:
    """Changes with the set of hot files."""
    try:
        return os.stat(_manifest(lake)).st_mtime_ns  # noqa: PTH116 - on a text, a third of the time
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=64)
def _manifest(lake: Lake) -> str:
    return str(hot_folder(lake) / MANIFEST)
