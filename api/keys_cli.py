"""`bureau keys`: the platform's own signing keys, of access tokens and of answers."""

from enum import StrEnum
from typing import Annotated

import typer

from api.signing import open_signer, rotate_keys
from bureau.errors import InvalidInput
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings

keys = typer.Typer(no_args_is_help=True, add_completion=False)


class Signing(StrEnum):
    """What is signed."""

    TOKENS = "tokens"
    ANSWERS = "answers"


@keys.command("list")
def list_keys(form: FormatOption = Format.TABLE) -> None:
    """List the keys by id: of each file the first one signs, and all of them verify."""
    rows = [
        {"signs": name.value, "kid": kid, "current": kid == signer.kid}
        for name, signer in ((name, open_signer(Settings().home, name)) for name in Signing)
        for kid in signer.kids
    ]
    print_rows(rows, ["signs", "kid", "current"], form)


@keys.command()
def rotate(
    name: Annotated[Signing, typer.Argument(help="tokens or answers.")],
    drop_former: Annotated[
        bool, typer.Option(help="For a key that leaked: the tokens of the former ones end at once.")
    ] = False,
) -> None:
    """Sign with a new key from now on, running servers included; what the former ones signed still verifies."""
    if drop_former and name is Signing.ANSWERS:
        raise InvalidInput("Answers that were given must stay verifiable: rotate their key without --drop-former.")
    typer.echo(rotate_keys(Settings().home, name, keep_former=not drop_former).kid)
