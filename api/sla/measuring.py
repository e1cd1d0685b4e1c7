"""The meter: what a month's rows say of each promise of a contract.

Latency and age of data are read from usage lines: charges of live calls, reversed ones included, as they took as long.
Availability adds the calls whose source was down, and the failed requests that have no row (`api.metering.failures`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from api.billing.lines import Asked, lines_of
from api.billing.months import Month
from api.contracts.in_force import Contract, contract_in_force
from api.contracts.service_levels import Availability, DataAge, Latency
from api.metering.draft import ANSWERED
from api.metering.tables import FailedMinute, UsageLine
from bureau.clock import from_micros, to_micros

_taken_back = aliased(UsageLine)


@dataclass(frozen=True)
class Verdict:
    """One promise and what became of it.

    limit: milliseconds, days, or None for availability. measured_bp: rounded down, so that what is missed never
    reads as kept. reached: the value that the promised share of calls kept, exactly, in microseconds or days.
    kept: None where too few calls count.
    """

    product: str
    measure: str
    limit: int | None
    share_bp: int
    credit_percent: int
    counted: int
    within: int
    measured_bp: int | None
    reached: int | None
    kept: bool | None

    def shown(self) -> dict[str, Any]:
        """As it is kept with a credit note."""
        return asdict(self)


def contract_of(session: Session, institution_id: int, month: Month) -> Contract | None:
    """The contract whose promises hold for a month: the version in force when it ends."""
    return contract_in_force(session, institution_id, from_micros(to_micros(month.ends) - 1))


def measure_month(session: Session, institution_id: int, month: Month) -> list[Verdict]:
    """A verdict on each promise, in the contract's order; of a month that is not over, what it comes to so far."""
    contract = contract_of(session, institution_id, month)
    levels = contract.terms.service_levels if contract else ()
    return [_verdict(session, institution_id, month, level) for level in levels]


def charged_fen(session: Session, institution_id: int, month: Month, product: str) -> int:
    """What a product's calls of a month cost, reversals of them taken off; what a credit is a share of."""
    query = (
        select(func.coalesce(func.sum(UsageLine.amount_fen), 0))
        .join(_taken_back, _taken_back.id == UsageLine.reverses, isouter=True)
        .where(UsageLine.kind != "credit")
        .where(or_(UsageLine.reverses.is_(None), _taken_back.committed_at >= month.begins))
    )
    return int(session.scalar(_of_month(query, institution_id, month, product)) or 0)


def _verdict(session: Session, institution_id: int, month: Month, level: Latency | Availability | DataAge) -> Verdict:
    place = institution_id, month, level.product
    limit, reached = None, None
    match level:
        case Latency():
            limit = level.limit_ms
            counted, within = _counted(session, place, UsageLine.latency_us, UsageLine.latency_us <= limit * 1_000)
            reached = _reached(session, place, UsageLine.latency_us, counted, level.share_bp)
        case DataAge():
            limit = level.limit_days
            counted, within = _counted(session, place, UsageLine.data_age_days, UsageLine.data_age_days <= limit)
            reached = _reached(session, place, UsageLine.data_age_days, counted, level.share_bp)
        case Availability():
            counted, within = _requests(session, place)
    enough = counted >= level.least_calls
    return Verdict(
        product=level.product,
        measure=level.measure,
        limit=limit,
        share_bp=level.share_bp,
        credit_percent=level.credit_percent,
        counted=counted,
        within=within,
        measured_bp=within * 10_000 // counted if counted else None,
        reached=reached,
        kept=within * 10_000 >= level.share_bp * counted if enough else None,
    )


_Place = tuple[int, Month, str]  # institution, month, product
_Column = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


def _counted(session: Session, place: _Place, column: _Column, within: ColumnElement[bool]) -> tuple[int, int]:
    """(answered calls that have the figure, those of them within the limit)."""
    query = select(func.count(), func.coalesce(func.sum(case((within, 1), else_=0)), 0)).select_from(UsageLine)
    counted, kept = session.execute(_of_month(_answered(query, column), *place)).one()
    return int(counted), int(kept)


def _reached(session: Session, place: _Place, column: _Column, counted: int, share_bp: int) -> int | None:
    """The nearest rank, exactly: the value of the last call of the promised share, in ascending order."""
    rank = -(-counted * share_bp // 10_000)
    query = _of_month(_answered(select(column), column), *place).order_by(column).offset(max(rank - 1, 0)).limit(1)
    found: int | None = session.scalar(query)
    return found


def _requests(session: Session, place: _Place) -> tuple[int, int]:
    """(requests we had to answer, those we answered)."""
    institution_id, month, product = place
    by_outcome = select(UsageLine.outcome, func.count()).where(UsageLine.kind == "charge").group_by(UsageLine.outcome)
    outcomes = {row[0]: int(row[1]) for row in session.execute(_of_month(by_outcome, *place))}
    answered = sum(count for outcome, count in outcomes.items() if outcome in ANSWERED)
    lost = select(func.coalesce(func.sum(FailedMinute.requests), 0)).where(
        FailedMinute.institution_id == institution_id,
        FailedMinute.product_code == product,
        FailedMinute.minute >= month.begins,
        FailedMinute.minute < month.ends,
        FailedMinute.test.is_(False),
    )
    failed = outcomes.get("source_down", 0) + int(session.scalar(lost) or 0)
    return answered + failed, answered


def _answered(query: Asked, column: _Column) -> Asked:
    return query.where(UsageLine.kind == "charge", UsageLine.outcome.in_(ANSWERED), column.is_not(None))


def _of_month(query: Asked, institution_id: int, month: Month, product: str) -> Asked:
    return lines_of(query, institution_id, month.begins, month.ends).where(UsageLine.product_code == product)


def missed(verdicts: Sequence[Verdict]) -> dict[str, list[Verdict]]:
    """Product -> its promises that were missed."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.kept is False:
            found.setdefault(verdict.product, []).append(verdict)
    return found
