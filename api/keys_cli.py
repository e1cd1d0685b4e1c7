"""`bureau keys`: the platform's own signing keys, of access tokens, of answers and of documents."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.prints.certificates import open_document_key, rotate_document_key
from api.signing import open_signer, rotate_keys
from bureau.clock import now
from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings

keys = typer.Typer(no_args_is_help=True, add_completion=False)


class Signing(StrEnum):
    """What is signed."""

    TOKENS = "tokens"
    ANSWERS = "answers"
    DOCUMENTS = "documents"


@keys.command("list")
def list_keys(form: FormatOption = Format.TABLE) -> None:
    """List the keys by id: of each file the first one signs, and all of them verify."""
    rows = [
        {"signs": name.value, "kid": kid, "current": place == 0}
        for name in Signing
        for place, kid in enumerate(_kids(Settings().home, name))
    ]
    print_rows(rows, ["signs", "kid", "current"], form)


@keys.command()
def rotate(
    name: Annotated[Signing, typer.Argument(help="tokens, answers or documents.")],
    drop_former: Annotated[
        bool, typer.Option(help="For a key that leaked: the tokens of the former ones end at once.")
    ] = False,
) -> None:
    """Sign with a new key from now on, running servers included; what the former ones signed still verifies."""
    if drop_former and name is not Signing.TOKENS:
        raise InvalidInput(f"What was given must stay verifiable: rotate the key of {name} without --drop-former.")
    home = Settings().home
    if name is Signing.DOCUMENTS:
        typer.echo(rotate_document_key(home, now()).kids[0])
    else:
        typer.echo(rotate_keys(home, name, keep_former=not drop_former).kid)


@keys.command()
def certificates() -> None:
    """Print the certificates of the document keys as PEM, the current one first; a PDF reader takes them up once."""
    typer.echo(open_document_key(Settings().home, now()).pem(), nl=False)


def _kids(home: Path, name: Signing) -> tuple[str, ...]:
    """The current key first."""
    return open_document_key(home, now()).kids if name is Signing.DOCUMENTS else open_signer(home, name).kids
