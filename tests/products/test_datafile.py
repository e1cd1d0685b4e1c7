"""Data files: what is wrong is said in one sentence that names the file and the place."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from bureau.errors import UnreadableFile
from products.datafile import STRICT, read_datafile


class Line(BaseModel):
    model_config = STRICT

    code: str
    amount_fen: int
    from_day: date
    words: tuple[str, ...] = ()


GOOD = "code: P07\namount_fen: 800\nfrom_day: 2025-01-01\nwords: [a, b]\n"


def test_a_good_file_becomes_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "P07.yaml"
    path.write_text(GOOD, "utf-8")
    line = read_datafile(path, Line)
    assert (line.amount_fen, line.from_day, line.words) == (800, date(2025, 1, 1), ("a", "b"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(GOOD + "colour: red\n", "colour: Extra inputs are not permitted", id="unknown key"),
        pytest.param(
            GOOD.replace("800", '"800"'), "amount_fen: Input should be a valid integer", id="a number as text"
        ),
        pytest.param(GOOD.replace("800", "8.5"), "amount_fen: ", id="half a fen"),
        pytest.param(GOOD.replace("800", "yes"), "amount_fen: ", id="a truth value as a number"),
        pytest.param(GOOD.replace("2025-01-01", "2025-02-30"), "from_day: ", id="a day that never was"),
        pytest.param(GOOD + "code: P08\n", "'code' stands twice", id="a key that stands twice"),
        pytest.param("code: [P07\n", "it is not YAML", id="broken YAML"),
        pytest.param("", "Input should be an object", id="empty file"),
        pytest.param("- a\n", "Input should be an object", id="a list"),
    ],
)
def test_a_fault_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "P07.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(UnreadableFile) as raised:
        read_datafile(path, Line)
    assert str(raised.value).startswith(str(path))
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "P07.yaml"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(UnreadableFile, match="it is not YAML"):
        read_datafile(path, Line)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read_datafile(tmp_path / "P99.yaml", Line)
