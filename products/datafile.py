"""Data files under a strict schema: YAML in, a frozen model out, one sentence when something is wrong."""

import json
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bureau.errors import UnreadableFile

STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
"""For every schema of a data file: no unknown key, no silent conversion, no change after reading."""

Schema = TypeVar("Schema", bound=BaseModel)


class _Careful(yaml.SafeLoader):
    """YAML as written by people: a key that stands twice is a slip, not an override; days stay text for the schema."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the parent's table, less one tag
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.MarkedYAMLError(problem=f"{twice[0]!r} stands twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def read_datafile(path: Path, schema: type[Schema]) -> Schema:
    """One file as its schema; raises `UnreadableFile` with the place and the first thing that is wrong."""
    try:
        # Through JSON, so that strict types still take a list as a tuple and a written day as a date.
        return schema.model_validate_json(json.dumps(read_written(path)))
    except ValidationError as problem:
        raise UnreadableFile(path, first_fault(problem)) from problem


def read_written(path: Path) -> Any:
    """What a file says, before any schema; raises `UnreadableFile` where it is no YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Careful)  # noqa: S506 - a safe loader
    except OSError as problem:
        raise UnreadableFile(path, "it cannot be opened.") from problem
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise UnreadableFile(path, f"it is not YAML{_place(problem)}.") from problem


def first_fault(problem: ValidationError) -> str:
    """The first fault of a validation, as `where: what`."""
    fault = problem.errors(include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    what = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{where}: {what}." if where else f"{what}."


def _place(problem: Exception) -> str:
    """Where and why YAML stopped, where it says so."""
    if isinstance(problem, yaml.MarkedYAMLError) and problem.problem_mark:
        return f" in line {problem.problem_mark.line + 1}: {problem.problem}"
    return ": it is no text"
