"""The commands `bureau products`: what is sold, one line in full, and whether every data file holds together."""

import typer
from rich import print_json

from bureau.clock import now, shanghai_day
from bureau.listing import Format, FormatOption, print_rows
from features.definitions.record import record_faults
from products.check import check_files
from products.product import Product, catalogue, find_product
from products.sold import sold_faults

products = typer.Typer(no_args_is_help=True, add_completion=False, help="List and check the catalogue.")

COLUMNS = ("code", "version", "name", "name_en", "kind", "consent", "price_fen", "per", "state")


@products.command("list")
def list_products(form: FormatOption = Format.TABLE) -> None:
    """Every product with its price and whether it is on sale today."""
    print_rows([_row(product) for product in catalogue().values()], COLUMNS, form)


@products.command()
def show(code: str = typer.Argument(help="Code of the product, e.g. P07.")) -> None:
    """One product in full: what it reads and why, its price, its advice."""
    print_json(find_product(code).model_dump_json(), ensure_ascii=False)


@products.command()
def check() -> None:
    """Check the data files of catalogue, policies and serving, and that all ever sold or computed is kept.

    A fault ends with 2.
    """
    files, faults = check_files()
    faults += [*sold_faults(), *record_faults()]
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(2)
    print(f"{files} files hold together.")


def _row(product: Product) -> dict[str, object]:
    on_sale = product.is_on_sale(shanghai_day(now()))
    return {
        "code": product.code,
        "version": product.version,
        "name": product.name,
        "name_en": product.name_en,
        "kind": product.kind,
        "consent": product.consent,
        "price_fen": product.list_price.amount_fen,
        "per": product.list_price.per,
        "state": "on sale" if on_sale else "not on sale",
    }
