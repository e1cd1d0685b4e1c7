"""`bureau law`: the rules of use as the platform applies them, for the compliance owner to check."""

from typing import Annotated, Any

import typer

from bureau.listing import Format, FormatOption, print_rows
from features.contracts.contract import Contract
from features.contracts.feeds import DERIVED_FEEDS, FEEDS
from features.law.clocks import clocks
from features.law.terms import Regime, TermTable, find_table, term_tables
from features.law.usability import tables_of
from features.law.words import use_words

law = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Show until when records may be used, by the rules of each day."
)

Table = Annotated[str | None, typer.Argument(help="Only this table, e.g. penalty; all unless said.")]
_REGIME = ("regime", "in_force_from", "source", "article", "rule", "mark", "transition", "unclear")
_TERM = ("class", "minimum_months", "long_domains", "maximum_months", "only_published", "starts", "used_by")


@law.command("terms")
def list_terms(table: Table = None, form: FormatOption = Format.TABLE) -> None:
    """List how long each class of record may be published and used, regime by regime."""
    tables = term_tables() if table is None else (find_table(table),)
    rows = [line for one in tables for regime in one.regimes for line in _lines(one, regime)]
    print_rows(rows, ("table", *_REGIME[:2], *_TERM, *_REGIME[2:]), form)


@law.command()
def questions(form: FormatOption = Format.TABLE) -> None:
    """List what the texts leave open, each with what is assumed until the compliance owner has settled it."""
    rows = [
        {"table": table.table, "regime": regime.code, "rule": regime.rule, "question": regime.question}
        for table in term_tables()
        for regime in table.regimes
        if regime.unclear
    ]
    rows += [
        {"table": contract.code, "regime": None, "rule": contract.retention, "question": contract.use.question}
        for contract in FEEDS
        if contract.use.question is not None
    ]
    print_rows(rows, ("table", "regime", "rule", "question"), form)


@law.command("feeds")
def list_feeds(form: FormatOption = Format.TABLE) -> None:
    """List under which condition the records of each feed may be used."""
    print_rows(
        [_feed(contract) for contract in (*FEEDS, *DERIVED_FEEDS)], ("feed", "name", "table", "usable_while"), form
    )


@law.command("clocks")
def list_clocks(form: FormatOption = Format.TABLE) -> None:
    """List the deadlines the law sets, what starts them and what a miss leads to."""
    rows = [one.model_dump() for one in clocks()]
    columns = ("clock", "start", "length", "unit", "extension", "on_miss", "rule", "in_force_from", "source", "mark")
    print_rows(rows, columns, form)


def _lines(table: TermTable, regime: Regime) -> list[dict[str, Any]]:
    facts = regime.model_dump() | {"table": table.table, "regime": regime.code, "used_by": _users(table)}
    longer = regime.long_domains
    if longer is not None:
        facts |= {"long_domains": f"{longer.minimum_months}: {', '.join(longer.domains)}"}
    return [facts | term.model_dump() | {"class": term.of} for term in regime.terms]


def _users(table: TermTable) -> str:
    """The feeds whose records' use follows a table."""
    if table.information_only:
        return "none, for information only"
    return " ".join(contract.code for contract in (*FEEDS, *DERIVED_FEEDS) if table.table in tables_of(contract))


def _feed(contract: Contract) -> dict[str, Any]:
    tables = " ".join(tables_of(contract)) or None
    return {
        "feed": contract.code,
        "name": contract.name,
        "table": tables,
        "usable_while": use_words(contract),
    }
