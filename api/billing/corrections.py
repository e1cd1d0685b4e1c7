"""What reversals of a month take off the months before, whose statements stand."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from api.billing.lines import lines_of
from api.billing.months import Month
from api.contracts.in_force import contract_in_force
from api.metering.tables import UsageLine
from bureau.clock import from_micros, shanghai_day, to_micros

_taken_back = aliased(UsageLine)
_SUM = select(func.sum(UsageLine.amount_fen))


def earlier_corrections(session: Session, institution_id: int, month: Month) -> list[dict[str, Any]]:
    """For each earlier month whose calls this one reverses: what their charges were, and what its minimum keeps.

    Both together are what that month comes to less than it did: nothing, where it costs its minimum either way.
    """
    return [
        _correction(session, institution_id, Month(first), month, fen)
        for first, fen in sorted(_reversed_by_month(session, institution_id, month).items())
    ]


def minimum_of(session: Session, institution_id: int, month: Month) -> int:
    """What a month costs at least: by the contract version in force when it ends."""
    contract = contract_in_force(session, institution_id, from_micros(to_micros(month.ends) - 1))
    return contract.terms.minimum_fen if contract else 0


def _correction(session: Session, institution_id: int, earlier: Month, month: Month, fen: int) -> dict[str, Any]:
    minimum = minimum_of(session, institution_id, earlier)
    before = _charged(session, institution_id, earlier) + _taken_off(session, institution_id, earlier, month)
    less = max(before + fen, minimum) - max(before, minimum)
    return {"month": str(earlier), "reversed_fen": fen, "minimum_keeps_fen": less - fen}


def _reversed_by_month(session: Session, institution_id: int, month: Month) -> Counter[Any]:
    told = select(_taken_back.committed_at, UsageLine.amount_fen).join(
        _taken_back, _taken_back.id == UsageLine.reverses
    )
    query = lines_of(told, institution_id, month.begins, month.ends).where(_taken_back.committed_at < month.begins)
    sums: Counter[Any] = Counter()
    for committed_at, fen in session.execute(query):
        sums[shanghai_day(committed_at).replace(day=1)] += fen
    return sums


def _charged(session: Session, institution_id: int, earlier: Month) -> int:
    query = lines_of(_SUM, institution_id, earlier.begins, earlier.ends)
    return int(session.scalar(query.where(UsageLine.kind == "charge")) or 0)


def _taken_off(session: Session, institution_id: int, earlier: Month, month: Month) -> int:
    """What was reversed of an earlier month's calls before this month began, below zero."""
    query = lines_of(_SUM, institution_id, earlier.begins, month.begins)
    query = query.join(_taken_back, _taken_back.id == UsageLine.reverses)
    of_earlier = (_taken_back.committed_at >= earlier.begins, _taken_back.committed_at < earlier.ends)
    return int(session.scalar(query.where(*of_earlier)) or 0)
