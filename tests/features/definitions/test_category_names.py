"""Every code a feature can take has its name in both languages."""

import pytest

from features.definitions.category_names import category_name
from features.definitions.entry import Entry
from features.definitions.library import published

CATEGORICAL = [entry for entry in published() if entry.categories]


@pytest.mark.parametrize("entry", CATEGORICAL, ids=lambda entry: entry.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_category_is_a_bare_code_and_no_two_are_alike(entry: Entry, language: str) -> None:
    names = [category_name(category, entry.unit, language) for category in entry.categories]
    assert len(set(names)) == len(names)
    assert not any(name.isascii() and (name.isdigit() or len(name) == 1) for name in names)


def test_a_category_that_is_a_word_stays() -> None:
    assert category_name("受理", "stage", "zh") == "受理"
    assert category_name("999999", "district", "zh") == "999999"
