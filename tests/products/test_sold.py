"""What was sold once is kept as it was sold: whatever changes or goes is told in a sentence that says what to do."""

import re
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from products.decisions.policy import POLICIES
from products.product import CATALOGUE, EARLIER
from products.sold import SOLD, digest_of, sold_faults


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    copytree(CATALOGUE, tmp_path / "catalogue")
    copytree(POLICIES, tmp_path / "policies")
    return {"catalogue": tmp_path / "catalogue", "policies": tmp_path / "policies"}


def rewritten(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_all_that_the_house_ever_sold_is_here() -> None:
    assert list(sold_faults()) == []


def test_comments_and_spacing_say_nothing(files: dict[str, Path]) -> None:
    path = files["catalogue"] / "P07.yaml"
    before = digest_of(path)
    path.write_text("# Another comment.\n\n" + path.read_text("utf-8"), "utf-8")
    assert digest_of(path) == before
    assert list(sold_faults(**files)) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(
            lambda files: rewritten(files["catalogue"] / "P01.yaml", "amount_fen: ", "amount_fen: 1"),
            r"P01\.yaml: version 1 says another thing than was sold .* keep what was sold as earlier/P01\.1\.yaml",
            id="a price changed under the same version",
        ),
        pytest.param(
            lambda files: rewritten(files["catalogue"] / EARLIER / "P07.1.yaml", "[F15, F16, F22]", "[F15, F16]"),
            r"P07\.1\.yaml: version 1 says another thing",
            id="a line that is past, changed",
        ),
        pytest.param(
            lambda files: (files["catalogue"] / EARLIER / "P11.1.yaml").unlink(),
            r"P11 version 1 was sold and is not kept: restore .*earlier/P11\.1\.yaml",
            id="a line taken away",
        ),
        pytest.param(
            lambda files: rewritten(files["policies"] / "default.yaml", "least_fen: ", "least_fen: 1"),
            r"default\.yaml: version 1 says another thing",
            id="a policy changed under the same version",
        ),
    ],
)
def test_what_is_no_longer_as_it_was_sold_is_told(
    files: dict[str, Path], spoil: Callable[[dict[str, Path]], None], says: str
) -> None:
    spoil(files)
    (fault,) = sold_faults(**files)
    assert "\n" not in fault
    assert re.search(says, fault), fault


def test_a_new_version_comes_with_its_predecessor_and_on_record(files: dict[str, Path], tmp_path: Path) -> None:
    path = files["policies"] / "default.yaml"
    (files["policies"] / EARLIER).mkdir(exist_ok=True)
    (files["policies"] / EARLIER / "default.1.yaml").write_text(path.read_text("utf-8"), "utf-8")
    rewritten(path, "version: 1", "version: 2")
    (fault,) = sold_faults(**files)
    assert fault == f"Version 2 of default is not on record: add to {SOLD} the SHA-256 {digest_of(path)}."
    sold = tmp_path / "sold.yaml"
    sold.write_text(SOLD.read_text("utf-8").replace("default:\n", f'default:\n    "2": {digest_of(path)}\n'), "utf-8")
    assert list(sold_faults(**files, sold=sold)) == []
