"""Since when each enterprise is known, kept from one snapshot to the next: only what came since is read."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock

import numpy as np
import polars as pl
from sqlalchemy import and_, select

from features.contracts.contract import Contract
from features.contracts.feeds import FEEDS
from features.lake.lake import Lake
from features.lake.layout import parquet, rows_sql
from features.lake.memory import forget_also
from features.lake.query import query, spilling
from features.lake.tables import LakeFile, Snapshot
from features.lake.versions import VOID
from features.lake.whole import whole

SCHEMA: dict[str, type[pl.Int32] | type[pl.Int64]] = {"enterprise_id": pl.Int32, "enterprise_known_from": pl.Int64}
WORTH = 10_000
"""Enterprises from which on the answer is kept in a file for other processes; of fewer it is read anew at once."""
_FIRST = "SELECT enterprise_id, min(known_at) AS enterprise_known_from"
_TOGETHER = 256 * 2**20
"""Bytes of files read by one query: a query of all feeds would hold an enterprise once for each part it meets it in."""
_NEVER = np.iinfo(np.int64).max
_COMPACT = "compact"
_ADDING = ("land", "relink", "replay", "end-link", "review")
"""Acts that only add files. Others, such as an erasure, may write a file anew under the snapshots that had it."""


def first_known(lake: Lake, snapshot: int) -> pl.DataFrame:
    """The instant (UTC microseconds) of each enterprise's first record of any feed, by enterprise, in a snapshot.

    A record counts for the enterprise it belongs to: once another owns it, it never was this one's.
    """
    with _finding:  # threads that ask at once for a new snapshot read it once
        known, older = _kept(lake, snapshot)
        if known is not None and older == snapshot:
            return known
        known = _scan(lake, snapshot) if known is None else _renewed(lake, known, older, snapshot)
        _keep(lake, snapshot, known)
        return known


def _scan(lake: Lake, snapshot: int, whose: pl.Series | None = None) -> pl.DataFrame:
    """Read every file of a snapshot, or what can hold some enterprises' rows."""
    first = np.empty(0, np.int64)
    for feeds in _together(lake, snapshot):
        scans = (_counting(rows_sql(*feed), lake.closings(feed[0].code, snapshot), whose) for feed in feeds)
        with spilling(lake.spill) as connection:
            found = connection.sql(f"{_FIRST} FROM ({' UNION ALL '.join(scans)}) GROUP BY enterprise_id").pl()
        numbers, instants = found["enterprise_id"].to_numpy(), found["enterprise_known_from"].to_numpy()
        more = max(int(numbers.max(initial=-1)) + 1 - len(first), 0)
        first = np.append(first, np.full(more, _NEVER))
        first[numbers] = np.minimum(first[numbers], instants)
    known = np.flatnonzero(first < _NEVER)
    return pl.DataFrame({"enterprise_id": known, "enterprise_known_from": first[known]}, schema=SCHEMA)


def _together(lake: Lake, snapshot: int) -> Iterator[list[tuple[Contract, list[Path]]]]:
    """Feeds with their files, as many together as one query groups in little memory."""
    waiting, size = list[tuple[Contract, list[Path]]](), 0
    for feed in FEEDS:
        if not (files := lake.files(feed.code, snapshot)):
            continue
        waiting.append((feed, files))
        size += sum(file.stat().st_size for file in files)
        if size >= _TOGETHER:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting


def _counting(rows: str, closings: list[Path], whose: pl.Series | None) -> str:
    """A feed's rows that were not written anew under another owner."""
    of_some = "" if whose is None else f" WHERE enterprise_id IN ({', '.join(map(str, whose))})"
    void = f"(SELECT row_no FROM {parquet(closings)} WHERE closed_at = {VOID})" if closings else None
    left = "" if void is None else f" ANTI JOIN {void} USING (row_no)"
    return f"SELECT enterprise_id, known_at FROM {rows}{left}{of_some}"


def _renewed(lake: Lake, known: pl.DataFrame, older: int, snapshot: int) -> pl.DataFrame:
    """The answer of an older snapshot, brought to a newer one. Compaction writes anew what there was."""
    acts, added = _changes(lake, older, snapshot)
    given_up = older < lake.oldest  # asked last: a file that came since and was compacted may be listed no longer
    if given_up or acts - {*_ADDING, _COMPACT} or not all((lake.root / path).exists() for _, _, path in added):
        return _scan(lake, snapshot)
    for feed in FEEDS:
        if files := [lake.root / path for code, kind, path in added if (code, kind) == (feed.code, "rows")]:
            known = _earliest([known, query(f"{_FIRST} FROM {rows_sql(feed, files)} GROUP BY enterprise_id")])
    closings = [lake.root / path for _, kind, path in added if kind == "closings"]
    lost = _losers(closings)
    if lost.is_empty():
        return known
    others = known.filter(~pl.col("enterprise_id").is_in(lost.implode()))
    return _earliest([others, _scan(lake, snapshot, lost)])


def _changes(lake: Lake, older: int, snapshot: int) -> tuple[set[str], list[tuple[str, str, str]]]:
    """The acts since, and which files came (feed, kind, path) that say something new."""
    within = and_(Snapshot.id > older, Snapshot.id <= snapshot)
    came = select(LakeFile.feed, LakeFile.kind, LakeFile.path).join(Snapshot, Snapshot.id == LakeFile.added_in)
    with lake.catalogue.connect() as connection:
        added = connection.execute(came.where(within, Snapshot.act != _COMPACT)).tuples().all()
        return set(connection.scalars(select(Snapshot.act).where(within))), list(added)


def _losers(closings: list[Path]) -> pl.Series:
    """Enterprises some of whose rows went to another owner."""
    if not closings:
        return pl.Series("enterprise_id", dtype=pl.Int32)
    void = pl.scan_parquet(closings).filter(pl.col("closed_at") == VOID)
    return void.select(pl.col("enterprise_id").unique()).collect()["enterprise_id"]


def _earliest(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    together = pl.concat([part.cast(pl.Schema(SCHEMA)) for part in parts])
    return together.group_by("enterprise_id").agg(pl.col("enterprise_known_from").min()).sort("enterprise_id")


_finding = Lock()
_newest: dict[Lake, tuple[int, pl.DataFrame]] = {}
forget_also(_newest.clear)
_LAKES = 4


def _kept(lake: Lake, snapshot: int) -> tuple[pl.DataFrame | None, int]:
    """The newest answer that is not of a later snapshot, of this process or another, and its snapshot."""
    paths = {int(path.stem): path for path in _folder(lake).glob("*.parquet")}
    stored = max((number for number in paths if number <= snapshot), default=0)
    number, known = _newest.get(lake, (0, None))
    if known is not None and stored <= number <= snapshot:
        return known, number
    try:
        return (pl.read_parquet(paths[stored]), stored) if stored else (None, 0)
    except FileNotFoundError:  # another process has a newer one
        return None, 0


def _keep(lake: Lake, snapshot: int, known: pl.DataFrame) -> None:
    if snapshot >= _newest.get(lake, (0, known))[0]:
        _newest.pop(lake, None)
        _newest[lake] = snapshot, known
        for other in list(_newest)[:-_LAKES]:
            _newest.pop(other, None)
    if known.height < WORTH or snapshot != lake.snapshot():
        return
    folder = _folder(lake)
    folder.mkdir(exist_ok=True)
    with whole(folder / f"{snapshot}.parquet") as unfinished:
        known.write_parquet(unfinished)
    for path in folder.glob("*.parquet"):
        if int(path.stem) < snapshot:
            path.unlink(missing_ok=True)


def _folder(lake: Lake) -> Path:
    """It may be deleted at any time."""
    return lake.root / "known"
