"""Giving an answer again: from the same state of the lake, day, law, marks and model it is the same to the byte."""

from dataclasses import replace
from datetime import date, datetime

from bureau.errors import InvalidInput
from bureau.grant import ReadGrant
from products.desk import Desk, Shelf
from products.product import Product
from products.reports.answer import Answer
from products.reports.producing import produce_report


def replay(desk: Desk, product: Product, given: Answer, grant: ReadGrant, *, used_on: date, at: datetime) -> Answer:
    """The answer as it was given at `at`, under the law of `used_on`; corrections since then do not enter.

    The model is the version that answered, whichever serves now. Raises `InvalidInput` where the product is another
    version than the one that answered, and `DamagedModel` where that version of the model is not kept.
    """
    if product.version != given.product_version:
        raise InvalidInput(
            f"{product.code} is version {product.version} now and was {given.product_version}: replay it there."
        )
    pinned = {given.model_name: given.model_version} if given.model_name and given.model_version else {}
    shelf = Shelf(desk.home, pinned)
    then = replace(desk, today=given.as_of, used_on=used_on, snapshot=given.snapshot, known_by=at, shelf=shelf)
    return produce_report(then, product, given.uscc, grant)
