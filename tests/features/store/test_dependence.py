"""Which features change when a feed's records of an enterprise do."""

from pathlib import Path

from features.contracts.registration import REGISTRATION
from features.definitions.library import published
from features.engine.algebra import Feature, leaves
from features.store.dependence import depending_on, depending_on_feeds
from tests.factories.lakes import ACME, land_rows, make_lake
from tests.factories.registrations import registration


def is_made_of(leaf: Feature, feed: str) -> bool:
    return feed in leaf.feed.derived_from


def test_what_reads_the_feed_or_one_made_of_it(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME)])
    names = depending_on(lake, [1], "F27")
    reading = {entry.name: {leaf.feed.code for leaf in leaves(entry.definition)} for entry in published()}
    derived = {leaf.feed.code for entry in published() for leaf in leaves(entry.definition) if is_made_of(leaf, "F27")}
    assert derived, "related events are made of it"
    assert set(names) == {name for name, feeds in reading.items() if feeds & {"F27", *derived}}


def test_two_feeds_name_each_feature_once_and_a_stranger_none(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME)])
    both = depending_on_feeds(lake, [1], ("F26", "F27"))
    assert set(both) == {*depending_on(lake, [1], "F26"), *depending_on(lake, [1], "F27")}
    assert len(both) == len(set(both))
    assert depending_on(lake, [2], "F26") == ()
