"""One enterprise now by the kernel: programs, rows and days are kept, and a call is little more than the machine."""

from datetime import date
from functools import lru_cache

import numpy as np

from features.definitions.library import find_feature
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


def live_by_kernel(
    lake: Lake, names: tuple[str, ...], enterprise_id: int, days: tuple[date, date], snapshot: int
) -> list[Value]:
    """Values in the order of the names; None is unknown. days: the day read and the day of use."""
    rows = _rows(lake, names, snapshot, _stamp(lake))
    since = known_from(lake, snapshot, enterprise_id)
    known_on = np.array([NEVER if since is None else micros_day(since)])
    feeds, segments, held = rows.segments_for(enterprise_id)
    program = (feeds, *arguments(rows.bound)[1:])
    spine = (np.array([enterprise_id]), known_on, _FIRST, _FIRST, *_day_facts(names, days))
    out = np.empty((len(names), 1))
    compute(program, segments, spine, 1, _ROOM, out)
    del held  # until here: its memory was read by address
    return _told(names, out[:, 0])


def warm_up() -> None:
    """Load the compiled machine, or compile it, so that no caller waits for it."""
    program = compile_program({})
    spine = (_FIRST, _FIRST, _FIRST, _FIRST, *program.day_facts([(FIRST_DAY, FIRST_DAY)]))
    bound = bind(program, {})
    compute(arguments(bound), bound.segments, spine, 1, _ROOM, np.empty((0, 1)))


@until_erasure(maxsize=64)
def _rows(lake: Lake, names: tuple[str, ...], snapshot: int, _hot: int) -> LiveRows:
    return open_rows(lake, program_of(names), snapshot)


def _stamp(lake: Lake) -> int:
    """Changes with the set of hot files."""
    try:
        return (hot_folder(lake) / MANIFEST).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=256)
def _day_facts(names: tuple[str, ...], days: tuple[date, date]) -> tuple[Integers, Integers]:
    return program_of(names).day_facts([days])


@lru_cache(maxsize=64)
def _listed(names: tuple[str, ...]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Places of the features that are texts, and their texts."""
    listed = ((place, find_feature(name).categories) for place, name in enumerate(names))
    return tuple((place, texts) for place, texts in listed if texts)


def _told(names: tuple[str, ...], numbers: Floats) -> list[Value]:
    told = numbers.astype(object)
    told[np.isnan(numbers)] = None
    values: list[Value] = told.tolist()
    for place, texts in _listed(names):
        number = values[place]
        values[place] = None if number is None else texts[int(number)]
    return values
