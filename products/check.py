"""Checking every data file of this layer against its schema and against the house it names."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bureau.errors import UnknownName, UnreadableFile
from features.contracts.feeds import find_feed
from features.definitions.library import find_feature
from features.engine.algebra import NEUTRAL
from models.shelf import SPECS
from models.spec import ModelSpec
from products.datafile import read_datafile
from products.decisions.policy import POLICIES, load_policy
from products.product import CATALOGUE, Product, Table, load_product
from products.serving import SERVING, ServingFile


def check_files(
    catalogue: Path = CATALOGUE, policies: Path = POLICIES, serving: Path = SERVING
) -> tuple[int, list[str]]:
    """How many files were read, and every fault as one sentence that names its file."""
    files = [*sorted(catalogue.glob("*.yaml")), *sorted(policies.glob("*.yaml")), serving]
    faults: list[str] = []
    products: dict[Path, Product] = {}
    for path in files:
        try:
            if path.parent == catalogue and path != serving:
                products[path] = load_product(path)
            elif path.parent == policies:
                load_policy(path)
        except UnreadableFile as fault:
            faults.append(str(fault))
    for path, product in products.items():
        faults += [str(UnreadableFile(path, fault)) for fault in product_faults(product)]
    by_code = {product.code: product for product in products.values()}
    faults += [str(UnreadableFile(serving, fault)) for fault in serving_faults(serving, by_code)]
    return len(files), faults


def product_faults(product: Product) -> Iterator[str]:
    """What a catalogue line names that does not exist, or that it may not read."""
    yield from _feature_faults(product)
    yield from _feed_faults(product)


def _feature_faults(product: Product) -> Iterator[str]:
    advised = {step.feature for step in product.advice}
    for name in sorted(product.features("decision")):
        try:
            entry = find_feature(name)
        except UnknownName as unknown:
            yield str(unknown)
            continue
        if name in advised and entry.sign is NEUTRAL:
            yield f"advice: {name!r} has no better side."
        if entry.consent > product.consent:
            yield f"{name!r} needs consent {entry.consent}, and the product asks for {product.consent} only."
        if closed := sorted(set(product.purposes) - set(entry.purposes)):
            yield f"{name!r} may not be read for the purpose {closed[0]}."


def _feed_faults(product: Product) -> Iterator[str]:
    for code in sorted(product.feeds("decision")):
        try:
            feed = find_feed(code)
        except UnknownName as unknown:
            yield str(unknown)
            continue
        if product.consent == "CL0" and feed.level != "L1":
            yield f"{code} is of level {feed.level}; without consent only public feeds (L1) may be shown."
        if not feed.feature_source:
            yield f"{code} is what models predict and no product's to read."
        for table in product.tables:
            if table.feed == code:
                yield from _column_faults(table)


def _column_faults(table: Table) -> Iterator[str]:
    types = find_feed(table.feed).dtypes
    for column in (*table.columns, *table.hidden_after):
        if column not in types:
            yield str(UnknownName(f"column of {table.feed}", column, types))
        elif column in table.hidden_after and types[column] != pl.Date:
            yield f"{table.feed} {column} is no date, so it cannot say since when a record is hidden."


def serving_faults(path: Path, products: dict[str, Product]) -> Iterator[str]:
    """Products and models a serving file names that do not exist or do not fit each other."""
    try:
        sources = read_datafile(path, ServingFile).root
    except UnreadableFile as fault:
        yield fault.why
        return
    pairs = [(code, model) for served in sources.values() for code, model in served.items()]
    for code, model in pairs:
        if code not in products or products[code].kind != "score":
            yield f"there is no score product {code}."
        if model not in SPECS:
            yield str(UnknownName("model", model, SPECS))
    models = {code: [SPECS[model] for other, model in pairs if other == code and model in SPECS] for code, _ in pairs}
    for code, specs in models.items():
        if code in products and specs:
            yield from _reading_faults(products[code], specs)


def _reading_faults(product: Product, specs: list[ModelSpec]) -> Iterator[str]:
    """A product reads what its models, its result and its advice need, no less and no more (minimum necessity)."""
    modelled = {name for spec in specs for name in spec.features}
    advised = {name for step in product.advice for name in (step.feature, *step.also)}
    needed = modelled.union(advised, *product.extras.values())
    if unread := sorted(modelled - product.features()):
        yield f"a model of {product.code} reads {unread[0]!r}: add it to the product's reads."
    if unneeded := sorted(product.features() - needed):
        yield f"{product.code} reads {unneeded[0]!r} and nothing in it needs that: take it out of its reads."
