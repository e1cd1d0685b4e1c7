"""Which feeds are worth compacting: those whose deltas have become many, so that reading opens too many files."""

from datetime import datetime

from sqlalchemy import func, select

from features.contracts.feeds import FEEDS
from features.lake.compaction import Compacted, compact
from features.lake.lake import Lake
from features.lake.tables import LakeFile

DELTAS = 32
"""Files beside the compacted ones that a feed may have: a month of daily deliveries with their closings."""


def due_feeds(lake: Lake) -> list[str]:
    """Codes of the feeds with more than `DELTAS` files that are not of a bucket, in the catalogue's order."""
    query = (
        select(LakeFile.feed)
        .where(LakeFile.removed_in.is_(None), LakeFile.bucket.is_(None))
        .group_by(LakeFile.feed)
        .having(func.count() > DELTAS)
    )
    with lake.catalogue.connect() as connection:
        many = set(connection.scalars(query))
    return [contract.code for contract in FEEDS if contract.code in many]


def compact_due(lake: Lake, *, at: datetime) -> list[Compacted]:
    """Compact every feed that is due."""
    return [compact(lake, feed, at=at) for feed in due_feeds(lake)]
