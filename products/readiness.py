"""Which products a home can answer now, and why not the others."""

from collections.abc import Iterator

from bureau.clock import now, shanghai_day
from bureau.errors import SourceDown
from features.definitions.library import find_feature
from features.lake.freshness import newest_deliveries, stale_feeds
from products.desk import Desk
from products.product import Product, on_sale


def silent_feeds(desk: Desk) -> list[str]:
    """The feeds received here whose next delivery is overdue by more than their contracts allow."""
    return sorted(stale_feeds(desk.lake, desk.today, _received(desk)))


def unanswerable(desk: Desk) -> dict[str, str | None]:
    """Each product this home answers -> why it answers nobody at present; None where it does.

    A report needs a feed it rests on that is not overdue, a score its model too. What rests on no feed received here,
    or on a score for which no model is set, is for homes of another source.
    """
    received, silent = _received(desk), set(silent_feeds(desk))
    return {product.code: _why_not(desk, product, received, silent) for product in _of_this_home(desk, received)}


def _of_this_home(desk: Desk, received: frozenset[str]) -> Iterator[Product]:
    for product in on_sale(shanghai_day(now())):  # what is sold today, whatever day its features are of
        sold = {"report": bool(received & product.feeds()), "score": desk.serves(product.code)}
        if sold.get(product.kind, False):
            yield product


def _why_not(desk: Desk, product: Product, received: frozenset[str], silent: set[str]) -> str | None:
    feeds = product.feeds()
    if product.kind == "score":
        try:
            model = desk.model_for(product.code)
        except SourceDown as problem:
            return str(problem)
        feeds &= {feed for name in model.features for feed in find_feature(name).feeds}
    rests_on = (frozenset(product.rests_on) & feeds or feeds) & received
    if rests_on <= silent:
        return f"every feed {product.code} rests on is overdue: {', '.join(sorted(rests_on)) or 'none was received'}."
    return None


def _received(desk: Desk) -> frozenset[str]:
    return frozenset(newest_deliveries(desk.lake, desk.today, desk.lake.snapshot()))
