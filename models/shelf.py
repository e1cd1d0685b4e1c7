"""The models there are: how each is trained and judged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bureau.errors import InvalidInput, UnknownName
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import StoredModel
from models.first_loan import evaluate as first_evaluate
from models.first_loan import spec as first_spec
from models.first_loan import train as first_train
from models.invoice_default import evaluate as invoice_evaluate
from models.invoice_default import spec as invoice_spec
from models.invoice_default import train as invoice_train
from models.question import Question
from models.sba_default import evaluate as sba_evaluate
from models.sba_default import spec as sba_spec
from models.sba_default import train as sba_train
from models.scoring import ScoringModel
from models.sme_default import evaluate as sme_evaluate
from models.sme_default import spec as sme_spec
from models.sme_default import train as sme_train
from models.spec import ModelSpec
from models.tax_behaviour import evaluate as tax_evaluate
from models.tax_behaviour import spec as tax_spec
from models.tax_behaviour import train as tax_train
from models.training import Trained

Evaluate = Callable[[Lake, date, ReadGrant, ScoringModel, StoredModel], list[dict[str, object]]]
"""A kept version judged on what a day knows: never on what it was trained or calibrated on."""


class Train(Protocol):
    """Training on what a home knows on a day. spec: the model's own question unless put to other kinds."""

    def __call__(self, lake: Lake, day: date, grant: ReadGrant, spec: ModelSpec = ..., /) -> Trained: ...


@dataclass(frozen=True)
class Shelved:
    """A model's question and how it is answered, trained and judged.

    question: what the worth of feeds and of refused applications is measured by; None where the outcomes have no days
    to be divided by, or are of another country's loans. outcomes: its dated outcomes, where they are not its question.
    """

    spec: ModelSpec
    train: Train
    evaluate: Evaluate
    question: Question | None = None
    outcomes: Question | None = None

    @property
    def dated(self) -> Question | None:
        """Dated outcomes, by which it is calibrated anew, audited, and held on its days in service."""
        return self.outcomes or self.question


SHELF = {
    shelved.spec.name: shelved
    for shelved in (
        Shelved(sme_spec.SPEC, sme_train.train, sme_evaluate.evaluate, sme_spec.QUESTION),
        Shelved(first_spec.SPEC, first_train.train, first_evaluate.evaluate, first_spec.QUESTION),
        Shelved(tax_spec.SPEC, tax_train.train, tax_evaluate.evaluate, tax_spec.QUESTION),
        Shelved(invoice_spec.SPEC, invoice_train.train, invoice_evaluate.evaluate),
        Shelved(sba_spec.SPEC, sba_train.train, sba_evaluate.evaluate, outcomes=sba_spec.QUESTION),
    )
}
SPECS: dict[str, ModelSpec] = {name: shelved.spec for name, shelved in SHELF.items()}


def find_model(name: str) -> Shelved:
    """The model of a name; raises `UnknownName` with near names."""
    if name not in SHELF:
        raise UnknownName("model", name, SHELF)
    return SHELF[name]


def find_question(name: str) -> Question:
    """What a model asks of dated outcomes here. Raises `UnknownName`, and `InvalidInput` where it asks none."""
    question = find_model(name).question
    if question is None:
        raise InvalidInput(
            f"{name} cannot be asked that: its outcomes have no days, or are of loans abroad. "
            f"Ask: {_names(shelved for shelved in SHELF.values() if shelved.question)}."
        )
    return question


def find_dated(name: str) -> Question:
    """A model's dated outcomes, here or abroad. Raises `UnknownName`, and `InvalidInput` where they have no days."""
    question = find_model(name).dated
    if question is None:
        raise InvalidInput(
            f"{name} cannot be asked that: its outcomes have no days. "
            f"Ask: {_names(shelved for shelved in SHELF.values() if shelved.dated)}."
        )
    return question


def _names(models: Iterable[Shelved]) -> str:
    return ", ".join(shelved.spec.name for shelved in models)
