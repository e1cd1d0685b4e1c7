"""`bureau usage`: what the ledger counts."""

from datetime import date, datetime, time
from typing import Annotated

import typer

from api.database import ledger_transaction
from api.metering.usage import DIMENSIONS, usage_rows
from bureau.clock import SHANGHAI
from bureau.errors import ImpossibleDate
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings

usage = typer.Typer(add_completion=False)


@usage.command()
def show(
    by: Annotated[str, typer.Option(help=f"Group by these, in order: {', '.join(DIMENSIONS)}.")] = "product",
    first: Annotated[str | None, typer.Option("--from", help="First Shanghai day, as 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="The day after the last.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Calls, hits and charges in fen, from the ledger's lines."""
    names = [name.strip() for name in by.split(",") if name.strip()]
    with ledger_transaction(Settings().ledger_url) as session:
        rows = usage_rows(session, names, start=_begins(first, "--from"), end=_begins(until, "--to"))
    print_rows(rows, [*names, "calls", "hits", "charged_fen"], form)


def _begins(text: str | None, option: str) -> datetime | None:
    """00:00 Shanghai time of a written day."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), SHANGHAI)
    except ValueError as problem:
        raise ImpossibleDate(text, option) from problem
