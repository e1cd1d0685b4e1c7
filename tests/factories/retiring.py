"""The library of a year later, in which one feature is retired for another that looks back half as far."""

from dataclasses import replace

import pytest

from features.definitions import library
from features.definitions.entry import Entry
from features.definitions.library import find_feature
from features.engine.windows import months

RETIRED, SUCCESSOR = "tax_arrears_count_24m", "tax_arrears_count_12m"


def retire(monkeypatch: pytest.MonkeyPatch) -> tuple[Entry, Entry]:
    """Retire a feature that models read; it as it stands now, and the one to read instead."""
    entry = find_feature(RETIRED)
    retired = replace(entry, replaced_by=SUCCESSOR)
    shorter = replace(entry.definition, within=months(12))
    successor = replace(entry, name=SUCCESSOR, definition=shorter, label="近12个月欠税次数")
    kept = (*(retired if one is entry else one for one in library.kept()), successor)
    monkeypatch.setattr(library, "_KEPT", kept)
    monkeypatch.setattr(library, "_PUBLISHED", tuple(one for one in kept if one.replaced_by is None))
    monkeypatch.setattr(library, "_BY_NAME", {one.name: one for one in kept})
    return retired, successor
