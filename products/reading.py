"""One reading of the lake for one answer: one subject, one day, one snapshot, one grant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

import polars as pl

from bureau.clock import known_before, to_micros
from bureau.errors import UnknownSubject
from bureau.grant import ReadGrant
from bureau.spans import span
from features.contracts.feeds import find_feed
from features.definitions.library import find_feature
from features.lake.freshness import StaleFeed, stale_feeds
from features.lake.lake import Lake
from features.lake.memory import until_erasure
from features.lake.registered_name import registered_name
from features.lake.registry import Enterprise, resolve
from features.store.citations import Cited, cited
from features.store.coverage import newest_known
from features.store.feed_sources import connected_from
from features.store.live import live_vector
from features.store.records import records
from products.desk import Desk
from products.product import Product

Outcome = Literal["found", "partial", "not_found", "stale"]
Value = float | str | None


@dataclass(frozen=True)
class Reading:
    """What one answer may see. Everything it gives is of the same snapshot, so that replay gives the same answer.

    uscc: the cleaned code asked for; enterprise: None where no record of it was ever linked.
    """

    desk: Desk
    product: Product
    grant: ReadGrant
    snapshot: int
    uscc: str
    enterprise: Enterprise | None
    _read: dict[str, pl.DataFrame] = field(default_factory=dict, compare=False, repr=False)

    @property
    def day(self) -> date:
        return self.desk.today

    @property
    def name(self) -> str | None:
        return self.enterprise.name if self.enterprise else None

    @span("features")
    def values(self, names: Iterable[str]) -> Mapping[str, Value]:
        """Feature values of the subject, None where unknown."""
        wanted = tuple(dict.fromkeys(names))
        if self.enterprise is None:
            self.grant.require(wanted, self.uscc)
            return dict.fromkeys(wanted)
        number = self.enterprise.enterprise_id
        desk = self.desk
        return live_vector(desk.lake, wanted, number, self.day, self.grant, self.snapshot, desk.used_on)

    def cited(self, features: Iterable[str]) -> Cited:
        """The records that entered each of some features."""
        desk, names = self.desk, tuple(features)
        if self.enterprise is None:
            return Cited(desk.lake, self.snapshot, 0, dict.fromkeys(names, frozenset()))
        number, among = self.enterprise.enterprise_id, _in_order(self.product.features("decision"))
        return cited(desk.lake, names, number, self.day, self.grant, self.snapshot, desk.used_on, among)

    def records(self, feed: str) -> pl.DataFrame:
        """The subject's records of a feed that the law lets be used, newest event first; read once."""
        if feed not in self._read:
            found = self._records(feed).sort(["event_date", "record_id"], descending=[True, False])
            self._read[feed] = found
        return self._read[feed]

    @cached_property
    def feeds(self) -> frozenset[str]:
        """The feeds an answer is judged by: those its product names, and of a score only what the model that serves it
        in this home reads; the rest is for homes of another source."""
        named, code = self.product.feeds(), self.product.code
        if self.product.kind != "score" or not self.desk.serves(code):
            return named
        return named & _feeds_of(self.desk.model_for(code).features)

    @cached_property
    def recorded(self) -> Mapping[str, date | None]:
        """Of each of these feeds: the day the subject's newest record became known, None without one."""
        feeds = sorted(self.feeds)
        if self.enterprise is None:
            self.grant.require(feeds, self.uscc)
            return dict.fromkeys(feeds)
        number = self.enterprise.enterprise_id
        desk = self.desk
        return newest_known(desk.lake, feeds, number, self.day, self.grant, self.snapshot, desk.used_on)

    @cached_property
    def stale(self) -> Mapping[str, StaleFeed]:
        """Those of the product's feeds that were silent too long on the day read."""
        return _stale(self.desk.lake, self.day, self.feeds, self.snapshot)

    @cached_property
    def received(self) -> frozenset[str]:
        """Those of the product's feeds of which the platform had received anything by the day read."""
        return _received(self.desk.lake, self.feeds, self.snapshot, self.day)

    def unreceived_by(self, features: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The features that read a feed never received here, each with those feeds."""
        feeds = {name: find_feature(name).feeds for name in features}
        read = frozenset(feed for codes in feeds.values() for feed in codes)
        absent = read - _received(self.desk.lake, read, self.snapshot, self.day)
        found = {name: tuple(code for code in codes if code in absent) for name, codes in feeds.items()}
        return {name: codes for name, codes in found.items() if codes}

    def _records(self, feed: str) -> pl.DataFrame:
        if self.enterprise is None:
            self.grant.require([feed], self.uscc)
            return pl.DataFrame(schema=find_feed(feed).dtypes)
        desk, number = self.desk, self.enterprise.enterprise_id
        return records(desk.lake, feed, self.day, self.grant, number, self.snapshot, desk.used_on)


def open_reading(desk: Desk, product: Product, subject: str, grant: ReadGrant) -> Reading:
    """Resolve the subject at the desk's snapshot. A code that was never seen is an answer too: nothing is found.

    Raises `ImpossibleUscc` for what is neither a code nor a known outside key.
    """
    newest = desk.lake.snapshot()  # asked of an answer given again too: so it hears of erasures
    snapshot = newest if desk.snapshot is None else desk.snapshot
    try:
        enterprise = resolve(desk.lake, subject, desk.snapshot)
    except UnknownSubject as unknown:
        return Reading(desk, product, grant, snapshot, unknown.subject, None)
    if desk.snapshot is not None:
        enterprise = replace(enterprise, name=registered_name(desk.lake, enterprise.enterprise_id, snapshot))
    return Reading(desk, product, grant, snapshot, enterprise.uscc, enterprise)


@until_erasure(maxsize=256)
def _received(lake: Lake, feeds: frozenset[str], snapshot: int, day: date) -> frozenset[str]:
    """A snapshot changes by an erasure alone, and so does this."""
    before, since = to_micros(known_before(day)), connected_from(lake, feeds, snapshot)
    return frozenset(feed for feed, first in since.items() if first is not None and first < before)


@lru_cache(maxsize=256)
def _stale(lake: Lake, day: date, feeds: frozenset[str], snapshot: int) -> Mapping[str, StaleFeed]:
    """Deliveries stay on record when what was in them is erased."""
    return stale_feeds(lake, day, feeds, snapshot)


@lru_cache(maxsize=256)
def _in_order(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


@lru_cache(maxsize=256)
def _feeds_of(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(feed for name in names for feed in find_feature(name).feeds)
