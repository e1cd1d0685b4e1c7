"""Nothing is conditioned on the label: records of every feed, ids, order, batches and the mere presence of rows."""

from pathlib import Path

import polars as pl

from features.contracts.feeds import find_feed
from features.sources.city.arrivals import arrivals
from features.sources.city.label import beyond, explained, plain
from features.sources.city.placement import placement
from features.sources.city.promises import ROOM, Promise, Size, judge_largest, worst_of
from features.sources.city.records import FEEDS
from features.sources.city.separation import CHANCE
from features.sources.source import Check

NOTHING = 0.02
"""AUC from 0.48 to 0.52 is nothing."""
_SILENT = CHANCE + NOTHING

RECORDS = Promise("no record from before a loan knows more than the hidden path: largest AUC", high=_SILENT)
ROWS = Promise("ids, order and batches know nothing: largest AUC", high=_SILENT)
ROWS_BEYOND = Promise("ids, order and batches know no more than the hidden path: largest AUC", high=_SILENT)
PRESENCE = Promise("the mere presence of a period's rows says next to nothing: largest AUC", high=_SILENT)
EVENTS = Promise("the mere presence of events' rows says next to nothing: largest AUC", high=_SILENT)
PRESENCE_BEYOND = Promise("the presence of no feed knows more than the hidden path: largest AUC", high=_SILENT)
LABEL = RECORDS, ROWS, ROWS_BEYOND, PRESENCE, EVENTS, PRESENCE_BEYOND

_WHY_PERIODS = "size and trade decide who has staff, accounts and meters, and what a firm of them risks"
_WHY_EVENTS = "what befalls a firm and what it does follow from its hidden state, as its default does"
_MOST_LOANS = 200_000
"""A figure is exact enough by so many, and all feeds are asked of each."""


def check_label(folder: Path, loans: pl.DataFrame, probes: pl.DataFrame, size: Size) -> tuple[Check, ...]:
    """Each promise with its verdict. probes: measures of the borrowers' records on the day of the grant."""
    step = max(-(-loans.height // _MOST_LOANS), 1)
    placed = placement(folder, loans).gather_every(step)
    loans, probes = loans.gather_every(step), probes.gather_every(step)
    lately, present = _arrived(folder, loans)
    periods = [feed for feed in FEEDS if find_feed(feed).period is not None]
    return (
        judge_largest(RECORDS, beyond(loans, probes) | beyond(loans, lately), size),
        judge_largest(ROWS, plain(loans, placed), size),
        judge_largest(ROWS_BEYOND, beyond(loans, placed), size),
        _presence(PRESENCE, loans, present.select(periods), size, _WHY_PERIODS),
        _presence(EVENTS, loans, present.drop(periods), size, _WHY_EVENTS),
        judge_largest(PRESENCE_BEYOND, beyond(loans, present), size),
    )


def _arrived(folder: Path, loans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A column for each feed: how many rows arrived in the two years before the grant, and whether any ever did."""
    of_feeds = {feed: arrivals(folder, loans, feed) for feed in FEEDS}
    lately = pl.DataFrame({f"rows of {feed}": lately for feed, (lately, _) in of_feeds.items()})
    return lately, pl.DataFrame({feed: ever > 0 for feed, (_, ever) in of_feeds.items()})


def _presence(promise: Promise, loans: pl.DataFrame, present: pl.DataFrame, size: Size, why: str) -> Check:
    """Known where it is no more than the path explains: what is held against the label is then held beyond the path."""
    worst = worst_of(promise, plain(loans, present))
    expected = explained(loans, present[worst.of])
    told = f"{why}: the hidden path alone lets expect {expected:.3f} of {worst.of}"
    return promise.excuse(worst, size, told, expected + NOTHING + ROOM * worst.error)
