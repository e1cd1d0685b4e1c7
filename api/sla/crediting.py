"""Credit notes: proposed by the meter, confirmed by one pricing officer and approved by another, then a usage line."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from api.access.second_person import one_person, shown
from api.audit.acts import enter_acts
from api.audit.chain import append_leaf, no_answer, read_tail
from api.audit.suites import STANDARD
from api.audit.tables import AuditLeaf
from api.billing.months import Month, closed_until
from api.canonical import canonical
from api.contracts.tables import ContractVersion
from api.contracts.terms import Terms
from api.identifiers import new_identifier
from api.metering.charging import NO_RULE
from api.metering.counting import Counts
from api.metering.exclusive import take_turn
from api.metering.tables import UsageLine, Wallet, WalletEntry
from api.metering.wallet import postings, store_balances
from api.sla.measuring import charged_fen, contract_of, measure_month, missed
from api.sla.tables import CreditNote, CreditStep
from bureau.errors import InvalidInput, SecondPersonNeeded, StateConflict, UnknownObject

State = Literal["proposed", "confirmed", "approved", "declined"]
PURPOSE, OUTCOME, BASIS = "service_level", "credited", "service_credit"
"""What stands in a credit's line where a call has its own."""


@dataclass(frozen=True)
class CreditState:
    """A note with what was done. state: proposed | confirmed | approved | declined."""

    note: CreditNote
    steps: dict[str, CreditStep]

    @property
    def state(self) -> State:
        ended: tuple[State, ...] = ("approved", "declined", "confirmed")
        return next((step for step in ended if step in self.steps), "proposed")


def propose_credits(session: Session, institution_id: int, month: Month, at: datetime) -> list[CreditNote]:
    """A note for each product that missed a promise of a closed month and was charged; none twice.

    The caller has closed the month: nothing is written into it any more.
    """
    contract = contract_of(session, institution_id, month)
    known = select(CreditNote.product_code).where(
        CreditNote.institution_id == institution_id, CreditNote.month == month.first
    )
    present = set(session.scalars(known))
    made = []
    for product, verdicts in missed(measure_month(session, institution_id, month)).items():
        charged = charged_fen(session, institution_id, month, product)
        percent = min(sum(verdict.credit_percent for verdict in verdicts), 100)
        amount = credit_of(charged, percent)
        if contract is None or product in present or amount <= 0:
            continue
        note = CreditNote(
            id=new_identifier(at),
            institution_id=institution_id,
            month=month.first,
            product_code=product,
            contract_version_id=contract.id,
            verdicts=[verdict.shown() for verdict in verdicts],
            charged_fen=charged,
            percent=percent,
            amount_fen=amount,
            proposed_at=at,
        )
        made.append(note)
    session.add_all(made)
    session.flush()
    if made:
        enter_acts(session.connection(), made)
    return made


def credit_of(charged: int, percent: int) -> int:
    """A share of what was charged in whole fen, half a fen upwards; nothing of a month that came to less than zero."""
    return (2 * max(charged, 0) * percent + 100) // 200


def find_credit(session: Session, note_id: str) -> CreditState:
    """A note the session sees; raises `UnknownObject`."""
    note = session.get(CreditNote, note_id)
    if note is None:
        raise UnknownObject("credit note", note_id)
    steps = session.scalars(select(CreditStep).where(CreditStep.note_id == note_id))
    return CreditState(note, {step.step: step for step in steps})


def confirm_credit(session: Session, note_id: str, *, by: str, at: datetime) -> CreditState:
    """One officer has looked at it; another approves it. Raises `UnknownObject`, `StateConflict`."""
    found = _in_turn(session, note_id)
    if found.state != "proposed":
        raise StateConflict(f"Credit note {note_id} is {found.state}; only a proposed one is confirmed.")
    return _step(session, found, "confirmed", by, None, at)


def decline_credit(session: Session, note_id: str, *, by: str, reason: str, at: datetime) -> CreditState:
    """Give no credit, with the reason, which the institution reads. Raises as `confirm_credit`, and `InvalidInput`."""
    if not reason.strip():
        raise InvalidInput("Declining a credit note needs a reason; the institution reads it.")
    found = _in_turn(session, note_id)
    if found.state not in ("proposed", "confirmed"):
        raise StateConflict(f"Credit note {note_id} is {found.state}; that is final.")
    return _step(session, found, "declined", by, reason.strip(), at)


def approve_credit(
    session: Session, note_id: str, *, by: str, at: datetime, hash_alg: str = STANDARD.hash_alg
) -> CreditState:
    """The second person's word: the credit becomes a line of the present month, with a leaf of its own.

    Where the contract is prepaid it flows into the wallet. Raises as `confirm_credit`, and `SecondPersonNeeded`.
    """
    found = _in_turn(session, note_id)
    if found.state != "confirmed":
        raise StateConflict(
            f"Credit note {note_id} is {found.state}; it is approved once one officer has confirmed it."
        )
    confirmed = found.steps["confirmed"].by
    if one_person(session, by.strip(), confirmed):
        raise SecondPersonNeeded(
            f"Credit note {note_id}",
            shown(session, confirmed),
            f"bureau sla approve {note_id} --by PERSON or POST /v1/credit-notes/{note_id}/approval",
            "confirmed",
        )
    done = _step(session, found, "approved", by, None, at)
    _enter(session.connection(), found.note, at, hash_alg)
    return done


def _in_turn(session: Session, note_id: str) -> CreditState:
    """What stands once no other transaction writes to the ledger."""
    take_turn(session.connection())
    return find_credit(session, note_id)


def _step(session: Session, found: CreditState, step: str, by: str, reason: str | None, at: datetime) -> CreditState:
    if not by.strip():
        raise InvalidInput("A credit note needs the name of who decides.")
    note = found.note
    done = CreditStep(
        note_id=note.id, step=step, institution_id=note.institution_id, by=by.strip(), reason=reason, at=at
    )
    session.add(done)
    session.flush()
    enter_acts(session.connection(), [done])
    return CreditState(note, found.steps | {step: done})


def _enter(connection: Connection, note: CreditNote, at: datetime, hash_alg: str) -> None:
    tail = read_tail(connection)
    line = line_of(note, max(at, tail.committed_at, closed_until(connection)))
    leaf, _ = append_leaf(tail, {"line": line}, no_answer(hash_alg), hash_alg)
    connection.execute(insert(UsageLine), [line])
    connection.execute(insert(AuditLeaf), [leaf])
    counts = Counts(line["committed_at"])
    counts.add(line)
    counts.store(connection)
    if _prepaid(connection, note.contract_version_id):
        wallet = connection.scalar(select(Wallet.balance_fen).where(Wallet.institution_id == note.institution_id))
        if wallet is None:
            connection.execute(insert(Wallet), [{"institution_id": note.institution_id, "balance_fen": 0}])
        paid = postings(note.id, note.institution_id, -note.amount_fen, line["committed_at"])
        connection.execute(insert(WalletEntry), paid)
        store_balances(connection, {note.institution_id: (wallet or 0) + note.amount_fen})


def line_of(note: CreditNote, at: datetime) -> dict[str, Any]:
    """The usage line of an approved note. Its reason names the note's digest, so that the chain covers both."""
    return {
        "id": note.id,
        "call_id": None,
        "kind": "credit",
        "reverses": None,
        "reason": reason_of(note),
        "institution_id": note.institution_id,
        "product_code": note.product_code,
        "product_version": 0,
        "purpose": PURPOSE,
        "outcome": OUTCOME,
        "contract_version_id": note.contract_version_id,
        "rule": NO_RULE,
        "basis": BASIS,
        "model_name": None,
        "model_version": None,
        "test": False,
        "calls": 0,
        "units": 0,
        "amount_fen": -note.amount_fen,
        "latency_us": 0,
        "data_age_days": None,
        "committed_at": at,
    }


def reason_of(note: CreditNote) -> str:
    """The month whose promises were missed, and the SHA-256 of the note's RFC 8785 form."""
    content = {
        "id": note.id,
        "institution_id": note.institution_id,
        "month": note.month.isoformat(),
        "product_code": note.product_code,
        "contract_version_id": note.contract_version_id,
        "verdicts": note.verdicts,
        "charged_fen": note.charged_fen,
        "percent": note.percent,
        "amount_fen": note.amount_fen,
    }
    return f"service levels of {Month(note.month)}; note sha256 {hashlib.sha256(canonical(content)).hexdigest()}"


def _prepaid(connection: Connection, contract_version_id: int) -> bool:
    terms = connection.scalar(select(ContractVersion.terms).where(ContractVersion.id == contract_version_id))
    return Terms.model_validate(terms).prepaid
