"""One answer of a product, ready to be stored and charged."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from products.product import definitions_of
from products.reading import Outcome, Reading
from products.reports.content import ModelUsed
from products.reports.first_form import in_first_form, is_of_first_form


@dataclass(frozen=True)
class Answer:
    """What was found, and everything needed to find it again: product version, day, snapshot, model version.

    model_name, model_version: who was asked, also where there was nothing to score: what it reads decides which feeds
    an answer is judged by. definition_hash: of the features its product may read, as they were defined.
    """

    product_code: str
    product_version: int
    uscc: str
    name: str | None
    as_of: date
    outcome: Outcome
    content: dict[str, Any]
    snapshot: int
    model_name: str | None
    model_version: str | None
    definition_hash: str

    @property
    def data_as_of(self) -> date | None:
        """The day on which the newest record behind it became known, as its content says; None without any."""
        told = self.content.get("data_as_of")
        return None if told is None else date.fromisoformat(told)

    @property
    def data_age_days(self) -> int | None:
        """How old its newest record was on the day it was read as of."""
        return None if self.data_as_of is None else (self.as_of - self.data_as_of).days


def answer_of(reading: Reading, outcome: Outcome, content: dict[str, Any], model: ModelUsed | None) -> Answer:
    """An answer from what it was read with, in the form its line was sold in."""
    content = in_first_form(content) if is_of_first_form(reading.product) else content
    return Answer(
        product_code=reading.product.code,
        product_version=reading.product.version,
        uscc=reading.uscc,
        name=reading.name,
        as_of=reading.day,
        outcome=outcome,
        content=content,
        snapshot=reading.snapshot,
        model_name=model.name if model else None,
        model_version=model.version if model else None,
        definition_hash=definitions_of(reading.product),
    )
