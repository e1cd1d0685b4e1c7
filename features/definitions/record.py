"""What every feature ever published computes, on record: a name stands for one computation for good.

Models read features by name for years, and answers are given again by them. What is to be computed otherwise is
published under a name of its own; the feature so far is retired as it was (`Entry.replaced_by`).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from features.definitions.entry import Entry
from features.definitions.library import computes, kept

RECORD = Path(__file__).with_name("record.yaml")
"""SHA-256 by name."""


def record_faults(entries: Iterable[Entry] | None = None, record: Path = RECORD) -> Iterator[str]:
    """A sentence for each feature that computes another thing than was published, is gone, or is not on record.

    entries: those there are, the library's unless said.
    """
    found = {entry.name: computes(entry) for entry in (kept() if entries is None else entries)}
    recorded: dict[str, str] = yaml.safe_load(record.read_text("utf-8"))
    for name, digest in recorded.items():
        if name not in found:
            yield f"{name} was published and is gone: restore it as it was, with what to read instead in replaced_by."
        elif found[name] != digest:
            yield (
                f"{name} computes another thing than was published (SHA-256 {found[name]}, published as {digest}): "
                "publish that under a name of its own, and retire this one as it was."
            )
    for name in sorted(found.keys() - recorded.keys()):
        yield f"{name} is not on record: add to {record} the line {name}: {found[name]}"
