"""The way of every charged call: find, check, produce, submit; the same for reports, decisions and matches."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.access.consents import require_grant
from api.access.tokens import Identity
from api.canonical import canonical
from api.contracts.in_force import require_product
from api.deployment import Deployment
from api.identifiers import new_identifier
from api.metering.draft import Draft, Receipt
from api.shadowing import Given
from api.test_mode import Asked, raise_declared
from bureau.errors import BureauError, NotPermitted, RoleNotPermitted, SourceDown, WrongPurpose
from bureau.grant import ReadGrant
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


async def answer_question(
    deployment: Deployment,
    caller: Identity,
    key: str,
    question: Question,
    produce: Callable[[ReadGrant], Answer],
    at: datetime,
) -> Receipt:
    """The stored answer of a key, produced now if there is none yet.

    A refusal or a source that is down leaves a call on record, binds no key and is raised again.
    """
    async with deployment.ledger.hold(caller.institution_id, key, question.digest) as found:
        if found is not None:
            return found
        draft = _draft(caller, key, question, at)
        try:
            grant, draft = await run_in_threadpool(_checked, deployment, caller, question, draft)
            answer = await run_in_threadpool(produce, grant)
        except (NotPermitted, SourceDown) as problem:
            await deployment.ledger.refuse(_unanswered(draft, problem))
            raise
        receipt = await deployment.ledger.submit(_answered(draft, answer))
        if not caller.test:
            deployment.shadowing.offer(Given(receipt.call_id, question.product, answer, grant, at))
        return receipt


def _draft(caller: Identity, key: str, question: Question, at: datetime) -> Draft:
    return Draft(
        call_id=new_identifier(at),
        institution_id=caller.institution_id,
        client_id=caller.client_id,
        idempotency_key=key,
        request_sha256=question.digest,
        kind=question.kind,
        product_code=question.product.code,
        product_version=question.product.version,
        uscc=question.uscc,
        purpose=question.purpose,
        consent_id=question.consent_id,
        client_serial=question.client_serial,
        outcome="source_down",
        body={},
        contract_version_id=None,
        consent_required=consent_required(caller, question),
        snapshot=None,
        model_name=None,
        model_version=None,
        received_at=at,
        test=caller.test,
    )


def consent_required(caller: Identity, question: Question) -> bool:
    """Products of public data (CL0) need none, and neither does an enterprise that asks about itself."""
    return question.product.consent != "CL0" and caller.uscc is None


def require_right(session: Session, caller: Identity, question: Question, at: datetime) -> tuple[ReadGrant, int]:
    """The right to ask a question, checked before any record is read: the grant, and the contract version's id.

    Raises `ProductNotContracted`, `RoleNotPermitted` (a token narrowed to other products, or issued before the
    contract had this one; an enterprise that asks about another), `WrongPurpose`, `ConsentMissing`,
    `ConsentExpired` and `ConsentRevoked`; in test mode then the problem a sample enterprise stands for.
    """
    product = question.product
    contract = require_product(session, caller.institution_id, product.code, at)
    if product.code not in caller.products:
        raise RoleNotPermitted(
            caller.role, f"call {product.code} with this token", [f"the scope product:{product.code}"]
        )
    if caller.uscc is not None and (question.uscc, question.purpose) != (caller.uscc, "self"):
        raise RoleNotPermitted(caller.role, "ask about others, or for another purpose than 'self'", ["a bank"])
    if question.purpose not in product.purposes:
        raise WrongPurpose(question.purpose, product.purposes)
    grant = require_grant(
        session,
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


def _checked(deployment: Deployment, caller: Identity, question: Question, draft: Draft) -> tuple[ReadGrant, Draft]:
    with Session(deployment.rows_of(caller.sight)) as session:
        grant, contract_version_id = require_right(session, caller, question, draft.received_at)
    return grant, replace(draft, contract_version_id=contract_version_id)


def _unanswered(draft: Draft, problem: BureauError) -> Draft:
    outcome = "refused" if isinstance(problem, NotPermitted) else "source_down"
    return replace(draft, outcome=outcome, problem_code=problem.code)


def body_of(call_id: str, answer: Answer, *, test: bool = False) -> dict[str, Any]:
    """An answer as it is stored and sent, its charge and evidence still to be filled in; one of test mode says so."""
    content = dict(answer.content)
    notice = content.pop("notice")
    return {
        "report_id": call_id,
        "product": {"code": answer.product_code, "version": answer.product_version},
        "subject": {"uscc": answer.uscc, "name": answer.name},
        "as_of": answer.as_of.isoformat(),
        "outcome": answer.outcome,
        **({"test": True} if test else {}),
        **content,
        "charge": None,
        "evidence": None,
        "notice": notice,
    }


def _answered(draft: Draft, answer: Answer) -> Draft:
    return replace(
        draft,
        outcome=answer.outcome,
        body=body_of(draft.call_id, answer, test=draft.test),
        snapshot=answer.snapshot,
        model_name=answer.model_name,
        model_version=answer.model_version,
        data_as_of=answer.data_as_of,
        data_age_days=answer.data_age_days,
        definition_hash=answer.definition_hash,
    )
