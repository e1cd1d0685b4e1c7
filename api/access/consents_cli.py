"""`bureau consents`: audit what institutions assert, and take or restore their right to."""

from dataclasses import asdict
from datetime import date, datetime, time
from typing import Annotated

import typer

from api.access.asserting import draw_asserted, record_abuse, restore_right
from api.access.institutions import find_institution
from api.access.tables import Institution
from api.database import ledger_transaction
from api.vault import home_vault
from bureau.clock import SHANGHAI, now
from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings

consents = typer.Typer(no_args_is_help=True, add_completion=False)
ReasonOption = Annotated[str, typer.Option(help="What was found, for the record.")]


@consents.command()
def audit(
    month: Annotated[str, typer.Argument(help="A month that is over, as 2026-11.")], form: FormatOption = Format.TABLE
) -> None:
    """Draw one in a hundred of the consents asserted in a month; their institutions show the documents."""
    start, end = _bounds(month)
    if end > now():
        raise InvalidInput(f"{month} is not over yet: a draw among a part of its consents would not stand.")
    settings = Settings()
    with ledger_transaction(settings.ledger_url) as session:
        rows = [asdict(drawn) for drawn in draw_asserted(session, home_vault(settings), month, start, end)]
    print_rows(rows, ["consent_id", "institution", "uscc", "document_sha256", "created_at"], form)


@consents.command()
def abuse(
    consent_id: Annotated[str, typer.Argument(help="An asserted consent without a document behind it.")],
    reason: ReasonOption,
) -> None:
    """Record an abuse: the consent ends, and its institution asserts none until its right is restored."""
    with ledger_transaction(Settings().ledger_url) as session:
        recorded = record_abuse(session, consent_id, reason, now())
        name = session.get_one(Institution, recorded.institution_id).name
    typer.echo(f"{name} asserts no more consents; restore its right with: bureau consents restore {name} --reason TEXT")


@consents.command()
def restore(institution: Annotated[str, typer.Argument(help="Its name.")], reason: ReasonOption) -> None:
    """Let an institution assert consents again."""
    with ledger_transaction(Settings().ledger_url) as session:
        lifted = restore_right(session, find_institution(session, institution), reason, now())
    typer.echo(f"{institution} may assert consents again; {lifted} recorded abuses no longer stand against it")


def _bounds(month: str) -> tuple[datetime, datetime]:
    """First moment of a month in Shanghai, and of the next."""
    try:
        first = date.fromisoformat(f"{month}-01")
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    except ValueError as problem:
        raise InvalidInput(f"{month!r} is not a month. Write it as YYYY-MM.") from problem
    return datetime.combine(first, time(), SHANGHAI), datetime.combine(after, time(), SHANGHAI)
