"""The way of every charged call: find, check, produce, submit; the same for reports, decisions and matches."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from api.access.tokens import Identity, Verified
from api.deployment import Deployment
from api.identifiers import new_identifier
from api.metering.answer_text import AnswerText
from api.metering.draft import Draft, Receipt
from api.prepared import body_of
from api.questions import Inquiry, Produced, Question, Unanswered, consent_required
from api.shadowing import Given
from bureau.errors import NotPermitted
from bureau.grant import ReadGrant
from bureau.spans import span
from products.reports.answer import Answer


async def answer_question(
    deployment: Deployment,
    caller: Identity,
    key: str,
    question: Question,
    produce: Callable[[ReadGrant], Answer],
    at: datetime,
    token: Verified | None = None,
) -> Receipt:
    """The stored answer of a key, produced now if there is none yet.

    A refusal or a source that is down leaves a call on record, binds no key and is raised again.
    token: the caller's, where nobody asked yet whether it still holds; raises `WrongCredentials` where it does not,
    which leaves nothing.
    """
    with deployment.ledger.failures.watching(caller.institution_id, question.product.code, at, test=caller.test):
        return await _answered_once(deployment, key, Inquiry(caller, key, question, produce, at, token))


async def _answered_once(deployment: Deployment, key: str, asked: Inquiry) -> Receipt:
    caller, question, at = asked.caller, asked.question, asked.at
    with deployment.measures.counted(question.product.code, test=caller.test) as call:
        async with deployment.ledger.alone(caller.institution_id, key):
            try:
                found = await deployment.questions.ask(asked)
            except Unanswered as unanswered:
                await deployment.ledger.refuse(_unanswered(asked, unanswered))
                raise unanswered.problem from None
            if isinstance(found, Receipt):
                call.outcome = "replayed"
                return found
            with span("commit"):
                receipt = await deployment.ledger.submit(_answered(deployment, asked, found))
            call.outcome = found.answer.outcome
            if not caller.test:
                deployment.shadowing.offer(Given(receipt.call_id, question.product, found.answer, found.grant, at))
            return receipt


def _asked(asked: Inquiry) -> dict[str, Any]:
    """What a draft says of its call before it is answered."""
    caller, question = asked.caller, asked.question
    return {
        "call_id": new_identifier(asked.at),
        "institution_id": caller.institution_id,
        "client_id": caller.client_id,
        "idempotency_key": asked.key,
        "request_sha256": question.digest,
        "kind": question.kind,
        "product_code": question.product.code,
        "product_version": question.product.version,
        "uscc": question.uscc,
        "purpose": question.purpose,
        "consent_id": question.consent_id,
        "client_serial": question.client_serial,
        "consent_required": consent_required(caller, question),
        "received_at": asked.at,
        "test": caller.test,
    }


def _unanswered(asked: Inquiry, unanswered: Unanswered) -> Draft:
    return Draft(
        **_asked(asked),
        outcome="refused" if isinstance(unanswered.problem, NotPermitted) else "source_down",
        problem_code=unanswered.problem.code,
        body={},
        contract_version_id=unanswered.contract_version_id,
        snapshot=None,
        model_name=None,
        model_version=None,
    )


def _answered(deployment: Deployment, asked: Inquiry, found: Produced) -> Draft:
    answer, facts = found.answer, _asked(asked)
    return Draft(
        **facts,
        contract_version_id=found.contract_version_id,
        outcome=answer.outcome,
        body=_text_of(deployment, facts["call_id"], answer, test=asked.caller.test),
        snapshot=answer.snapshot,
        model_name=answer.model_name,
        model_version=answer.model_version,
        data_as_of=answer.data_as_of,
        data_age_days=answer.data_age_days,
        definition_hash=answer.definition_hash,
    )


def _text_of(deployment: Deployment, call_id: str, answer: Answer, *, test: bool) -> AnswerText | dict[str, Any]:
    """Its text; what cannot be written is left to the ledger, which says so."""
    try:
        return deployment.texts.text_of(answer, test=test)
    except (TypeError, ValueError):
        return body_of(call_id, answer, test=test)
