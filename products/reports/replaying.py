"""Giving an answer again: from the same state of the lake, day, law, marks and model it is the same to the byte."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from bureau.clock import shanghai_day
from bureau.errors import InvalidInput
from products.desk import Desk, Shelf
from products.product import Product
from products.reports.answer import Answer


def desk_then(desk: Desk, product: Product, given: Answer, *, used_on: date, at: datetime) -> Desk:
    """The desk as it was when an answer was given at `at`, under the law of `used_on`; later corrections do not enter.

    The model is the one that was asked, whichever serves now, in the version that answered. Raises `InvalidInput` where
    the product is another version than the one that answered, and what reads its model `DamagedModel` where that
    version is not kept.
    """
    if product.version != given.product_version:
        raise InvalidInput(
            f"{product.code} is version {product.version} now and was {given.product_version}: replay it there."
        )
    serving = desk.serving if given.model_name is None else _served_then(desk, product, given.model_name)
    pinned = {given.model_name: given.model_version} if given.model_name and given.model_version else {}
    shelf = Shelf(desk.home, pinned, desk.shelf.declared)
    return replace(
        desk,
        today=given.as_of,
        given_on=shanghai_day(at),
        used_on=used_on,
        snapshot=given.snapshot,
        known_by=at,
        shelf=shelf,
        serving=serving,
        lines={product.code: product},
    )


def _served_then(desk: Desk, product: Product, model: str) -> Mapping[str, str]:
    """What served when a model was asked: the product itself, or of a matching's scores those it serves now, else the
    first."""
    if product.kind == "score":
        return {product.code: model}
    still = {code: name for code, name in desk.serving.items() if code in product.scores and name == model}
    return still or dict.fromkeys(product.scores[:1], model)
