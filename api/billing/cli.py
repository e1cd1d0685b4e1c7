"""`bureau statement`: what an institution owes for a month."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from api.access.institutions import find_institution
from api.billing.agreeing import key_named, signature_stands
from api.billing.months import Month
from api.billing.printing import signed_print
from api.billing.statements import COLUMNS, as_csv, draw_up, due_of, issue_statement
from api.billing.tables import Statement, StatementSignature
from api.database import ledger_transaction
from api.pages.rendering import moment
from api.signing import open_signer
from bureau.clock import now
from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.places import require_place
from bureau.settings import Settings

statement = typer.Typer(add_completion=False)


@statement.command()
def show(
    institution: Annotated[str, typer.Argument(help="The institution's name.")],
    month: Annotated[str, typer.Argument(help="As 2026-11.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write it here as well: .json as it was signed, .csv or a signed .pdf; a month that is over."
        ),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Print a month's lines; a month that is over is issued and signed by that, once and for all, unless it was over
    before the first contract."""
    settings, meant, at = Settings(), Month.parse(month), now()
    if out is not None:
        _require_file(out)
    with ledger_transaction(settings.ledger_url) as session:
        owner = find_institution(session, institution).id
        if at < meant.ends and out is None:
            content, issued, signed = draw_up(session, owner, meant), False, []
        else:
            final = issue_statement(session, open_signer(settings.home, "answers"), owner, meant, at)
            content, issued, signed = json.loads(final.body), True, _signed(session, final, institution)
    if out is not None:  # what is not committed is not handed out, and calls would wait for what is made of it
        with ledger_transaction(settings.ledger_url) as session:
            file = _written(session, final, out.suffix, settings, at)
        out.write_bytes(file)
    print_rows(content["lines"], COLUMNS, form)
    if form is Format.TABLE:
        told = "issued" if issued else "so far"
        top_up = f", {content['minimum_top_up_fen']} of it to the month's minimum" if issued else ""
        print(f"{institution}, {meant}, {told}: {content['total_fen']} fen{top_up}")
        if content.get("paid_from_wallet_fen"):
            print(f"{content['paid_from_wallet_fen']} fen paid from the wallet, {due_of(content)} fen due")
        print(*signed, sep="\n")


def _require_file(out: Path) -> None:
    if out.suffix not in (".json", ".csv", ".pdf"):
        raise InvalidInput(f"{out} must end with .json, .csv or .pdf.")
    require_place(out)


def _signed(session: Session, final: Statement, institution: str) -> list[str]:
    """Who signed it, how and when: a line each."""
    agreed = session.get(StatementSignature, (final.institution_id, final.month))
    ours = f"signed by the platform {moment(final.issued_at)} with key {key_named(final.jws)}"
    if agreed is None:
        return [ours, f"not yet agreed to by {institution}"]
    if agreed.jws is None:
        return [ours, f"agreed to by {institution} {moment(agreed.signed_at)}, by a call of {agreed.client_id}"]
    stands = "" if signature_stands(session, final, agreed) else ": DOES NOT VERIFY"
    by = f"{agreed.client_id} with key {key_named(agreed.jws) or 'of its own'}"
    return [ours, f"signed by {institution} {moment(agreed.signed_at)}, by {by}{stands}"]


def _written(session: Session, final: Statement, suffix: str, settings: Settings, at: datetime) -> bytes:
    if suffix == ".pdf":
        return signed_print(session, final, settings, at)
    return final.body if suffix == ".json" else as_csv(final.body).encode()
