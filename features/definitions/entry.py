"""One published feature: its definition in the algebra, and everything a reader must be told about it."""

from dataclasses import dataclass
from functools import cached_property

from bureau.grant import PURPOSES
from features.engine.algebra import Definition, Feature, Population, Published, Reason, Sign, categories, leaves

CL0, CL1 = "CL0", "CL1"
"""Consent classes: public records need none; everything else needs the enterprise's authorisation."""

WITHOUT_SUPERVISION = tuple(purpose for purpose in PURPOSES if purpose != "supervision")
"""For feeds of level L4: who trades with whom is not shown to a supervisor."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the feature catalogue.

    unit: what the number counts; `fen`, `share` (0..1), `bp` and `change` have a form of their own in texts.
    reference: the regulation or rule the records are collected under.
    replaced_by: the published feature to read instead of this one, which is retired: still computed, for models trained
    on it and for answers that are given again, and offered to nothing new.
    """

    name: str
    definition: Published
    label: str
    label_en: str
    unit: str
    sign: Sign
    reason: Reason
    reference: str
    consent: str = CL1
    purposes: tuple[str, ...] = PURPOSES
    replaced_by: str | None = None

    @cached_property
    def feeds(self) -> tuple[str, ...]:
        """Codes of the feeds it reads, each once."""
        return tuple(dict.fromkeys(leaf.feed.code for leaf in leaves(self.definition)))

    @property
    def categories(self) -> tuple[str, ...]:
        """The texts it can take; empty for a number."""
        return categories(self.definition)

    @property
    def fill(self) -> int | None:
        """What no record counts as, once the feed is connected; None: the value is unknown."""
        return self.definition.missing if isinstance(self.definition, Feature) else None

    @property
    def missing(self) -> str:
        """What no record means."""
        return "unknown" if self.fill is None else f"{self.fill} once the feed is connected, else unknown"


def own_definition(entry: Entry) -> Definition:
    """What an execution computes of an entry; raises `TypeError` for a figure of its peers, which the store adds."""
    if isinstance(entry.definition, Population):
        raise TypeError(f"{entry.name} is a figure of other enterprises; the store makes it of its parts.")
    return entry.definition
