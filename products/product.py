"""The schema of a catalogue line: what is sold, what it may read and why, what it costs, how long it is on sale."""

from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, Field, model_validator

from bureau.errors import InvalidInput, UnknownProduct, UnreadableFile
from bureau.grant import PURPOSES
from features.definitions.library import definition_hash
from products.datafile import STRICT, read_datafile

CATALOGUE = Path(__file__).parent / "catalogue"
EARLIER = "earlier"
"""The folder in it of lines that were sold: by them their answers are given again."""

Code = Annotated[str, Field(pattern=r"^P[0-9]{2}$")]
Feed = Annotated[str, Field(pattern=r"^F[0-9]{2}L?$")]
Name = Annotated[str, Field(min_length=1)]
Use = Literal["answer", "decision"]
Extra = Literal["season", "concentration"]


class ListPrice(BaseModel):
    """The price before a contract; what is charged is the contract's."""

    model_config = STRICT

    amount_fen: int = Field(ge=0)
    per: Literal["hit", "call", "free"] = Field(description="hit: an answer that found nothing is not charged")

    @model_validator(mode="after")
    def _free_is_zero(self) -> Self:
        if (self.per == "free") != (self.amount_fen == 0):
            raise ValueError("a price is 0 fen exactly when it is per: free")
        return self


class Reading(BaseModel):
    """Fields a product may read, and why it cannot do without them (minimum necessity)."""

    model_config = STRICT

    why: Name
    why_en: Name
    use: Use = Field("answer", description="decision: read only when an institution runs its policy on the product")
    features: tuple[Name, ...] = ()
    feeds: tuple[Feed, ...] = ()

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        if not (self.features or self.feeds):
            raise ValueError("it names neither a feature nor a feed")
        return self


class Table(BaseModel):
    """One table of a report: the columns of a feed a reader is shown, of the records that may be used."""

    model_config = STRICT

    feed: Feed
    name: Name
    name_en: Name
    columns: tuple[Name, ...] = Field(min_length=1)


class FixedStep(BaseModel):
    """One thing a firm can do, in words of the line itself: how lines advised at first."""

    model_config = STRICT

    feature: Name
    to: float | int = Field(description="the value the firm can reach, in the feature's unit")
    also: dict[Name, float | int] = Field({}, description="features that move with it: they tell the same story")
    text: Name
    text_en: Name


class Product(BaseModel):
    """One line of the catalogue. Any change of content or price is a new version."""

    model_config = STRICT

    code: Code
    version: int = Field(ge=1)
    name: Name
    name_en: Name
    kind: Literal["report", "score", "matching"]
    consent: Literal["CL0", "CL1", "CL2"] = Field(
        description="CL0: public data; CL1: the enterprise's authorisation; CL2: also a natural person's"
    )
    list_price: ListPrice
    on_sale_from: date
    on_sale_until: date | None = Field(None, description="last day of sale; none: not yet decided")
    legal_basis: Name
    purposes: tuple[str, ...] = Field(min_length=1)
    calls_per_minute: int = Field(
        30_000, ge=1, description="how often each client may call it, unless its contract says; a third of one server"
    )
    reads: tuple[Reading, ...] = Field(min_length=1)
    expects: tuple[Feed, ...] = Field(
        (), description="feeds in which every active firm has records: without one of them the answer is partial"
    )
    rests_on: tuple[Feed, ...] = Field(
        (), description="feeds of which one must have a record, or nothing is found; none named: any feed it reads"
    )
    tables: tuple[Table, ...] = Field((), description="report: its tables")
    extras: dict[Extra, tuple[Name, ...]] = Field({}, description="score: features shown beside the score")
    advice: tuple[Name | FixedStep, ...] = Field(
        (), description="score: features whose change it advises, each declared in models/changes.yaml"
    )
    scores: tuple[Code, ...] = Field((), description="matching: score products, the first one served here is used")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for fault in _faults(self):
            raise ValueError(fault)
        return self

    def features(self, use: Use = "answer") -> frozenset[str]:
        """Names of the features it may read; a decision reads what the answer reads and more."""
        return self._may_read[use][0]

    def feeds(self, use: Use = "answer") -> frozenset[str]:
        """Codes of the feeds whose records it may read."""
        return self._may_read[use][1]

    @cached_property
    def _may_read(self) -> dict[Use, tuple[frozenset[str], frozenset[str]]]:
        """Features and feeds: asked for by every answer."""
        return {
            use: (
                frozenset(name for reading in self._readings(use) for name in reading.features),
                frozenset(feed for reading in self._readings(use) for feed in reading.feeds),
            )
            for use in get_args(Use)
        }

    @cached_property
    def advised(self) -> tuple[str, ...]:
        """The features it advises about."""
        return tuple(step.feature if isinstance(step, FixedStep) else step for step in self.advice)

    @cached_property
    def fixed_steps(self) -> tuple[FixedStep, ...]:
        """The steps that a line of the first form advises."""
        return tuple(step for step in self.advice if isinstance(step, FixedStep))

    @cached_property
    def _fields(self) -> dict[Use, frozenset[str]]:
        """What `fields_of` has found out."""
        return {}

    def is_on_sale(self, day: date) -> bool:
        return self.on_sale_from <= day and (self.on_sale_until is None or day <= self.on_sale_until)

    def _readings(self, use: Use) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.reads if use == "decision" or reading.use == "answer")


def _faults(product: Product) -> list[str]:
    """What one line contradicts in itself, as sentences; names are checked against the house in `check.py`."""
    faults = []
    if product.consent == "CL2":  # sold as CL1 it would be read without that person
        faults.append("consent: CL2 needs a natural person's consent, which cannot be checked here yet")
    if unknown := sorted(set(product.purposes) - set(PURPOSES)):
        faults.append(f"purposes: {unknown[0]!r} is none of {', '.join(PURPOSES)}")
    if product.on_sale_until and product.on_sale_until < product.on_sale_from:
        faults.append("on_sale_until lies before on_sale_from")
    if missing := sorted(_named_feeds(product) - product.feeds()):
        faults.append(f"{missing[0]} is shown, expected or rested on, and no line of reads names it")
    shown = {name for names in (product.advised, *product.extras.values()) for name in names}
    if missing := sorted(shown - product.features()):
        faults.append(f"{missing[0]!r} is shown or advised, and no line of reads names it")
    parts = {"report": ("tables",), "score": ("extras", "advice"), "matching": ("scores",)}
    for kind, names in parts.items():
        foreign = [name for name in names if getattr(product, name) and kind != product.kind]
        faults += [f"{name} belong to a {kind}, not to a {product.kind}" for name in foreign]
    if product.kind == "score" and not product.rests_on:
        faults.append("a score needs rests_on: without a record there is nothing to score")
    required = {"report": product.tables, "score": product.features(), "matching": product.scores}[product.kind]
    if not required:
        faults.append(f"a {product.kind} needs {'features' if product.kind == 'score' else parts[product.kind][0]}")
    return faults


def _named_feeds(product: Product) -> set[str]:
    return {table.feed for table in product.tables} | {*product.expects, *product.rests_on}


def fields_of(product: Product, use: Use = "answer") -> frozenset[str]:
    """What a read grant for this product covers: feature names and feed codes, and nothing else.

    Matching may also read what the score products it names may read.
    """
    found = product._fields.get(use)  # asked with every call
    if found is None:
        scores = [fields_of(find_product(code)) for code in product.scores]
        found = product._fields[use] = product.features(use).union(product.feeds(use), *scores)
    return found


def definitions_of(product: Product, scores: Mapping[str, Product] | None = None) -> str:
    """SHA-256 of how the features it may read are defined now, those of a decision and of its scores among them.

    scores: the lines of its scores, by code; the present ones unless said.
    """
    lines = (product, *(scores[code] if scores is not None else find_product(code) for code in product.scores))
    return _definitions_of(tuple(sorted({name for line in lines for name in line.features("decision")})))


@cache
def _definitions_of(names: tuple[str, ...]) -> str:
    return definition_hash(names)


def load_product(path: Path) -> Product:
    """One catalogue line, from a file of its own name."""
    product = read_datafile(path, Product)
    if product.code != path.stem:
        raise UnreadableFile(path, f"its code is {product.code}; name the file {product.code}.yaml.")
    return product


def find_line(code: str, version: int) -> Product:
    """The line of a product that had a version: the present one, or an earlier one that was kept.

    Raises `UnknownProduct`, and `InvalidInput` where that version's line was not kept.
    """
    present = find_product(code)
    if present.version == version:
        return present
    path = CATALOGUE / EARLIER / f"{code}.{version}.yaml"
    if not path.exists():
        raise InvalidInput(
            f"{code} is version {present.version} now and was {version}, whose line is not kept under {EARLIER}/: "
            f"replay it on the release that sold it."
        )
    line = read_datafile(path, Product)
    if (line.code, line.version) != (code, version):
        raise UnreadableFile(path, f"it is {line.code} version {line.version}; name the file {code}.{version}.yaml.")
    return line


def versions_of(code: str) -> tuple[Product, ...]:
    """Every version of a line that is here, the present one first. Raises `UnknownProduct`."""
    present, earlier = find_product(code), CATALOGUE / EARLIER
    kept = {int(path.stem.partition(".")[2]) for path in earlier.glob(f"{code}.*.yaml")}
    return (present, *(find_line(code, version) for version in sorted(kept - {present.version}, reverse=True)))


def load_catalogue(folder: Path) -> dict[str, Product]:
    """Every line of a catalogue folder by code."""
    return {path.stem: load_product(path) for path in sorted(folder.glob("*.yaml"))}


@cache
def catalogue() -> dict[str, Product]:
    """The catalogue of this version of the platform."""
    return load_catalogue(CATALOGUE)


def find_product(code: str) -> Product:
    """A catalogue line, on sale or not; raises `UnknownProduct`."""
    try:
        return catalogue()[code]
    except KeyError:
        raise UnknownProduct(code) from None


def on_sale(day: date) -> tuple[Product, ...]:
    """The products on sale on a day, by code."""
    return tuple(product for product in catalogue().values() if product.is_on_sale(day))


def find_on_sale(code: str, day: date) -> Product:
    """A product a new call may name that day; raises `UnknownProduct` for one not yet on sale, or retired."""
    product = find_product(code)
    if not product.is_on_sale(day):
        raise UnknownProduct(code)
    return product
