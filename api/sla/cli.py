"""`bureau sla`: what was promised, what was kept, and what a miss is worth."""

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.institutions import find_institution
from api.access.second_person import proven
from api.access.tables import Institution
from api.billing.months import Month
from api.billing.statements import issue_statement
from api.contracts.tables import ContractVersion
from api.database import ledger_transaction, open_ledger_database
from api.signing import open_signer
from api.sla.crediting import CreditState, approve_credit, confirm_credit, decline_credit, find_credit
from api.sla.measuring import measure_month
from api.sla.tables import CreditNote
from bureau.clock import now
from bureau.db import transaction
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings

sla = typer.Typer(no_args_is_help=True, add_completion=False)
Note = Annotated[str, typer.Argument(help="The note's number, as `bureau sla notes` lists it.")]
Person = Annotated[str, typer.Option("--by", help="The person who does it, and proves it by a secret.")]
_VERDICT = ("institution", "product", "measure", "limit", "share_bp", "measured_bp", "reached", "counted", "kept")
_NOTE = ("note", "institution", "month", "product", "missed", "percent", "amount_fen", "state")


@sla.command()
def meter(
    month: Annotated[str | None, typer.Argument(help="As 2026-11; the present one without it.")] = None,
    institution: Annotated[str | None, typer.Option(help="One institution; all without it.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Measure a month's promises: limit in ms or days, shares in basis points, reached in microseconds or days."""
    meant = Month.of(now()) if month is None else Month.parse(month)
    with ledger_transaction(Settings().ledger_url) as session:
        owners = [find_institution(session, institution)] if institution else with_contracts(session, meant.ends)
        rows = [
            {"institution": owner.name} | verdict.shown()
            for owner in owners
            for verdict in measure_month(session, owner.id, meant)
        ]
    print_rows(rows, _VERDICT, form)


@sla.command()
def assess(month: Annotated[str, typer.Argument(help="As 2026-11; one that is over.")]) -> None:
    """Close a month: issue the statement of every institution with a contract by then, and propose a credit note for
    what was missed. Each in a transaction of its own, so that callers wait for one and not for all."""
    settings, meant, at = Settings(), Month.parse(month), now()
    signer, engine = open_signer(settings.home, "answers"), open_ledger_database(settings.ledger_url)
    try:
        with transaction(engine) as session:
            owners, before = with_contracts(session, meant.ends), len(_notes(session, meant))
        for owner in owners:
            with transaction(engine) as session:
                issue_statement(session, signer, owner.id, meant, at)
        with transaction(engine) as session:
            made = len(_notes(session, meant)) - before
    finally:
        engine.dispose()
    print(f"{meant}: {len(owners)} statements are issued, {made} credit notes were proposed; see bureau sla notes")


@sla.command()
def notes(form: FormatOption = Format.TABLE) -> None:
    """List credit notes, the newest first."""
    with ledger_transaction(Settings().ledger_url) as session:
        names = {row.id: row.name for row in session.scalars(select(Institution))}
        rows = [_row(find_credit(session, note.id), names) for note in _notes(session)]
    print_rows(rows, _NOTE, form)


@sla.command()
def confirm(note: Note, by: Person) -> None:
    """Confirm a proposed credit note; another person approves it."""
    settings = Settings()
    person = proven(by, settings)
    with ledger_transaction(settings.ledger_url) as session:
        confirm_credit(session, note, by=person, at=now())
    print(f"confirmed; another person approves it with: bureau sla approve {note} --by PERSON")


@sla.command()
def approve(note: Note, by: Person) -> None:
    """Approve a confirmed credit note: it becomes a line of the present month's statement."""
    settings = Settings()
    person = proven(by, settings)
    with ledger_transaction(settings.ledger_url) as session:
        done = approve_credit(session, note, by=person, at=now())
        print(f"{done.note.amount_fen} fen are credited")


@sla.command()
def decline(note: Note, by: Person, reason: Annotated[str, typer.Option(help="The institution reads it.")]) -> None:
    """Give no credit, for a reason."""
    settings = Settings()
    person = proven(by, settings)
    with ledger_transaction(settings.ledger_url) as session:
        decline_credit(session, note, by=person, reason=reason, at=now())
    print("declined")


def with_contracts(session: Session, ends: datetime) -> list[Institution]:
    """Every institution whose first contract began before a month's end, by name; twins of test mode are billed
    nothing."""
    begun = select(ContractVersion.institution_id).where(ContractVersion.in_force_from < ends)
    query = select(Institution).where(Institution.id.in_(begun))
    return list(session.scalars(query.where(Institution.test.is_(False)).order_by(Institution.name)))


def _notes(session: Session, month: Month | None = None) -> list[CreditNote]:
    query = select(CreditNote).order_by(CreditNote.id.desc())
    return list(session.scalars(query if month is None else query.where(CreditNote.month == month.first)))


def _row(found: CreditState, names: dict[int, str]) -> dict[str, Any]:
    note = found.note
    return {
        "note": note.id,
        "institution": names[note.institution_id],
        "month": str(Month(note.month)),
        "product": note.product_code,
        "missed": ",".join(verdict["measure"] for verdict in note.verdicts),
        "percent": note.percent,
        "amount_fen": note.amount_fen,
        "state": found.state,
    }
