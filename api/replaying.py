"""A stored answer produced once more from what it was produced from, and held against the bytes that were sent."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product as of_each
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.canonical import written
from api.matching.demand import numbered
from api.matching.offers import offers_of
from api.metering.tables import Call, StoredAnswer
from api.prepared import body_of
from api.vault import Vault
from bureau.errors import InvalidInput, UnknownObject
from bureau.grant import operator_grant
from products.decisions.deciding import decide
from products.decisions.policy import find_policy_of
from products.desk import Desk
from products.lending import Application
from products.matchmaking.matching import match
from products.matchmaking.terms import LoanProductTerms, Need
from products.product import Product, definitions_of, find_line, versions_of
from products.reports.answer import Answer
from products.reports.producing import produce_report
from products.reports.replaying import desk_then


@dataclass(frozen=True)
class Replayed:
    """body: as it comes out now. differing: its fields that are not as they were sent; none where the bytes agree."""

    body: bytes
    differing: tuple[str, ...]


def replay_call(session: Session, vault: Vault, desk_of: Callable[[bool], Desk], call_id: str) -> Replayed:
    """An answer from its own snapshot, day, law, marks and model; a decision also from its application under its
    policy, a match from its need and the loan products it met, whose terms never change. desk_of: the city's desk, or
    that of the samples for a call in test mode; where the samples are declared otherwise since, the answer may differ.

    A product sold in another version since is read by the line it had, a policy changed since is that of then. Raises
    `UnknownObject`, `DamagedModel` where the model's files are not those that answered, and `InvalidInput` where the
    snapshot was given up, where that line or policy is not kept, where features are defined otherwise now and for this
    another answer comes out, and for a decision given before its application was kept with it.
    """
    query = select(Call, StoredAnswer.sealed).join(StoredAnswer, StoredAnswer.call_id == Call.id)
    found = session.execute(query.where(Call.id == call_id)).one_or_none()
    if found is None:
        raise UnknownObject("report", call_id)
    call, sealed = found.tuple()
    sent = vault.open(sealed, call_id)
    body = json.loads(sent)
    day = date.fromisoformat(body["as_of"])
    product, given = find_line(call.product_code, call.product_version), _given(call, day)
    then = desk_then(desk_of(call.test), product, given, used_on=day, at=call.received_at)
    scores = _scores_then(call, product)
    desks = (replace(then, lines={**lines, product.code: product}) for lines in scores)
    tried = (
        _held_against(sent, body, _answered(session, of_then, product, call.kind, given.uscc, body))
        for of_then in desks
    )
    first = next(tried)
    again = first if not first.differing else next((one for one in tried if not one.differing), first)
    if again.differing and not _read_then(call, product, scores[0]):
        raise InvalidInput(
            f"{call_id} was answered with features defined as {call.definition_hash} (SHA-256), and they are now "
            f"defined as {definitions_of(product)}: replay it on the release that answered. Here it differs in "
            f"{', '.join(again.differing)}."
        )
    return again


def _scores_then(call: Call, product: Product) -> list[dict[str, Product]]:
    """The lines a matching's scores may have had, because a match names no version of theirs: of all versions here
    first those that read what the answer says it read, and the present before the earlier. For any other: none."""
    combined = [dict(zip(product.scores, lines, strict=True)) for lines in of_each(*map(versions_of, product.scores))]
    return sorted(combined, key=lambda lines: not _read_then(call, product, lines))


def _read_then(call: Call, product: Product, scores: Mapping[str, Product]) -> bool:
    """Whether an answer's features were defined as these lines read them now; of one without a hash nobody knows."""
    return call.definition_hash in (None, definitions_of(product, scores))


def _held_against(sent: bytes, body: Mapping[str, Any], answer: Answer) -> Replayed:
    again = body_of(body["report_id"], answer, test="test" in body) | {
        name: body[name] for name in ("charge", "evidence")
    }
    text = written(again)
    return Replayed(text, () if text == sent else _differing(body, again))


def _answered(session: Session, then: Desk, product: Product, kind: str, uscc: str, body: Mapping[str, Any]) -> Answer:
    if kind == "decision":
        return _decision(then, uscc, body)
    if kind == "match":
        return _match(session, then, body)
    return produce_report(then, product, uscc, operator_grant())


def _decision(then: Desk, uscc: str, body: Mapping[str, Any]) -> Answer:
    if "application" not in body:
        raise InvalidInput(f"{body['report_id']} was decided before applications were kept: its inputs are not here.")
    policy = find_policy_of(body["policy"]["name"], body["policy"]["version"])
    return decide(then, uscc, Application.model_validate(body["application"]), policy, operator_grant())


def _match(session: Session, then: Desk, body: Mapping[str, Any]) -> Answer:
    met = [found["loan_product"] for found in body["result"]["matches"]]
    terms = {offer.id: LoanProductTerms.model_validate(offer.terms) for offer in offers_of(session, met)}
    answer = match(then, Need.model_validate(body["need"]), terms, operator_grant())
    return replace(answer, content=numbered(body["need_id"], answer.content))


def _given(call: Call, day: date) -> Answer:
    """What is on record of an answer beside its content."""
    if call.snapshot is None or call.uscc is None:
        raise InvalidInput(f"{call.id} names no snapshot and no enterprise, so it cannot be produced again.")
    return Answer(
        product_code=call.product_code,
        product_version=call.product_version,
        uscc=call.uscc,
        name=None,
        as_of=day,
        outcome="found",
        content={},
        snapshot=call.snapshot,
        model_name=call.model_name,
        model_version=call.model_version,
        definition_hash=call.definition_hash or "",
    )


def _differing(sent: Mapping[str, Any], again: Mapping[str, Any]) -> tuple[str, ...]:
    names = tuple(name for name in {**sent, **again} if sent.get(name) != again.get(name))
    return names or ("order of the fields",)
