"""The one-way street: api -> products -> models -> features -> bureau, read from every import statement."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STREET = ("bureau", "features", "models", "products", "api")
DEFERRED = {"mlflow", "shap", "matplotlib", "pyspark", "py4j"}
"""Libraries that may be imported inside a function: they cost seconds, few commands need them, Spark may be absent."""
MODULES = sorted(path for layer in STREET for path in (ROOT / layer).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every import statement with the module it names, wherever it stands: functions and TYPE_CHECKING included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, "." * node.level + (node.module or "")


@cache
def imported(path: Path) -> tuple[list[str], list[str]]:
    """What a module imports at its start, and what it imports elsewhere: in functions, under conditions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    found = [(id(node) in top, name) for node, name in imports(tree)]
    return [name for early, name in found if early], [name for early, name in found if not early]


def roots(names: Iterable[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def upward(layer: str, names: Iterable[str]) -> list[str]:
    """Of what a layer imports that which points up the street, or is relative and so hides where it points."""
    above = STREET[STREET.index(layer) + 1 :]
    return [name for name in names if name.startswith(".") or name.split(".")[0] in above]


def test_the_walk_sees_every_layer() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(STREET)


@pytest.mark.parametrize("layer", STREET)
def test_imports_point_down_the_street(layer: str) -> None:
    modules = [path for path in MODULES if path.relative_to(ROOT).parts[0] == layer]
    found = {str(path): upward(layer, early + late) for path in modules for early, late in [imported(path)]}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        pytest.param("bureau", "import features.lake", id="plain"),
        pytest.param("features", "def f():\n    from models.spec import ModelSpec", id="inside a function"),
        pytest.param("models", "if TYPE_CHECKING:\n    from products.product import Product", id="for types only"),
        pytest.param("products", "from . import desk", id="relative"),
    ],
)
def test_an_upward_import_is_found(layer: str, source: str) -> None:
    assert upward(layer, [name for _, name in imports(ast.parse(source))])


def test_only_slow_libraries_are_imported_late() -> None:
    found = {str(path): roots(imported(path)[1]) - DEFERRED for path in MODULES}
    assert {path: late for path, late in found.items() if late} == {}


def test_slow_libraries_are_never_imported_at_start() -> None:
    found = {str(path): roots(imported(path)[0]) & {"mlflow", "shap"} for path in MODULES}
    assert {path: early for path, early in found.items() if early} == {}


def test_every_folder_of_the_street_is_a_package_that_says_what_it_is() -> None:
    folders = {path.parent for path in MODULES if "migrations" not in path.parts}
    silent = [
        folder
        for folder in folders
        if not (folder / "__init__.py").exists()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_tests_are_no_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
