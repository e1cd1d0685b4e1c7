"""A home holds one source; its last day only moves forward."""

from datetime import date
from pathlib import Path

import pytest

from bureau.errors import SourceConflict, UnreadableFile
from features.sources.source import HomeSource, claim_source, read_source


def test_a_fresh_home_has_no_source(tmp_path: Path) -> None:
    assert read_source(tmp_path) is None


def test_a_claimed_home_says_its_source_and_last_day(tmp_path: Path) -> None:
    claim_source(tmp_path / "home", "cumcm", date(2020, 2, 22))
    assert read_source(tmp_path / "home") == HomeSource("cumcm", date(2020, 2, 22))


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param(date(2019, 8, 31), date(2020, 2, 22), id="an older part leaves the day alone"),
        pytest.param(date(2020, 3, 31), date(2020, 3, 31), id="a newer part moves the day"),
    ],
)
def test_the_last_day_only_moves_forward(tmp_path: Path, second: date, expected: date) -> None:
    claim_source(tmp_path, "cumcm", date(2020, 2, 22))
    assert claim_source(tmp_path, "cumcm", second).last_day == expected


def test_a_second_source_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    claim_source(tmp_path, "cumcm", date(2020, 2, 22))
    with pytest.raises(SourceConflict, match="BUREAU_HOME"):
        claim_source(tmp_path, "city", date(2026, 12, 31))
    assert read_source(tmp_path) == HomeSource("cumcm", date(2020, 2, 22))


@pytest.mark.parametrize("text", ["", "[]", '{"source": "city"}', '{"source": "city", "last_day": "soon"}'])
def test_a_damaged_note_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "source.json").write_text(text, "utf-8")
    with pytest.raises(UnreadableFile, match="delete it and load again"):
        read_source(tmp_path)
