"""Reconciliation: an institution's own lines beside ours, each line matched by the call's number."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.audit.acts import enter_acts
from api.billing.lines import lines_of
from api.billing.months import Month
from api.billing.tables import Reconciliation
from api.canonical import canonical
from api.identifiers import new_identifier
from api.metering.tables import Call, UsageLine
from bureau.errors import InvalidInput


@dataclass(frozen=True)
class TheirLine:
    """One charge as the institution has it: by our call's number or by its own serial."""

    amount_fen: int
    call_id: str | None = None
    client_serial: str | None = None


@dataclass(frozen=True)
class Compared:
    """One line of the comparison. outcome: match | amount_differs | only_ours | only_theirs."""

    outcome: str
    call_id: str | None
    client_serial: str | None
    ours_fen: int | None
    theirs_fen: int | None


def reconcile(
    session: Session, institution_id: int, month: Month, theirs: Sequence[TheirLine], *, client_id: str, at: datetime
) -> tuple[Reconciliation, list[Compared]]:
    """Compare and keep the counts. A call and its reversal in the same month are one line of ours.

    Returns what was kept, and every line that is no match. Raises `InvalidInput` for a line without a number, or one
    that stands twice.
    """
    ours = _our_lines(session, institution_id, month)
    by_serial = _unique_serials(ours)
    found: dict[str, TheirLine] = {}
    strangers: list[TheirLine] = []
    for line in theirs:
        if line.call_id is None and line.client_serial is None:
            raise InvalidInput("Each line names its call_id or its client_serial.")
        call_id = line.call_id if line.call_id is not None else by_serial.get(line.client_serial or "")
        if call_id in found:
            raise InvalidInput(f"Call {call_id} stands twice among the lines; send each once.")
        if call_id in ours:
            found[call_id] = line
        else:
            strangers.append(line)
    compared = [
        *(
            _compare(call_id, serial, fen, found.get(call_id))
            for call_id, (serial, fen) in ours.items()
            if fen or call_id in found  # what came to nothing needs no counterpart
        ),
        *(Compared("only_theirs", one.call_id, one.client_serial, None, one.amount_fen) for one in strangers),
    ]
    kept = _keep(session, institution_id, month, theirs, compared, client_id, at)
    return kept, [line for line in compared if line.outcome != "match"]


def _our_lines(session: Session, institution_id: int, month: Month) -> dict[str, tuple[str | None, int]]:
    """Call id -> (client serial, fen) of the month's lines; a credit is of no call, so nobody has one to compare."""
    told = select(Call.id, Call.client_serial, func.sum(UsageLine.amount_fen))
    query = lines_of(told.join(Call, Call.id == UsageLine.call_id), institution_id, month.begins, month.ends)
    query = query.group_by(Call.id, Call.client_serial).order_by(Call.id)
    return {call_id: (serial, int(fen)) for call_id, serial, fen in session.execute(query)}


def _unique_serials(ours: Mapping[str, tuple[str | None, int]]) -> dict[str, str]:
    """Client serial -> call id, of serials that name one call that cost something, or else one in all.

    Who was refused, or found the source down, asks again with the same serial.
    """
    named: defaultdict[str, list[str]] = defaultdict(list)
    for call_id, (serial, _) in ours.items():
        if serial is not None:
            named[serial].append(call_id)
    meant = {serial: [one for one in calls if ours[one][1]] or calls for serial, calls in named.items()}
    return {serial: calls[0] for serial, calls in meant.items() if len(calls) == 1}


def _compare(call_id: str, serial: str | None, fen: int, theirs: TheirLine | None) -> Compared:
    if theirs is None:
        return Compared("only_ours", call_id, serial, fen, None)
    outcome = "match" if theirs.amount_fen == fen else "amount_differs"
    return Compared(outcome, call_id, serial, fen, theirs.amount_fen)


def _keep(
    session: Session,
    institution_id: int,
    month: Month,
    theirs: Sequence[TheirLine],
    compared: Sequence[Compared],
    client_id: str,
    at: datetime,
) -> Reconciliation:
    sent = [[line.call_id, line.client_serial, line.amount_fen] for line in theirs]
    count = {name: sum(line.outcome == name for line in compared) for name in ("match", "amount_differs")}
    kept = Reconciliation(
        id=new_identifier(at),
        institution_id=institution_id,
        month=month.first,
        theirs_sha256=hashlib.sha256(canonical(sent)).hexdigest(),
        matched=count["match"],
        amount_differs=count["amount_differs"],
        only_ours=sum(line.outcome == "only_ours" for line in compared),
        only_theirs=sum(line.outcome == "only_theirs" for line in compared),
        ours_fen=sum(line.ours_fen or 0 for line in compared),
        theirs_fen=sum(line.amount_fen for line in theirs),
        client_id=client_id,
        compared_at=at,
    )
    session.add(kept)
    session.flush()
    enter_acts(session.connection(), [kept])
    return kept
