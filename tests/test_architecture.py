"""The one-way street: api -> products -> models -> features -> bureau, read from every import statement."""

import ast
from collections.abc import Iterator
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


def upward(layer: str, source: str) -> list[str]:
    """The imports of a layer's source that point up the street, or are relative and so hide where they point."""
    above = STREET[STREET.index(layer) + 1 :]
    names = [name for _, name in imports(ast.parse(source))]
    return [name for name in names if name.startswith(".") or name.split(".")[0] in above]


def test_the_walk_sees_every_layer() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(STREET)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_the_street(path: Path) -> None:
    assert upward(path.relative_to(ROOT).parts[0], path.read_text(encoding="utf-8")) == []


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
    assert upward(layer, source)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_slow_libraries_are_imported_late(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    late = {name.split(".")[0] for node, name in imports(tree) if id(node) not in top}
    assert late <= DEFERRED


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_slow_libraries_are_never_imported_at_start(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    early = {name.split(".")[0] for node, name in imports(tree) if node in tree.body}
    assert not early & {"mlflow", "shap"}


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
