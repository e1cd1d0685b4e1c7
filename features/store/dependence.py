"""Which features change when the records of some enterprises in a feed do."""

from collections.abc import Collection, Iterable

from sqlalchemy import func, select

from features.contracts.contract import Contract
from features.definitions.library import kept
from features.engine.algebra import leaves
from features.lake.lake import Lake
from features.lake.tables import EnterpriseRow


def depending_on(lake: Lake, enterprise_ids: Collection[int], feed: str) -> tuple[str, ...]:
    """Names of the features that can change for some enterprises when their records of a feed do.

    Those that read the feed or one derived from it, retired ones too, in the library's order; none where the lake
    knows none of the enterprises. A figure of peers counts too, though what moves is everybody's.
    """
    known = select(func.count()).select_from(EnterpriseRow).where(EnterpriseRow.id.in_(enterprise_ids))
    with lake.catalogue.connect() as connection:
        if not connection.scalar(known):
            return ()
    return tuple(entry.name for entry in kept() if any(_reads(leaf.feed, feed) for leaf in leaves(entry.definition)))


def depending_on_feeds(lake: Lake, enterprise_ids: Collection[int], feeds: Iterable[str]) -> tuple[str, ...]:
    """The same for several feeds together, each feature once."""
    names = (name for feed in feeds for name in depending_on(lake, enterprise_ids, feed))
    return tuple(dict.fromkeys(names))


def _reads(contract: Contract, feed: str) -> bool:
    return feed in (contract.code, *contract.derived_from)
