"""The command `bureau`: lists the groups of every layer and imports only the one that is called."""

import gc
import sys
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from bureau.errors import BureauError, InvalidInput


class Entry(NamedTuple):
    """Where a command lives, and its line in the list of commands."""

    module: str
    attribute: str
    help: str


COMMANDS = {
    "demo": Entry("api.demo.cli", "demo", "Load a source, train, and go once the whole way from a record to a bill."),
    "source": Entry("features.sources.cli", "source", "Load the records of a source into this home."),
    "subjects": Entry("features.lake.cli", "subjects", "List the enterprises of this home, one code a line."),
    "feeds": Entry("api.feeds_cli", "feeds", "Check, ingest and list feeds; see what waits in quarantine."),
    "law": Entry("features.law.cli", "law", "Show until when records may be used, by the rules of each day."),
    "features": Entry("features.store.cli", "features", "List, build and explain point-in-time features."),
    "health": Entry("features.health.cli", "health", "How feeds came and features look on a day; what to look at."),
    "close-day": Entry("api.closing_cli", "close_day", "Land the day's deliveries and renew all that depends on them."),
    "models": Entry("models.cli", "models", "Train, evaluate and use the models."),
    "products": Entry("products.cli", "products", "List and check the catalogue."),
    "clients": Entry("api.access.cli", "clients", "Give an institution access to the API."),
    "consents": Entry("api.access.consents_cli", "consents", "Audit the consents that institutions assert."),
    "keys": Entry("api.keys_cli", "keys", "Show and replace the keys the platform signs with."),
    "contracts": Entry("api.contracts.cli", "contracts", "Agree on terms in twos; enter what is paid in advance."),
    "serve": Entry("api.serve_cli", "serve", "Serve the API and the console."),
    "worker": Entry("api.jobs.cli", "worker", "Do the recurring works: webhooks, sealing, statements, audits."),
    "usage": Entry("api.metering.cli", "usage", "Calls, hits and charges from the ledger."),
    "statement": Entry("api.billing.cli", "statement", "A month's statement of an institution, to the fen."),
    "sla": Entry("api.sla.cli", "sla", "What was promised of answers, what was kept, what a miss is worth."),
    "audit": Entry("api.audit.cli", "audit", "Verify the audit chain and prove single calls."),
    "db": Entry("api.database_cli", "db", "Bring the databases up to date, or check them."),
}


def load_command(name: str) -> Any:
    """Import the module of one command and return the command in it."""
    entry = COMMANDS[name]
    command = get_command(getattr(import_module(entry.module), entry.attribute))
    command.name = name
    return command


class LazyCommands(TyperGroup):
    """Imports a command's module when it is run, not when it is listed.

    `bureau --help` answers at once although the layers below import polars, DuckDB and LightGBM.
    """

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click asks so
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - click asks so
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else TyperCommand(name=cmd_name, callback=None, help=entry.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, listed, rest = super().resolve_command(ctx, args)
        return name, (load_command(name) if name in COMMANDS else listed), rest


app = typer.Typer(cls=LazyCommands, add_completion=False, no_args_is_help=True)


@app.callback()
def bureau() -> None:
    """A local credit bureau: government records become features, scores and metered, explained answers."""


def main() -> None:
    """Run one command. What a user can mend is one sentence on standard error and exit code 2."""
    try:
        _require_text(sys.argv[1:])
        _import_for_good(sys.argv[1:2])
        app()
    except BureauError as problem:
        _refuse(str(problem))
    except OSError as problem:  # a home that cannot be written, a full disk
        said = str(problem.strerror or problem).rstrip(".")
        _refuse(f"{problem.filename or 'the system'}: {said}. Check the path, its rights, the disk and BUREAU_HOME.")
    finally:
        gc.unfreeze()  # what libraries find still held at the end, they call leaked


def _require_text(words: list[str]) -> None:
    """Bytes of no text come in as halves of surrogate pairs, which neither a database nor a file of text holds."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError as problem:
            said = f"{word!a} is no text in UTF-8. Write it again, in a terminal set to UTF-8."
            raise InvalidInput(said) from problem


def _import_for_good(called: list[str]) -> None:
    """Import the command that is called. Its modules and what they declare are never garbage: the collector would go
    through a quarter of a million objects, a third of a second each time, while a city's records are read.
    """
    for name in called:
        if name in COMMANDS:
            import_module(COMMANDS[name].module)
    gc.freeze()


def _refuse(sentence: str) -> None:
    print(f"bureau: {sentence}", file=sys.stderr)
    sys.exit(2)
