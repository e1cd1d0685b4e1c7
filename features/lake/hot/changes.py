"""Whose records changed between two snapshots: what hot files of the older one can no longer tell."""

from functools import lru_cache

import polars as pl
from sqlalchemy import and_, select

from features.contracts.feeds import find_feed
from features.lake.lake import Lake
from features.lake.tables import LakeFile, Snapshot

_ADDING = ("land", "relink", "replay", "end-link")
"""Acts that only add files, of rows and of closings."""
_ERASING = "erase"
_KEEPING = "compact"
"""Writes anew what was visible already."""


@lru_cache(maxsize=1024)
def touched(lake: Lake, feed: str, after: int, until: int) -> frozenset[int] | None:
    """Enterprises with a row or an end added to a feed in snapshots (after, until]; None where files do not tell.

    Of a derived feed they do not: another firm's record changes what is said of this one. Nor after an erasure, which
    adds nothing, nor once files that were added since may have been given up.
    """
    if find_feed(feed).derived_from:
        return None
    within_ids = and_(Snapshot.id > after, Snapshot.id <= until)
    within = [and_(snapshot > after, snapshot <= until) for snapshot in (LakeFile.added_in, LakeFile.removed_in)]
    acts = select(Snapshot.act, LakeFile.path).where(LakeFile.feed == feed)
    added = acts.join(Snapshot, Snapshot.id == LakeFile.added_in).where(within[0])
    removed = acts.join(Snapshot, Snapshot.id == LakeFile.removed_in).where(within[1])
    erased = select(Snapshot.id).where(within_ids, Snapshot.feed == feed, Snapshot.act == _ERASING)
    with lake.catalogue.connect() as connection:
        if connection.scalar(erased.limit(1)) is not None:
            return None
        written = connection.execute(added).all()
        taken = {act for act, _ in connection.execute(removed)}
    given_up = after < lake.oldest  # asked last, so that all of them were listed if it is not so
    if given_up or taken - {_KEEPING} or {act for act, _ in written} - {*_ADDING, _KEEPING}:
        return None
    paths = [lake.root / path for act, path in written if act in _ADDING]
    frames = (pl.read_parquet(path, columns=["enterprise_id"]) for path in paths)
    return frozenset(number for frame in frames for number in frame["enterprise_id"].unique())
