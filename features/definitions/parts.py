"""What an execution must compute so that published features can be told: of peers, the parts their figures rest on."""

from collections.abc import Iterable

from features.definitions.entry import Entry
from features.definitions.library import find_part
from features.engine.algebra import Population


def is_population(entry: Entry) -> bool:
    """Whether an entry is a figure of other enterprises."""
    return isinstance(entry.definition, Population)


def parts_of(entries: Iterable[Entry]) -> list[Entry]:
    """The entries of own records that these need, each once: themselves, or what a figure of peers is made of."""
    names: dict[str, None] = {}
    for entry in entries:
        definition = entry.definition
        if isinstance(definition, Population):
            names |= dict.fromkeys(definition.parts)
        else:
            names[entry.name] = None
    return [find_part(name) for name in names]
