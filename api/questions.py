"""Questions of a charged call: by what right they are asked, and how a group of them is answered at once."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Engine, Row
from sqlalchemy.orm import Session

from api.access.consents import read_consents, require_grant
from api.access.tables import Consent
from api.access.tokens import Identity, Verified, held_clients, identity_of
from api.canonical import canonical
from api.contracts.in_force import Contract, Contracts, require_product
from api.metering.bound import bound_answers
from api.metering.draft import Receipt
from api.test_mode import Asked, raise_declared
from api.vault import Vault
from bureau.errors import (
    BureauError,
    NotPermitted,
    ProductNotContracted,
    RoleNotPermitted,
    SourceDown,
    WrongPurpose,
)
from bureau.grant import ReadGrant
from bureau.spans import span
from products.product import Product, Use, fields_of
from products.reports.answer import Answer


@dataclass(frozen=True)
class Question:
    """One charged call as its caller means it.

    kind: report | decision | match. use: which of the product's fields may be read for it.
    digest: SHA-256 over the RFC 8785 form of path and body; tells a retry from a reused key.
    """

    kind: str
    product: Product
    uscc: str
    purpose: str
    consent_id: str | None
    client_serial: str | None
    digest: str
    use: Use = "answer"


def request_digest(path: str, body: BaseModel) -> str:
    """What two requests must share to be the same one: hexadecimal SHA-256 of their path and body."""
    written: Any = {"path": path, "body": body.model_dump(mode="json", exclude_unset=True)}
    return hashlib.sha256(canonical(written)).hexdigest()


@dataclass(frozen=True)
class Inquiry:
    """A question on its way to its answer. context: of its request, whose trace its steps belong to.

    token: the caller's, where nobody asked yet whether it still holds.
    """

    caller: Identity
    key: str
    question: Question
    produce: Callable[[ReadGrant], Answer]
    at: datetime
    token: Verified | None = None
    context: Context = field(default_factory=copy_context)


@dataclass(frozen=True)
class Produced:
    """What was answered, what was read with, and under which contract version."""

    answer: Answer
    grant: ReadGrant
    contract_version_id: int


class Unanswered(Exception):
    """A call that got no answer after it was asked by right or not: it goes on record, its problem to the caller."""

    def __init__(self, problem: BureauError, contract_version_id: int | None) -> None:
        super().__init__(problem.message)
        self.problem, self.contract_version_id = problem, contract_version_id


def answer_all(
    engine: Engine, vault: Vault, contracts: Contracts, group: Sequence[Inquiry]
) -> Iterator[Receipt | Produced | Exception]:
    """The answer of each of a group, in order: what its key is bound to, or produced by right. `WrongCredentials`
    where its token does not hold any more. Matches are given again by right alone.

    engine: sees everybody's rows; the rights of each caller are those of its own institution.
    """
    with engine.connect() as connection:
        institutions = {asked.caller.institution_id for asked in group}
        bound = bound_answers(connection, institutions, {asked.key for asked in group}, vault)
        agreed = contracts.in_force(connection, institutions, max(asked.at for asked in group))
        named = {asked.question.consent_id for asked in group if asked.question.consent_id is not None}
        consents = read_consents(connection, named) if named else {}
        unproven = [asked.caller.client_id for asked in group if asked.token is not None]
        held = dict(zip(unproven, held_clients(connection, unproven), strict=True)) if unproven else {}
    for asked in group:
        found = bound.get((asked.caller.institution_id, asked.key))
        try:
            if asked.token is not None:
                identity_of(asked.token, held[asked.caller.client_id], asked.at)
            contract = agreed.get(asked.caller.institution_id)
            consent = consents.get(asked.question.consent_id or "")
            if found is None:
                yield asked.context.run(_produced, asked, contract, consent)
            else:
                if asked.question.kind == "match":  # its key is the platform's: whoever asks anew means no retry
                    asked.context.run(_granted, asked, contract, consent)
                yield found.replay(asked.key, asked.question.digest)
        except Exception as problem:  # of one question, not of the group
            yield problem


def _produced(asked: Inquiry, contract: Contract | None, consent: Row[Any] | None) -> Produced:
    grant, contract_version_id = _granted(asked, contract, consent)
    try:
        return Produced(asked.produce(grant), grant, contract_version_id)
    except (NotPermitted, SourceDown) as problem:
        raise Unanswered(problem, contract_version_id) from problem


def _granted(asked: Inquiry, contract: Contract | None, consent: Row[Any] | None) -> tuple[ReadGrant, int]:
    try:
        with span("consent"):
            return right_of(asked.caller, asked.question, contract, consent, asked.at)
    except (NotPermitted, SourceDown) as problem:
        raise Unanswered(problem, None) from problem


def consent_required(caller: Identity, question: Question) -> bool:
    """Products of public data (CL0) need none, and neither does an enterprise that asks about itself."""
    return question.product.consent != "CL0" and caller.uscc is None


def require_right(session: Session, caller: Identity, question: Question, at: datetime) -> None:
    """Raise as `right_of` does where a caller has no right to ask a question."""
    contract = require_product(session, caller.institution_id, question.product.code, at)
    consent = None if question.consent_id is None else session.get(Consent, question.consent_id)
    right_of(caller, question, contract, consent, at)


def right_of(
    caller: Identity, question: Question, contract: Contract | None, consent: Consent | Row[Any] | None, at: datetime
) -> tuple[ReadGrant, int]:
    """The right to ask a question, checked before any record is read: the grant, and the contract version's id.

    contract: of its institution, in force. consent: the one the question names, whoever's.
    Raises `ProductNotContracted`, `RoleNotPermitted` (a token narrowed to other products, or issued before the
    contract had this one; an enterprise that asks about another), `WrongPurpose`, `ConsentMissing`,
    `ConsentExpired` and `ConsentRevoked`; in test mode then the problem a sample enterprise stands for.
    """
    product = question.product
    if contract is None or product.code not in contract.terms.products:
        raise ProductNotContracted(caller.institution, product.code)
    if product.code not in caller.products:
        raise RoleNotPermitted(
            caller.role, f"call {product.code} with this token", [f"the scope product:{product.code}"]
        )
    if caller.uscc is not None and (question.uscc, question.purpose) != (caller.uscc, "self"):
        raise RoleNotPermitted(caller.role, "ask about others, or for another purpose than 'self'", ["a bank"])
    if question.purpose not in product.purposes:
        raise WrongPurpose(question.purpose, product.purposes)
    grant = require_grant(
        consent,
        institution_id=caller.institution_id,
        institution=caller.institution,
        product_code=product.code,
        consent_required=consent_required(caller, question),
        uscc=question.uscc,
        purpose=question.purpose,
        consent_id=question.consent_id,
        fields=fields_of(product, question.use),
        at=at,
    )
    if caller.test:
        raise_declared(Asked(caller.institution, product, question.uscc, question.purpose, question.consent_id))
    return grant, contract.id
