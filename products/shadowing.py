"""What the shadow of a model would have said of an answer that was given: same subject, day, snapshot and grant."""

import time
from dataclasses import replace
from datetime import datetime

from bureau.errors import BureauError
from bureau.grant import ReadGrant
from models.monitoring.alarm import alarmed
from models.scoring import ScoringModel
from models.shadow import ShadowAnswer
from products.desk import Desk
from products.product import Product
from products.reading import open_reading
from products.reports.answer import Answer

_SHOWN = ("score", "grade", "pd")
"""Of the champion's result, what the shadow is held against; a match shows no PD."""


def shadow_answer(
    desk: Desk, product: Product, answer: Answer, grant: ReadGrant, call_id: str, at: datetime
) -> ShadowAnswer | None:
    """None where no shadow runs, or no score was given. An error is an answer too, by its code; where its reasons miss
    its score an alert is kept besides."""
    result = answer.content["result"] or {}
    if answer.model_name is None or result.get("score") is None:
        return None
    with alarmed(desk.home, desk.today, "shadow answers"):
        model = desk.shelf.shadow(answer.model_name)
    if model is None:
        return None
    started = time.perf_counter()
    said = ShadowAnswer(
        call_id=call_id,
        at=at.isoformat(),
        as_of=answer.as_of.isoformat(),
        snapshot=answer.snapshot,
        champion={"version": answer.model_version, **{name: result.get(name) for name in _SHOWN}},
        version=model.version,
        pd=None,
        score=None,
        grade=None,
        reasons=(),
        problem=None,
        microseconds=0,
    )
    then = replace(desk, today=answer.as_of, snapshot=answer.snapshot)
    try:
        with alarmed(desk.home, desk.today, "shadow answers"):
            said = _told(said, then, model, product, answer, grant)
    except BureauError as problem:
        said = replace(said, problem=problem.code)
    return replace(said, microseconds=int((time.perf_counter() - started) * 1e6))


def _told(
    said: ShadowAnswer, desk: Desk, model: ScoringModel, product: Product, answer: Answer, grant: ReadGrant
) -> ShadowAnswer:
    """The grant is that of the product asked for: a shadow that reads more says nothing."""
    reading = open_reading(desk, product, answer.uscc, grant)
    scored = model.score(reading.values(model.features))
    codes = tuple(reason.code for reason in scored.reasons)
    return replace(said, pd=scored.pd, score=scored.score, grade=scored.grade, reasons=codes)
