"""Rules kept as data: YAML of this package under a frozen schema that knows every key."""

from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

RULE = ConfigDict(frozen=True, extra="forbid")
"""For every schema of a rule: no unknown key, no change after reading."""

Schema = TypeVar("Schema", bound=BaseModel)


@cache
def read_rules(name: str, schema: type[Schema]) -> tuple[Schema, ...]:
    """The list in a file of this package."""
    written = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return TypeAdapter(tuple[schema, ...]).validate_python(written)  # type: ignore[valid-type]  # a type at run time
