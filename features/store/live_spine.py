"""One enterprise on one day, as the machine is asked of it: what is the same from call to call is kept."""

import os
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np

from features.engine.kernel.program import Integers, Program
from features.lake.hot.manifest import MANIFEST, hot_folder
from features.lake.lake import Lake

Days = tuple[date, date]
"""The day read and the day of use."""

CHUNK, ROOM = 1, 256
"""One spine row, and as many records of a feed as most enterprises have."""
_FIRST = np.zeros(1, np.int64)
_DAYS_KEPT = 256


@dataclass(frozen=True)
class DaysKept:
    """A program's facts of the days it was asked of."""

    program: Program
    kept: dict[Days, tuple[Integers, Integers]] = field(default_factory=dict)

    def spine(self, enterprise_id: int, days: Days, known_on: int = 0) -> tuple[Integers, ...]:
        """One row as the machine takes it. known_on: the day the enterprise was first known."""
        found = self.kept.get(days)
        if found is None:
            if len(self.kept) >= _DAYS_KEPT:
                self.kept.clear()
            found = self.kept[days] = self.program.day_facts([days])
        return np.array([enterprise_id]), np.array([known_on]), _FIRST, _FIRST, *found


def hot_stamp(lake: Lake) -> int:
    """Changes with the set of hot files."""
    try:
        return os.stat(_manifest(lake)).st_mtime_ns  # noqa: PTH116 - on a text, a third of the time
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=64)
def _manifest(lake: Lake) -> str:
    return str(hot_folder(lake) / MANIFEST)
