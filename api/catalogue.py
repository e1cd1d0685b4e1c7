"""The catalogue as a bank reads it: what is sold, what goes in and out, what it costs."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Security
from pydantic import BaseModel, Field

from api.caller import Now, identify
from api.errors import problems
from api.reports import Report, ReportRequest
from bureau.clock import shanghai_day
from bureau.errors import RoleNotPermitted, UnknownProduct, WrongCredentials
from products.product import ListPrice, Product, find_on_sale, on_sale

router = APIRouter(
    prefix="/v1/products",
    tags=["products"],
    dependencies=[Security(identify, scopes=["catalogue"])],
    responses=problems(WrongCredentials, RoleNotPermitted),
)


class CatalogueLine(BaseModel):
    """One product on sale."""

    code: Annotated[str, Field(examples=["P07"])]
    version: int
    name: str
    name_en: str
    kind: str
    consent: Annotated[str, Field(description="CL0: none needed; CL1: the enterprise's; CL2: also a person's.")]
    purposes: list[str]
    list_price: Annotated[ListPrice, Field(description="Before a contract; what is charged is the contract's.")]
    calls_per_minute: Annotated[int, Field(description="Of each client, unless its contract says otherwise.")]
    on_sale_from: date
    on_sale_until: date | None
    legal_basis: str


class CatalogueEntry(CatalogueLine):
    """One product with everything needed to call it."""

    reads: Annotated[list[dict[str, Any]], Field(description="What it may read, and why it cannot do without.")]
    input_schema: Annotated[dict[str, Any], Field(description="JSON Schema of the call's body.")]
    output_schema: Annotated[dict[str, Any], Field(description="JSON Schema of the answer.")]


class Catalogue(BaseModel):
    """Every product on sale today, by code."""

    items: list[CatalogueLine]


def line(product: Product) -> CatalogueLine:
    """A catalogue line without its inner workings."""
    return CatalogueLine.model_validate(product.model_dump())


@router.get("", summary="List the products on sale")
def list_products(now: Now) -> Catalogue:
    """The whole catalogue; your contract may cover a part of it."""
    return Catalogue(items=[line(product) for product in on_sale(shanghai_day(now))])


@router.get("/{code}", summary="Read one product", responses=problems(UnknownProduct))
def read_product(code: str, now: Now) -> CatalogueEntry:
    """Price, consent class, and the schemas of call and answer."""
    product = find_on_sale(code, shanghai_day(now))
    return CatalogueEntry(
        **line(product).model_dump(),
        reads=[reading.model_dump(mode="json") for reading in product.reads],
        input_schema=ReportRequest.model_json_schema(),
        output_schema=Report.model_json_schema(mode="serialization"),
    )
