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
    """UTC microseconds at which a feed's first record was known; None while nothing has landed."""
    first = select(func.min(LakeFile.min_known)).where(
        LakeFile.feed == code, LakeFile.kind == "rows", LakeFile.added_in <= snapshot
    )
    with lake.catalogue.connect() as connection:
        return connection.scalar(first)
