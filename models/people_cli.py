"""`bureau models people`: who answers for models, and the secret that each of them proves it with."""

import json
import sys
from typing import Annotated

import typer

from bureau.clock import now
from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from models.people import Signature, add_person, end_person, read_people
from models.register import require_person

people = typer.Typer(no_args_is_help=True, add_completion=False, help="Who answers for models, each with a secret.")
Name = Annotated[str, typer.Argument(help="The person, as it stands in the register of a model.")]


@people.command()
def add(name: Name) -> None:
    """Put a person on the register and print their secret. It is shown this once: hand it to them alone."""
    signature = add_person(Settings().home, name, now())
    typer.echo(json.dumps({"name": signature.name, "secret": signature.secret}, ensure_ascii=False))


@people.command()
def end(name: Name) -> None:
    """From here on a person answers for nothing; what they did stays on the registers."""
    typer.echo(f"{end_person(Settings().home, name, now()).name} answers for no model any more.")


@people.command("list")
def list_people(form: FormatOption = Format.TABLE) -> None:
    """List everybody on the register, without secrets."""
    lines = [
        {"name": one.name, "answers": one.answers, "since": one.since, "demonstration": one.demonstration}
        for one in read_people(Settings().home)
    ]
    print_rows(lines, ("name", "answers", "since", "demonstration"), form)


def signature_of(name: str | None, settings: Settings) -> Signature:
    """A name with its secret: from `BUREAU_RELEASE_KEY`, or asked for where somebody sits before a terminal."""
    person = require_person(name or "")
    if settings.release_key is not None:
        return Signature(person, settings.release_key.get_secret_value())
    if not sys.stdin.isatty():
        raise InvalidInput(
            f"{person} must prove to be {person}: put the secret into BUREAU_RELEASE_KEY, or run this in a terminal."
        )
    return Signature(person, typer.prompt(f"Secret of {person}", hide_input=True, err=True))
