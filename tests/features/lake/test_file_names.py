"""Names of delivered files that tell of a person are kept without it, each of them still that of one file."""

import json
from pathlib import Path

import pytest

from features.contracts.penalty import PENALTY
from features.lake.file_names import MASKED, kept_name, mask_names
from tests.factories.lakes import ACME, BETA, deliver
from tests.factories.penalties import penalty

IDENTITY = "11010519491231002X"


def called(folder: Path, stem: str, firm: str = ACME) -> Path:
    """A delivery whose publisher calls it otherwise."""
    path = deliver(PENALTY, [penalty(firm)], folder).path
    path.with_suffix(".json").rename(folder / f"{stem}.json")
    return path.rename(folder / f"{stem}.parquet")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["F34-2025-06-01.parquet", "张三.csv", "F34-0000000000000042.csv"])
def test_a_name_that_tells_of_nobody_stays(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("a\n1\n")
    assert kept_name(path) == name
    mask_names([path])
    assert names(tmp_path) == [name]


@pytest.mark.parametrize(
    ("stem", "kept"),
    [
        pytest.param(f"张三_{IDENTITY}", f"张三{MASKED}", id="an identity number"),
        pytest.param("电话13912345678", f"电话{MASKED}", id="a telephone number"),
        pytest.param("li.si@example.com", MASKED, id="an e-mail address"),
    ],
)
def test_a_name_is_masked_and_ends_with_the_sum_of_its_file(tmp_path: Path, stem: str, kept: str) -> None:
    path = called(tmp_path, stem)
    told = json.loads(path.with_suffix(".json").read_text())["sha256"][:8]
    assert kept_name(path) == f"{kept}~{told}.parquet"
    mask_names(tmp_path.iterdir())
    assert names(tmp_path) == [f"{kept}~{told}.json", f"{kept}~{told}.parquet"]
    mask_names(tmp_path.iterdir())
    assert names(tmp_path) == [f"{kept}~{told}.json", f"{kept}~{told}.parquet"], "a masked name stays"


def test_two_files_whose_names_are_masked_alike_stay_two(tmp_path: Path) -> None:
    called(tmp_path, f"张三_{IDENTITY}", ACME)
    called(tmp_path, "张三_110105194912310038", BETA)
    mask_names(tmp_path.iterdir())
    assert len(names(tmp_path)) == 4


def test_two_names_of_one_content_are_numbered(tmp_path: Path) -> None:
    for stem in (f"张三_{IDENTITY}", "张三_110105194912310038"):
        called(tmp_path, stem)
    mask_names(tmp_path.iterdir())
    assert [name.split("~")[1][8:] for name in names(tmp_path)] == ["-2.json", "-2.parquet", ".json", ".parquet"]


def test_two_files_with_one_sidecar_stay_beside_it(tmp_path: Path) -> None:
    called(tmp_path, IDENTITY).with_suffix(".csv").write_text("a\n1\n")
    mask_names(tmp_path.iterdir())
    assert len({name.rsplit(".", 1)[0] for name in names(tmp_path)}) == 1
    assert [Path(name).suffix for name in names(tmp_path)] == [".csv", ".json", ".parquet"]


def test_a_sidecar_waits_for_its_file_and_follows_one_that_was_renamed(tmp_path: Path) -> None:
    path = called(tmp_path, IDENTITY)
    content, kept = path.read_bytes(), kept_name(path)
    path.unlink()
    mask_names(tmp_path.iterdir())
    assert names(tmp_path) == [f"{IDENTITY}.json"]
    (tmp_path / kept).write_bytes(content)
    mask_names(tmp_path.iterdir())
    assert names(tmp_path) == [f"{Path(kept).stem}.json", kept]


def test_a_long_name_stays_one_that_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / f"{'-'.join(['13912345678'] * 20)}.csv"
    path.write_text("a\n1\n")
    mask_names([path])
    assert len(names(tmp_path)[0].encode()) < 240
