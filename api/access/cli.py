"""`bureau clients`: give an institution access to the API, renew it, take it away."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.credentials import PublicKeys
from api.access.institutions import NewClient, create_client, disable_client, rotate_client
from api.access.one_time_codes import ONE_TIME_CODES, code_address, code_key
from api.access.public_keys import read_jwks
from api.access.roles import ROLES, find_role
from api.access.tables import Client, Institution
from api.contracts.agreeing import ListPrice
from api.database import ledger_transaction
from api.secret import derived_key
from bureau.clock import now, shanghai_day
from bureau.errors import InvalidInput, UnreadableFile
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from products.product import Product, find_on_sale, on_sale

clients = typer.Typer(no_args_is_help=True, add_completion=False)
ClientId = Annotated[str, typer.Argument(help="The client_id that create printed.")]

JwksOption = Annotated[
    Path | None, typer.Option(help="A JWK set of public keys, by which the client signs assertions (private_key_jwt).")
]


@clients.command()
def create(
    name: Annotated[str, typer.Argument(help="The institution, of clients of one kind; it is made if it is new.")],
    role: Annotated[str, typer.Option(help=f"What the client may do: {', '.join(ROLES)}.")] = "bank",
    products: Annotated[
        str | None,
        typer.Option(
            help="Codes to contract at list price, as P01,P07; 'all' for all on sale, the default of an institution's "
            "first caller. Where two people agreed to its contract, they add products: bureau contracts propose."
        ),
    ] = None,
    uscc: Annotated[str | None, typer.Option(help="The enterprise that a client of the role enterprise is.")] = None,
    jwks: JwksOption = None,
    person: Annotated[
        str | None,
        typer.Option(
            help="Who alone uses it, as of every pricing officer: nobody approves what they proposed themselves."
        ),
    ] = None,
    test: Annotated[
        bool, typer.Option("--test", help="In test mode: it asks about sample enterprises and is never billed.")
    ] = False,
) -> None:
    """Make a client of an institution and print its id and secret, shown this once; with --jwks it needs none."""
    settings, keys = Settings(), _keys(jwks)
    asked = products if products is not None else "all" if find_role(role).calls else ""
    with ledger_transaction(settings.ledger_url) as session:
        made = create_client(
            session,
            name,
            role,
            _prices(asked),
            now(),
            uscc=uscc,
            keys=keys,
            test=test,
            person=person,
            first_contract_only=products is None,
        )
        printed = _printed(session, made, keys)
    print(json.dumps(printed))


@clients.command()
def rotate(
    client_id: ClientId,
    jwks: JwksOption = None,
    overlap: Annotated[int, typer.Option(help="Hours for which the old secret or keys count beside the new.")] = 0,
) -> None:
    """Print a new secret, or take new public keys; the old ones and their tokens end at once, or after --overlap."""
    keys = _keys(jwks)
    with ledger_transaction(Settings().ledger_url) as session:
        rotated = rotate_client(session, client_id, now(), keys=keys, overlap=_hours(overlap))
        printed = _printed(session, rotated, keys)
    print(json.dumps(printed))


@clients.command()
def disable(client_id: ClientId) -> None:
    """Refuse a client from now on, also with the tokens it holds."""
    with ledger_transaction(Settings().ledger_url) as session:
        client = disable_client(session, client_id, now())
    print(f"{client.id} is disabled since {client.disabled_at:%Y-%m-%d %H:%M:%S} UTC")


@clients.command("list")
def list_clients(form: FormatOption = Format.TABLE) -> None:
    """List the clients of every institution, without secrets."""
    query = (
        select(
            Institution.name.label("institution"),
            Client.id.label("client_id"),
            Client.role,
            Client.uscc,
            Client.person,
            Institution.test,
            Client.disabled_at,
        )
        .join(Institution, Institution.id == Client.institution_id)
        .order_by(Institution.name, Client.created_at)
    )
    with ledger_transaction(Settings().ledger_url) as session:
        rows = [dict(row) for row in session.execute(query).mappings()]
    print_rows(rows, ["institution", "client_id", "role", "uscc", "person", "test", "disabled_at"], form)


def _hours(overlap: int) -> timedelta:
    try:
        return timedelta(hours=overlap)
    except OverflowError as problem:
        raise InvalidInput(f"{overlap} hours are longer than any overlap.") from problem


def _prices(codes: str) -> list[ListPrice]:
    today = shanghai_day(now())
    named = [code.strip() for code in codes.split(",") if code.strip()]
    lines: list[Product] = list(on_sale(today)) if named == ["all"] else [find_on_sale(c, today) for c in named]
    return [ListPrice(line.code, line.list_price.amount_fen, line.list_price.per) for line in lines]


def _keys(path: Path | None) -> PublicKeys | None:
    if path is None:
        return None
    try:
        return read_jwks(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableFile(path, "It is no text file that can be read.") from problem


def _printed(session: Session, made: NewClient, keys: PublicKeys | None) -> dict[str, Any]:
    """Id and credentials; for an enterprise also what its authenticator of one-time codes is set up with, and what
    its institution is called, which has the code in it where another enterprise had the name before."""
    printed: dict[str, Any] = {"client_id": made.client_id}
    printed |= {"client_secret": made.client_secret} if keys is None else {"kids": [*keys]}
    client = session.get_one(Client, made.client_id)
    if client.uscc is not None:
        key = code_key(derived_key(Settings(), ONE_TIME_CODES), client)
        printed["authenticator"] = code_address(key, client.id)
        printed["institution"] = session.get_one(Institution, client.institution_id).name
    return printed
