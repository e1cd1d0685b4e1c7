"""What a query reads of each feed in one snapshot."""

from collections.abc import Iterable

from sqlalchemy import func, select

from features.contracts.feeds import find_feed
from features.engine.feed_scan import Source
from features.lake.lake import Lake
from features.lake.reading import visible_sql
from features.lake.tables import LakeFile


def feed_sources(lake: Lake, codes: Iterable[str], snapshot: int) -> dict[str, Source]:
    """The visible records of feeds, and since when each is connected."""
    return {
        code: Source(visible_sql(lake, find_feed(code), snapshot), connected_from(lake, code, snapshot))
        for code in codes
    }


def connected_from(lake: Lake, code: str, snapshot: int) -> int | None:
    """UTC microseconds at which a feed's first record was known; None while nothing has landed.

    A derived feed is connected once every feed it is made of is: of a half-known relation nothing can be said.
    """
    if bases := find_feed(code).derived_from:
        known = [connected_from(lake, base, snapshot) for base in bases]
        return None if None in known else max(one for one in known if one is not None)
    first = select(func.min(LakeFile.min_known)).where(
        LakeFile.feed == code, LakeFile.kind == "rows", LakeFile.added_in <= snapshot
    )
    with lake.catalogue.connect() as connection:
        return connection.scalar(first)
