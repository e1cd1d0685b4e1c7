"""Checking every data file of this layer against its schema and against the house it names."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TypeVar

from bureau.errors import UnknownName, UnreadableFile
from features.contracts.feeds import find_feed
from features.definitions.library import find_feature
from features.engine.algebra import NEUTRAL
from models.changes import declared_changes
from models.shelf import SPECS
from products.datafile import read_datafile
from products.decisions.policy import POLICIES, load_policy
from products.product import CATALOGUE, Product, Table, load_product
from products.serving import SERVING, ServingFile

Read = TypeVar("Read")


def check_files(
    catalogue: Path = CATALOGUE, policies: Path = POLICIES, serving: Path = SERVING
) -> tuple[int, list[str]]:
    """How many files could be read, and every fault as one sentence that names its file."""
    lines, faults = _read(sorted(catalogue.glob("*.yaml")), load_product)
    rules, more = _read(sorted(policies.glob("*.yaml")), load_policy)
    served, last = _read([serving], lambda path: read_datafile(path, ServingFile))
    faults += more + last
    pairs = [pair for file in served.values() for by_code in file.root.values() for pair in by_code.items()]
    for path, product in lines.items():
        found = chain(
            product_faults(product), reading_faults(product, [m for code, m in pairs if code == product.code])
        )
        faults += [str(UnreadableFile(path, fault)) for fault in found]
    sold = {path.stem: product for path, product in lines.items()}
    faults += [str(UnreadableFile(serving, fault)) for fault in serving_faults(pairs, sold)]
    return len(lines) + len(rules) + len(served), faults


def _read(paths: list[Path], load: Callable[[Path], Read]) -> tuple[dict[Path, Read], list[str]]:
    """What could be read, by path, and a sentence for each file that could not."""
    read, faults = {}, []
    for path in paths:
        try:
            read[path] = load(path)
        except UnreadableFile as fault:
            faults.append(str(fault))
    return read, faults


def product_faults(product: Product) -> Iterator[str]:
    """What a catalogue line names that does not exist, or that it may not read."""
    yield from _feature_faults(product)
    yield from _feed_faults(product)


def _feature_faults(product: Product) -> Iterator[str]:
    changes = {change.feature: change for change in declared_changes().can}
    for name in product.advised:
        if name not in changes:
            yield f"advice: {name!r} is nothing a firm can change by models/changes.yaml."
        elif missing := sorted({*changes[name].also} - product.features()):
            yield f"advice: {name!r} changes {missing[0]!r} too, and no line of reads names it."
    for name in sorted(product.features("decision")):
        try:
            entry = find_feature(name)
        except UnknownName as unknown:
            yield str(unknown)
            continue
        if name in product.advised and entry.sign is NEUTRAL:
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
    for column in table.columns:
        if column not in types:
            yield str(UnknownName(f"column of {table.feed}", column, types))


def reading_faults(product: Product, models: list[str]) -> Iterator[str]:
    """A product reads what its models, its result and its advice need, no less and no more (minimum necessity)."""
    specs = [SPECS[model] for model in models if model in SPECS]
    modelled = {name for spec in specs for name in spec.features}
    needed = modelled.union(product.advised, *product.extras.values())
    for entry in map(find_feature, sorted(modelled)):
        if entry.replaced_by is not None:
            yield f"its model's spec reads {entry.name!r}, which is retired: read {entry.replaced_by!r} instead."
    if unread := sorted(modelled - product.features()):
        yield f"its model reads {unread[0]!r}: add it to the product's reads."
    if specs and (unneeded := sorted(product.features() - needed)):
        yield f"it reads {unneeded[0]!r} and nothing in it needs that: take it out of its reads."


def serving_faults(pairs: list[tuple[str, str]], products: Mapping[str, Product]) -> Iterator[str]:
    """Products and models that are paired and do not exist."""
    for code, model in pairs:
        if code not in products or products[code].kind != "score":
            yield f"there is no score product {code}."
        if model not in SPECS:
            yield str(UnknownName("model", model, SPECS))
