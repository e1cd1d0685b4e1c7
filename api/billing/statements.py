"""A statement: drawn up from the ledger's lines, signed by the bureau when the month is over, then agreed to."""

import csv
import hashlib
import io
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.audit.acts import enter_acts
from api.billing.corrections import earlier_corrections, minimum_of
from api.billing.lines import paid_from_wallet, statement_lines
from api.billing.months import Month
from api.billing.tables import Statement
from api.canonical import canonical, written
from api.contracts.tables import ContractVersion
from api.identifiers import new_identifier
from api.jobs.queue import SEND_WEBHOOKS, enqueue
from api.metering.exclusive import take_turn
from api.metering.tables import Event
from api.signing import Signer
from api.sla.crediting import propose_credits
from bureau.errors import StateConflict, UnknownObject

COLUMNS = (
    "number",
    "product",
    "product_version",
    "contract_version",
    "price_rule",
    "purpose",
    "outcome",
    "basis",
    "kind",
    "calls",
    "units",
    "amount_fen",
)
"""Of a statement's lines, in the order of its CSV."""


def draw_up(session: Session, institution_id: int, month: Month) -> dict[str, Any]:
    """What a month comes to so far: its lines, what its calls cost, what is missing to its minimum, and what comes
    off for months before: reversals of their calls, and credits.

    The minimum is that of the contract version in force when the month ends. What is of months before comes off
    whatever the month costs. What wallets paid of it, less what flowed back into them, is paid: the rest is due, and
    one below zero is owed to the institution.
    """
    institution = session.get(Institution, institution_id)
    if institution is None:
        raise UnknownObject("institution", str(institution_id))
    lines = statement_lines(session, institution_id, month)
    credits_fen = sum(line["amount_fen"] for line in lines if line["kind"] == "credit")
    corrections = earlier_corrections(session, institution_id, month)
    reversed_fen = sum(one["reversed_fen"] for one in corrections)
    corrections_fen = reversed_fen + sum(one["minimum_keeps_fen"] for one in corrections)
    calls_fen = sum(line["amount_fen"] for line in lines) - credits_fen - reversed_fen
    minimum = minimum_of(session, institution_id, month)
    total, paid = (
        max(calls_fen, minimum) + corrections_fen + credits_fen,
        paid_from_wallet(session, institution_id, month),
    )
    return {
        "institution": institution.name,
        "month": str(month),
        "begins": month.begins.isoformat(),
        "ends": month.ends.isoformat(),
        "lines": lines,
        "calls_fen": calls_fen,
        "minimum_fen": minimum,
        "minimum_top_up_fen": max(minimum - calls_fen, 0),
        "corrections": corrections,
        "corrections_fen": corrections_fen,
        "credits_fen": credits_fen,
        "total_fen": total,
        "paid_from_wallet_fen": paid,
        "due_fen": total - paid,
    }


def issue_statement(session: Session, signer: Signer, institution_id: int, month: Month, at: datetime) -> Statement:
    """The statement of a month that is over, signed; issued once, and the same from then on. With it the month is
    closed, and service levels it missed become proposed credit notes.

    Whoever asks gets one of every month from that of the first contract on, also where nothing is on it. Raises
    `StateConflict` while the month lasts, and `UnknownObject` for a month before the contract.
    """
    issued = session.get(Statement, (institution_id, month.first))
    if issued is not None:
        return issued
    if at < month.ends:
        raise StateConflict(f"{month} is not over; its statement is issued from {month.ends.isoformat()} on.")
    _require_contract(session, institution_id, month)
    take_turn(session.connection())  # what is being written in this month is waited for
    issued = session.get(Statement, (institution_id, month.first))
    if issued is not None:  # another was in the turn before
        return issued
    content = draw_up(session, institution_id, month) | {"issued_at": at.isoformat()}
    body = written(content)
    issued = Statement(
        institution_id=institution_id,
        month=month.first,
        body=body,
        sha256=hashlib.sha256(canonical(content)).hexdigest(),
        jws=signer.sign_detached(body),
        signature_alg=signer.suite.signature_alg,
        total_fen=content["total_fen"],
        issued_at=at,
    )
    test = session.get_one(Institution, institution_id).test
    session.add_all([issued, _told(issued, month, test=test)])
    session.flush()
    enter_acts(session.connection(), [issued])
    enqueue(session, SEND_WEBHOOKS)
    propose_credits(session, institution_id, month, at)
    return issued


def _require_contract(session: Session, institution_id: int, month: Month) -> None:
    begun = select(ContractVersion.id).where(
        ContractVersion.institution_id == institution_id, ContractVersion.in_force_from < month.ends
    )
    if session.scalar(begun.limit(1)) is None:
        raise UnknownObject("statement", str(month), "of your institution, which had no contract by then")


def _told(issued: Statement, month: Month, *, test: bool) -> Event:
    """That it is issued, for who wants to hear of it."""
    return Event(
        id=new_identifier(issued.issued_at),
        institution_id=issued.institution_id,
        topic="statement.issued",
        payload={
            "month": str(month),
            "total_fen": issued.total_fen,
            "due_fen": due_of(json.loads(issued.body)),
            "sha256": issued.sha256,
        },
        test=test,
        occurred_at=issued.issued_at,
    )


def find_statement(session: Session, institution_id: int, month: Month) -> Statement:
    """The issued statement of a month; raises `UnknownObject`."""
    issued = session.get(Statement, (institution_id, month.first))
    if issued is None:
        raise UnknownObject("statement", str(month))
    return issued


def due_of(content: dict[str, Any]) -> int:
    """What is still to be paid of a statement, in fen; one that says nothing of a wallet asks for its total."""
    return int(content.get("due_fen", content["total_fen"]))


def as_csv(body: bytes) -> str:
    """The lines of a statement, one a row; the sums follow as rows of their own, last what is due if a wallet paid."""
    content = json.loads(body)
    sink = io.StringIO()
    table = csv.DictWriter(sink, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(content["lines"])
    if content["minimum_top_up_fen"]:
        table.writerow({"basis": "minimum_top_up", "amount_fen": content["minimum_top_up_fen"]})
    for one in content.get("corrections", []):
        if one["minimum_keeps_fen"]:
            basis = f"minimum_of_{one['month']}"
            table.writerow({"basis": basis, "amount_fen": one["minimum_keeps_fen"]})
    table.writerow({"basis": "total", "amount_fen": content["total_fen"]})
    if content.get("paid_from_wallet_fen"):
        table.writerow({"basis": "paid_from_wallet", "amount_fen": -content["paid_from_wallet_fen"]})
        table.writerow({"basis": "due", "amount_fen": content["due_fen"]})
    return sink.getvalue()
