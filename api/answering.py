"""The way of every charged call: find, check, produce, submit; the same for reports, decisions and matches."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from api.access.tokens import Identity
from api.deployment import Deployment
from api.identifiers import new_identifier
from api.metering.draft import Draft, Receipt
from api.questions import Inquiry, Produced, Question, Unanswered, consent_required
from api.shadowing import Given
from bureau.errors import BureauError, NotPermitted
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
) -> Receipt:
    """The stored answer of a key, produced now if there is none yet.

    A refusal or a source that is down leaves a call on record, binds no key and is raised again.
    """
    with deployment.ledger.failures.watching(caller.institution_id, question.product.code, at, test=caller.test):
        return await _answered_once(deployment, caller, key, question, produce, at)


async def _answered_once(
    deployment: Deployment,
    caller: Identity,
    key: str,
    question: Question,
    produce: Callable[[ReadGrant], Answer],
    at: datetime,
) -> Receipt:
    async with (
        deployment.measures.counted(question.product.code, test=caller.test) as call,
        deployment.ledger.alone(caller.institution_id, key),
    ):
        draft = _draft(caller, key, question, at)
        try:
            found = await deployment.questions.ask(Inquiry(caller, key, question, produce, at))
        except Unanswered as unanswered:
            problem = unanswered.problem
            draft = replace(draft, contract_version_id=unanswered.contract_version_id)
            await deployment.ledger.refuse(_unanswered(draft, problem))
            raise problem from None
        if isinstance(found, Receipt):
            call.outcome = "replayed"
            return found
        with span("commit"):
            receipt = await deployment.ledger.submit(_answered(draft, found))
        call.outcome = found.answer.outcome
        if not caller.test:
            deployment.shadowing.offer(Given(receipt.call_id, question.product, found.answer, found.grant, at))
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


def _answered(draft: Draft, found: Produced) -> Draft:
    answer = found.answer
    return replace(
        draft,
        contract_version_id=found.contract_version_id,
        outcome=answer.outcome,
        body=body_of(draft.call_id, answer, test=draft.test),
        snapshot=answer.snapshot,
        model_name=answer.model_name,
        model_version=answer.model_version,
        data_as_of=answer.data_as_of,
        data_age_days=answer.data_age_days,
        definition_hash=answer.definition_hash,
    )
