"""Give back the disk of files that only old snapshots list; what was given from such a snapshot replays no longer."""

import json
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from features.lake.catalogue import PORTION
from features.lake.files import exclusive, sweep
from features.lake.lake import KEPT, OLDEST, Lake
from features.lake.memory import forget
from features.lake.tables import LakeFile, Setting, Snapshot


@dataclass(frozen=True)
class Vacuumed:
    """oldest: the first snapshot from which on every one can be read; of older ones those that are needed."""

    files: int
    rows: int
    oldest: int


class Replaced(NamedTuple):
    """A file of the manifest that was replaced."""

    id: int
    rows: int
    added_in: int
    removed_in: int

    def is_listed_by(self, snapshots: Sequence[int]) -> bool:
        """Whether one of some ascending snapshots lists it."""
        return bisect_left(snapshots, self.added_in) < bisect_left(snapshots, self.removed_in)


def removable(lake: Lake, *, keep_days: int, at: datetime, needed: Collection[int] = ()) -> Vacuumed:
    """What `vacuum` would remove, and from which snapshot on one could read then."""
    with lake.catalogue.connect() as connection:
        wanted = _readable(lake, needed)
        return _told(_removable(connection, at - timedelta(days=keep_days), wanted), lake.oldest)


def vacuum(lake: Lake, *, keep_days: int, at: datetime, needed: Collection[int] = ()) -> Vacuumed:
    """Remove files whose last snapshot was replaced more than `keep_days` ago.

    needed: snapshots that stay readable whatever their age, such as those of answers that may be asked for again.
    What every newer snapshot reads stays. The files leave the manifest before they leave the disk, so a kill in
    between leaves leftovers and no holes.
    """
    with exclusive(lake):
        with lake.catalogue.begin() as connection:
            wanted = _readable(lake, needed)
            gone = _removable(connection, at - timedelta(days=keep_days), wanted)
            done = _told(gone, lake.oldest)
            if gone:
                kept = [number for number in wanted if number < done.oldest]
                _give_up(connection, gone)
                _set(connection, OLDEST, str(done.oldest))
                _set(connection, KEPT, json.dumps(kept))
        forget()
        sweep(lake)
        return done


def _readable(lake: Lake, needed: Collection[int]) -> list[int]:
    """Those of some snapshots that were not given up before, ascending."""
    return [number for number in sorted({*needed}) if lake.is_readable(number)]


def _removable(connection: Connection, before: datetime, needed: Sequence[int]) -> list[Replaced]:
    """Files that no snapshot lists which is young or needed. needed: ascending."""
    columns = (LakeFile.id, LakeFile.rows, LakeFile.added_in, LakeFile.removed_in)
    found = connection.execute(select(*columns).where(_gone(_last_old(connection, before)))).tuples()
    return [line for line in map(Replaced._make, found) if not line.is_listed_by(needed)]


def _told(gone: Sequence[Replaced], oldest: int) -> Vacuumed:
    first = max((line.removed_in for line in gone), default=0)
    return Vacuumed(len(gone), sum(line.rows for line in gone), max(first, oldest))


def _give_up(connection: Connection, gone: Sequence[Replaced]) -> None:
    for start in range(0, len(gone), PORTION):
        numbers = [line.id for line in gone[start : start + PORTION]]
        connection.execute(delete(LakeFile).where(LakeFile.id.in_(numbers)))


def _set(connection: Connection, name: str, value: str) -> None:
    connection.execute(delete(Setting).where(Setting.name == name))
    connection.execute(insert(Setting).values(name=name, value=value))


def _last_old(connection: Connection, before: datetime) -> int:
    """The last snapshot of those that all were made before an instant: none younger stands before it.

    Snapshots are dated by who makes them, so a higher number may bear an earlier date.
    """
    first_young = connection.scalar(select(func.min(Snapshot.id)).where(Snapshot.made_at >= before))
    if first_young is not None:
        return first_young - 1
    return connection.scalar(select(func.max(Snapshot.id))) or 0


def _gone(last_old: int) -> ColumnElement[bool]:
    return LakeFile.removed_in.is_not(None) & (LakeFile.removed_in <= last_old)
