"""`bureau usage`: what the ledger counts."""

from datetime import date, datetime, time
from typing import Annotated

import typer

from api.database import ledger_transaction
from api.metering.export import schema_of
from api.metering.forecast import COLUMNS, forecast_rows
from api.metering.usage import DIMENSIONS, MEASURES, names_of, usage_rows
from bureau.clock import SHANGHAI, now
from bureau.errors import ImpossibleDate, InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings

usage = typer.Typer(add_completion=False)


@usage.command()
def show(
    by: Annotated[str, typer.Option(help=f"Group by these, in order: {', '.join(DIMENSIONS)}.")] = "product",
    first: Annotated[str | None, typer.Option("--from", help="First Shanghai day, as 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="The day after the last.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Count only these, as product=P07; may be repeated.")] = None,
    test: Annotated[bool, typer.Option("--test", help="The calls in test mode instead.")] = False,
    forecast: Annotated[bool, typer.Option("--forecast", help="What the present month will come to.")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Calls, hits, repeats, charges in fen and latencies in microseconds, from the ledger's counts."""
    names = names_of(by)
    if forecast and (first or until):
        raise InvalidInput("A forecast is of the present month: leave out --from and --to.")
    chosen = _chosen(only or [])
    with ledger_transaction(Settings().ledger_url) as session:
        if forecast:
            print_rows(forecast_rows(session, names, now(), test=test, only=chosen), [*names, *COLUMNS], form)
            return
        start, end = _begins(first, "--from"), _begins(until, "--to")
        rows = usage_rows(session, names, start=start, end=end, test=test, only=chosen)
    print_rows(rows, [*names, *MEASURES], form, schema_of(names))


def _chosen(only: list[str]) -> dict[str, list[str]]:
    """Dimension -> the values named."""
    chosen: dict[str, list[str]] = {}
    for pair in only:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InvalidInput(f"--only {pair} names no value; write it as --only product=P07.")
        chosen.setdefault(name.strip(), []).append(value.strip())
    return chosen


def _begins(text: str | None, option: str) -> datetime | None:
    """00:00 Shanghai time of a written day."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), SHANGHAI)
    except ValueError as problem:
        raise ImpossibleDate(text, option) from problem
