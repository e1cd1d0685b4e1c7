"""The feeds of this group, in the order they are drawn."""

from collections.abc import Mapping

from features.sources.city.stating import AfterDefault, BeforeDefault

BEFORE_DEFAULT: Mapping[str, BeforeDefault] = {}
AFTER_DEFAULT: Mapping[str, AfterDefault] = {}
