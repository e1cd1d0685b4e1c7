"""`bureau clients`: give an institution access to the API, renew it, take it away."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import select

from api.access.institutions import NewClient, create_client, disable_client, rotate_client
from api.access.roles import CALLING_ROLES, ROLES
from api.access.tables import Client, Institution
from api.contracts.agreeing import ListPrice
from api.database import ledger_transaction
from bureau.clock import now, shanghai_day
from bureau.listing import Format, FormatOption, print_rows
from bureau.settings import Settings
from products.product import Product, find_on_sale, on_sale

clients = typer.Typer(no_args_is_help=True, add_completion=False)
ClientId = Annotated[str, typer.Argument(help="The client_id that create printed.")]


@clients.command()
def create(
    name: Annotated[str, typer.Argument(help="The institution; it is made if it is new.")],
    role: Annotated[str, typer.Option(help=f"What the client may do: {', '.join(ROLES)}.")] = "bank",
    products: Annotated[
        str | None,
        typer.Option(
            help="Codes to contract at list price, as P01,P07; 'all' for all on sale, the default of a caller."
        ),
    ] = None,
) -> None:
    """Make a client of an institution and print its id and secret. The secret is shown this once."""
    asked = products if products is not None else "all" if role in CALLING_ROLES else ""
    with ledger_transaction(Settings().ledger_url) as session:
        made = create_client(session, name, role, _prices(asked), now())
    _print_client(made)


@clients.command()
def rotate(client_id: ClientId) -> None:
    """Print a new secret; the old one and its tokens end at once."""
    with ledger_transaction(Settings().ledger_url) as session:
        rotated = rotate_client(session, client_id)
    _print_client(rotated)


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
        select(Institution.name.label("institution"), Client.id.label("client_id"), Client.role, Client.disabled_at)
        .join(Institution, Institution.id == Client.institution_id)
        .order_by(Institution.name, Client.created_at)
    )
    with ledger_transaction(Settings().ledger_url) as session:
        rows = [dict(row) for row in session.execute(query).mappings()]
    print_rows(rows, ["institution", "client_id", "role", "disabled_at"], form)


def _prices(codes: str) -> list[ListPrice]:
    today = shanghai_day(now())
    named = [code.strip() for code in codes.split(",") if code.strip()]
    lines: list[Product] = list(on_sale(today)) if named == ["all"] else [find_on_sale(c, today) for c in named]
    return [ListPrice(line.code, line.list_price.amount_fen, line.list_price.per) for line in lines]


def _print_client(made: NewClient) -> None:
    print(json.dumps(asdict(made)))
