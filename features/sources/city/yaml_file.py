"""A YAML file of names and values in which a name stands once."""

from pathlib import Path
from typing import Any

import yaml

from bureau.errors import UnreadableFile


class _NamedTwice(yaml.YAMLError):
    """YAML itself would silently take the last."""


class _OnceLoader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        named: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in named:
                raise _NamedTwice(
                    f"line {key.start_mark.line + 1} names {key.value} a second time; keep one of the two."
                )
            named.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml_file(path: Path) -> dict[str, Any]:
    """What a file names; raises `UnreadableFile` where it cannot be read, names nothing, or names a thing twice."""
    try:
        content = _OnceLoader(path.read_text("utf-8")).get_single_data()
    except _NamedTwice as problem:
        raise UnreadableFile(path, str(problem)) from problem
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise UnreadableFile(path, "it cannot be read as a YAML file of city parameters.") from problem
    if not isinstance(content, dict):
        raise UnreadableFile(path, "it must hold names and values, as the city's own parameters.yaml does.")
    return content
