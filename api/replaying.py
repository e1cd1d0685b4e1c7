"""A stored report produced once more from what it was produced from, and held against the bytes that were sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.answering import body_of
from api.metering.chain import written
from api.metering.tables import Call, StoredAnswer
from bureau.errors import InvalidInput, UnknownObject
from bureau.grant import operator_grant
from products.desk import Desk
from products.product import find_product
from products.reports.answer import Answer
from products.reports.replaying import replay


@dataclass(frozen=True)
class Replayed:
    """body: as it comes out now. differing: its fields that are not as they were sent; none where the bytes agree."""

    body: bytes
    differing: tuple[str, ...]


def replay_call(session: Session, desk: Desk, call_id: str) -> Replayed:
    """A report from its own snapshot, day, law, marks and model. Raises `UnknownObject`, and `InvalidInput` for a
    decision or a match, which rest on a bank's own policy and products, and where the snapshot was given up.
    """
    query = select(Call, StoredAnswer.body).join(StoredAnswer, StoredAnswer.call_id == Call.id)
    found = session.execute(query.where(Call.id == call_id)).one_or_none()
    if found is None:
        raise UnknownObject("report", call_id)
    call, sent = found.tuple()
    if call.kind != "report":
        raise InvalidInput(f"{call_id} is a {call.kind}; only reports are given again.")
    body = json.loads(sent)
    day = date.fromisoformat(body["as_of"])
    product = find_product(call.product_code)
    answer = replay(desk, product, _given(call, day), operator_grant(), used_on=day, at=call.received_at)
    again = body_of(call_id, answer) | {name: body[name] for name in ("charge", "evidence")}
    text = written(again)
    return Replayed(text, () if text == sent else _differing(body, again))


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
    )


def _differing(sent: Mapping[str, Any], again: Mapping[str, Any]) -> tuple[str, ...]:
    names = tuple(name for name in {**sent, **again} if sent.get(name) != again.get(name))
    return names or ("order of the fields",)
