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
    connected = connected_from(lake, codes := tuple(codes), snapshot)
    return {code: Source(visible_sql(lake, find_feed(code), snapshot), connected[code]) for code in codes}


def connected_from(lake: Lake, codes: Iterable[str], snapshot: int) -> dict[str, int | None]:
    """UTC microseconds at which each feed's first record was known; None while nothing has landed.

    A derived feed is connected once every feed it is made of is: of a half-known relation nothing can be said.
    """
    made_of = {code: _landed(code) for code in codes}
    asked = {base for bases in made_of.values() for base in bases}
    firsts = (
        select(LakeFile.feed, func.min(LakeFile.min_known))
        .where(LakeFile.feed.in_(sorted(asked)), LakeFile.kind == "rows", LakeFile.added_in <= snapshot)
        .group_by(LakeFile.feed)
    )
    with lake.catalogue.connect() as connection:
        first = dict(connection.execute(firsts).tuples().all())
    return {code: _last(first.get(base) for base in bases) for code, bases in made_of.items()}


def _landed(code: str) -> set[str]:
    """The feeds that land by which a feed is known: itself, or those it is derived from."""
    bases = find_feed(code).derived_from
    return {landed for base in bases for landed in _landed(base)} if bases else {code}


def _last(instants: Iterable[int | None]) -> int | None:
    """The last of some instants; None where one of them is."""
    known = list(instants)
    return None if None in known else max(one for one in known if one is not None)
