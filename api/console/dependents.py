"""Who uses a feature or a feed: the features made of it, the products that read it, the models that serve those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.console.lineage import Node
from api.pages.departments import department_told
from api.pages.words import told
from features.contracts.contract import Contract
from features.contracts.feeds import find_feed
from features.definitions.library import features_of
from products.product import Product, catalogue


@dataclass(frozen=True)
class Dependents:
    """Products in the order of their codes, models by name."""

    products: tuple[Product, ...]
    models: tuple[str, ...]


def users_of_feature(name: str, serving: Mapping[str, str]) -> Dependents:
    """Products that may read a feature, and the models serving them here. serving: model by product."""
    return _dependents([one for one in catalogue().values() if name in one.features("decision")], serving)


def users_of_feed(feed: str, serving: Mapping[str, str]) -> Dependents:
    """Products that read a feed's records, or a feature made of them."""
    names = {entry.name for entry in features_of(feed)}
    reads = [one for one in catalogue().values() if feed in one.feeds("decision") or names & one.features("decision")]
    return _dependents(reads, serving)


def leads_to(users: Dependents, serving: Mapping[str, str], direct: str) -> frozenset[str]:
    """What of the models' column a feature leads to: the models of its products, and `direct` for one without."""
    return frozenset(serving.get(product.code, direct) for product in users.products)


def users_columns(
    users: Dependents, serving: Mapping[str, str], language: str, direct: str
) -> tuple[list[Node], list[Node]]:
    """The last two columns of a lineage: models, with `direct` for products that read without one, and products."""

    ways = [*users.models, *([direct] if any(one.code not in serving for one in users.products) else [])]
    models = [
        Node(way, frozenset(_full(one, language) for one in users.products if serving.get(one.code, direct) == way))
        for way in ways
    ]
    return models, [Node(_full(product, language)) for product in users.products]


def source_columns(feeds: Sequence[Contract], language: str) -> tuple[list[Node], list[Node], list[Node]]:
    """The first columns of a lineage: departments, the feeds of each, and what is derived from those.

    A feed that is read as it was delivered stands in the third column too, where others in it are derived.
    """
    read_through: dict[str, list[Contract]] = {}
    for feed in feeds:
        for code in feed.derived_from or (feed.code,):
            read_through.setdefault(code, []).append(feed)
    delivered = [find_feed(code) for code in read_through]
    derived = [_feed_node(feed, language) for feed in feeds] if any(feed.derived_from for feed in feeds) else []
    nodes = [
        _feed_node(one, language, read_through[one.code] if derived else None)  # to all that follows where none is
        for one in delivered
    ]
    departments = [
        Node(
            department_told(department, language),
            frozenset(node.text for one, node in zip(delivered, nodes, strict=True) if one.department == department),
        )
        for department in dict.fromkeys(one.department for one in delivered)
    ]
    return departments, nodes, derived


def _feed_node(contract: Contract, language: str, to: Sequence[Contract] | None = None) -> Node:
    """A feed in a drawing, leading to its page. to: the feeds that are read through it."""
    leads = None if to is None else frozenset(_full(one, language) for one in to)
    return Node(_full(contract, language), leads, href=f"/console/feeds/{contract.code}")


def _full(thing: Contract | Product, language: str) -> str:
    return f"{thing.code} {told(thing, 'name', language)}"


def _dependents(products: list[Product], serving: Mapping[str, str]) -> Dependents:
    models = dict.fromkeys(serving[product.code] for product in products if product.code in serving)
    return Dependents(tuple(products), tuple(models))
