"""`bureau statement`: what an institution owes for a month."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.access.institutions import find_institution
from api.billing.months import Month
from api.billing.statements import COLUMNS, as_csv, draw_up, issue_statement
from api.database import ledger_transaction
from api.signing import open_signer
from bureau.clock import now
from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings

statement = typer.Typer(add_completion=False)


@statement.command()
def show(
    institution: Annotated[str, typer.Argument(help="The institution's name.")],
    month: Annotated[str, typer.Argument(help="As 2026-11.")],
    out: Annotated[
        Path | None, typer.Option(help="Write it here as well: .json as it was signed, or .csv; a month that is over.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Print a month's lines; a month that is over is issued and signed by that, once and for all."""
    settings, meant, at = Settings(), Month.parse(month), now()
    if out is not None and out.suffix not in (".json", ".csv"):
        raise InvalidInput(f"{out} must end with .json or .csv.")
    with ledger_transaction(settings.ledger_url) as session:
        owner = find_institution(session, institution).id
        if at < meant.ends and out is None:
            content, issued = draw_up(session, owner, meant), False
        else:
            body = issue_statement(session, open_signer(settings.home, "answers"), owner, meant, at).body
            content, issued = json.loads(body), True
            if out is not None:
                out.write_bytes(body if out.suffix == ".json" else as_csv(body).encode())
    print_rows(content["lines"], COLUMNS, form)
    if form is Format.TABLE:
        told = "issued" if issued else "so far"
        top_up = f", {content['minimum_top_up_fen']} of it to the month's minimum" if issued else ""
        print(f"{institution}, {meant}, {told}: {content['total_fen']} fen{top_up}")
