"""`bureau contracts`: terms that two people agree to, and what is paid in advance."""

import json
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.institutions import find_institution
from api.access.second_person import proven
from api.access.tables import Institution
from api.contracts.agreeing import approve_terms, propose_terms
from api.contracts.in_force import contract_in_force
from api.contracts.tables import ContractProposal, ContractVersion
from api.contracts.terms import Terms
from api.database import ledger_transaction, open_ledger_database
from api.metering.reversal import reverse
from api.metering.tables import UsageLine
from api.metering.wallet import pay_in, take_back_payment
from bureau.clock import SHANGHAI, now
from bureau.errors import InvalidInput, UnknownName, UnreadableFile
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from features.store.days import read_day

contracts = typer.Typer(no_args_is_help=True, add_completion=False)
Name = Annotated[str, typer.Argument(help="The institution.")]
Person = Annotated[str, typer.Option("--by", help="The person who does it, and proves it by a secret.")]


@contracts.command()
def propose(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The terms, as YAML or JSON.")],
    by: Person,
    first: Annotated[
        str | None, typer.Option("--from", help="First day, as 2026-12-01; from the approval on without it.")
    ] = None,
) -> None:
    """Write down new terms; another person approves them. They replace all that was agreed before."""
    at, terms, settings = now(), _read_terms(file), Settings()
    start = at if first is None else datetime.combine(read_day(first, "--from"), time(), SHANGHAI)
    person = proven(by, settings)
    with ledger_transaction(settings.ledger_url) as session:
        institution = find_institution(session, name)
        proposal = propose_terms(session, institution.id, terms, by=person, in_force_from=start, at=at)
    print(f"proposal {proposal}; another person approves it with: bureau contracts approve {proposal} --by PERSON")


@contracts.command()
def approve(proposal: Annotated[str, typer.Argument(help="The number that propose printed.")], by: Person) -> None:
    """Agree to proposed terms, which then are a contract version that nobody can change."""
    settings = Settings()
    person = proven(by, settings)
    with ledger_transaction(settings.ledger_url) as session:
        version = approve_terms(session, proposal, by=person, at=now())
        begins = version.in_force_from.astimezone(SHANGHAI)
        print(f"contract version {version.version} is in force from {begins:%Y-%m-%d %H:%M:%S} Shanghai time")


@contracts.command()
def show(name: Name) -> None:
    """Print the terms in force as JSON, ready to be changed and proposed."""
    with ledger_transaction(Settings().ledger_url) as session:
        contract = contract_in_force(session, find_institution(session, name).id, now())
    if contract is None:
        raise UnknownName("contract in force of", name)
    print(json.dumps(contract.terms.model_dump(mode="json", exclude_none=True), ensure_ascii=False, indent=1))


@contracts.command("list")
def list_contracts(form: FormatOption = Format.TABLE) -> None:
    """List proposals and versions of every institution."""
    with ledger_transaction(Settings().ledger_url) as session:
        rows = [*_versions(session), *_proposals(session)]
    print_rows(rows, ["institution", "version", "in_force_from", "proposal", "proposed_by", "agreed_by"], form)


@contracts.command("pay-in")
def enter_payment(
    name: Name,
    fen: Annotated[int, typer.Argument(help="The amount, in fen.")],
    reference: Annotated[str, typer.Option(help="Of the bank transfer; each of an institution is entered once.")],
) -> None:
    """Enter a payment into an institution's wallet."""
    engine = open_ledger_database(Settings().ledger_url)
    with Session(engine) as session:
        institution_id = find_institution(session, name).id
    balance = pay_in(engine, institution_id, fen, reference=reference, at=now())
    engine.dispose()
    print(f"the wallet of {name} holds {balance} fen")


@contracts.command("take-back-payment")
def take_back(
    name: Name,
    reference: Annotated[str, typer.Option(help="Of the bank transfer, as it was entered.")],
    reason: Annotated[str, typer.Option(help="Why it is taken back; kept with the entry.")],
    by: Person,
) -> None:
    """Take a payment that was entered wrongly out of an institution's wallet; then it may be entered anew."""
    settings = Settings()
    person = proven(by, settings)
    if not reason.strip():
        raise InvalidInput("Taking a payment back needs a reason: --reason TEXT.")
    engine = open_ledger_database(settings.ledger_url)
    with Session(engine) as session:
        institution_id = find_institution(session, name).id
    why = f"{reason.strip()} ({person})"
    balance = take_back_payment(engine, institution_id, reference=reference, reason=why, at=now())
    engine.dispose()
    print(f"payment {reference} is taken back; the wallet of {name} holds {balance} fen")


@contracts.command("reverse")
def reverse_charge(
    call_id: Annotated[str, typer.Argument(help="The report_id or call_id of the call.")],
    reason: Annotated[str, typer.Option(help="Why it is taken back; kept with the line.")],
    by: Person,
) -> None:
    """Take back what one call counted and cost; it comes off the present month, and a wallet gets it back."""
    settings = Settings()
    person = proven(by, settings)
    if not reason.strip():
        raise InvalidInput("A reversal needs a reason: --reason TEXT.")
    engine = open_ledger_database(settings.ledger_url)
    line = reverse(engine, call_id, reason=f"{reason.strip()} ({person})", at=now())
    with Session(engine) as session:
        fen = session.get_one(UsageLine, line).amount_fen
    engine.dispose()
    print(f"{call_id} is taken back: {-fen} fen, as line {line} of the present month")


def _read_terms(file: Path) -> Terms:
    try:
        return Terms.model_validate(yaml.safe_load(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise UnreadableFile(file, f"it cannot be read as YAML or JSON ({type(problem).__name__}).") from problem
    except ValidationError as problem:
        wrong = problem.errors()[0]
        place = ".".join(str(part) for part in wrong["loc"]) or "the terms"
        raise UnreadableFile(file, f"{place}: {wrong['msg']}.") from problem


def _versions(session: Session) -> list[dict[str, Any]]:
    query = (
        select(
            Institution.name.label("institution"),
            ContractVersion.version,
            ContractVersion.in_force_from,
            ContractVersion.proposal_id.label("proposal"),
            ContractProposal.proposed_by,
            ContractVersion.agreed_by,
        )
        .join(Institution, Institution.id == ContractVersion.institution_id)
        .join(ContractProposal, ContractProposal.id == ContractVersion.proposal_id, isouter=True)
        .order_by(Institution.name, ContractVersion.version)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def _proposals(session: Session) -> list[dict[str, Any]]:
    """Those nobody has approved."""
    query = (
        select(
            Institution.name.label("institution"),
            ContractProposal.in_force_from,
            ContractProposal.id.label("proposal"),
            ContractProposal.proposed_by,
        )
        .join(Institution, Institution.id == ContractProposal.institution_id)
        .join(ContractVersion, ContractVersion.proposal_id == ContractProposal.id, isouter=True)
        .where(ContractVersion.id.is_(None))
        .order_by(Institution.name, ContractProposal.id)
    )
    return [dict(row) | {"version": None, "agreed_by": None} for row in session.execute(query).mappings()]
