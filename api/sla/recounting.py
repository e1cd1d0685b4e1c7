"""Credit notes computed anew, slowly: from the lines and failed minutes of their month, one by one."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.metering.tables import FailedMinute, UsageLine
from api.sla.tables import CreditNote
from bureau.clock import shanghai_day


def differing_notes(session: Session) -> Iterator[tuple[str, Any, Any]]:
    """(what, as the note says, as it should say) of each figure of a note that does not follow."""
    for note in session.scalars(select(CreditNote).order_by(CreditNote.id)).all():
        of_product = select(UsageLine).where(
            UsageLine.institution_id == note.institution_id, UsageLine.product_code == note.product_code
        )
        every = {line.id: line for line in session.scalars(of_product)}
        lines = [line for line in every.values() if _counts(line, note, every)]
        charged = sum(line.amount_fen for line in lines)
        percent = min(100, sum(verdict["credit_percent"] for verdict in note.verdicts))
        fen = floor(Fraction(charged * percent, 100) + Fraction(1, 2))
        told = note.charged_fen, note.percent, note.amount_fen
        if told != (charged, percent, fen):
            yield f"credit note {note.id}", told, (charged, percent, fen)
        for verdict in note.verdicts:
            found = _measured(session, note, lines, verdict)
            if (verdict["counted"], verdict["within"]) != found:
                yield f"{verdict['measure']} of credit note {note.id}", (verdict["counted"], verdict["within"]), found


def _counts(line: UsageLine, note: CreditNote, every: Mapping[str, UsageLine]) -> bool:
    """Whether it is of a call of the note's month, and written in it."""
    called = every.get(line.reverses or line.id, line)
    months = {shanghai_day(one.committed_at).replace(day=1) for one in (line, called)}
    return not line.test and line.kind != "credit" and months == {note.month}


def _measured(session: Session, note: CreditNote, lines: list[UsageLine], verdict: dict[str, Any]) -> tuple[int, int]:
    charges = [line for line in lines if line.kind == "charge"]
    answered = [line for line in charges if line.outcome not in ("refused", "source_down")]
    if verdict["measure"] == "latency":
        return len(answered), sum(line.latency_us <= verdict["limit"] * 1_000 for line in answered)
    if verdict["measure"] == "data_age":
        ages = [line.data_age_days for line in answered if line.data_age_days is not None]
        return len(ages), sum(age <= verdict["limit"] for age in ages)
    minutes = select(FailedMinute).where(
        FailedMinute.institution_id == note.institution_id, FailedMinute.product_code == note.product_code
    )
    of_month = (
        one.requests
        for one in session.scalars(minutes)
        if not one.test and shanghai_day(one.minute).replace(day=1) == note.month
    )
    down = sum(line.outcome == "source_down" for line in charges)
    return len(answered) + down + sum(of_month), len(answered)
