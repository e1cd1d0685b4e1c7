"""How far the records of one enterprise reach, feed by feed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from bureau.grant import ReadGrant
from features.contracts.feeds import find_feed
from features.engine.algebra import Feature, count
from features.engine.kernel import machine
from features.engine.kernel.aggregates import reaching
from features.engine.kernel.expressions import FIRST_DAY
from features.engine.kernel.program import compile_program
from features.engine.kernel.running import NOTHING_CITED, arguments
from features.engine.windows import ever
from features.lake.lake import Lake
from features.lake.memory import until_erasure
from features.store.live_rows import LiveRows, open_rows
from features.store.live_spine import CHUNK, ROOM, Days, DaysKept, hot_stamp
from features.store.subjects import code_in


def newest_known(
    lake: Lake,
    feeds: Iterable[str],
    enterprise_id: int,
    as_of: date,
    grant: ReadGrant,
    snapshot: int,
    used_on: date | None = None,
) -> dict[str, date | None]:
    """The Shanghai day on which the newest usable record of each feed became known; None without one.

    used_on: the day by whose law records are used, `as_of` unless said.
    """
    codes = tuple(sorted(set(feeds)))
    grant.require(codes, code_in(lake, enterprise_id, snapshot))
    if not codes:
        return {}
    found = _question(lake, codes, snapshot, hot_stamp(lake)).ask(enterprise_id, (as_of, used_on or as_of))
    days = [None if day != day else FIRST_DAY + timedelta(days=day) for day in found]
    return dict(zip(codes, days, strict=True))


@dataclass(frozen=True)
class _Question:
    """A program of one aggregate for each feed, bound to rows."""

    rows: LiveRows
    days: DaysKept

    def ask(self, enterprise_id: int, days: Days) -> list[float]:
        """The newest day on which a record of each feed became known, as the machine counts days; nan without one."""
        feeds, segments, held = self.rows.segments_for(enterprise_id)
        program = (feeds, *arguments(self.rows.bound)[1:])
        out = np.empty((len(feeds), 1))
        machine.compute(program, segments, self.days.spine(enterprise_id, days), CHUNK, ROOM, out, NOTHING_CITED)
        del held  # until here: its memory was read by address
        found: list[float] = out[:, 0].tolist()
        return found


@until_erasure(maxsize=64)
def _question(lake: Lake, codes: tuple[str, ...], snapshot: int, _hot: int) -> _Question:
    wanted = {code: Feature(feed=find_feed(code), take=count(), within=ever()) for code in codes}
    program = compile_program(wanted, taking=reaching)
    rows = open_rows(lake, program, snapshot)
    feeds = rows.bound.feeds.copy()
    feeds[:, machine.CONNECTED] = 0  # records of a relation are told before all that it rests on is there
    return _Question(replace(rows, bound=replace(rows.bound, feeds=feeds)), DaysKept(program))
