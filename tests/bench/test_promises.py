"""A city's promises as a table to keep."""

from pathlib import Path

from features.sources.city.outcome_checks import NAIVE
from features.sources.source import Check, Verdict
from tests.bench.promises import as_markdown, checked


def test_a_city_is_loaded_checked_and_removed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    checks = checked(home, 30)
    assert NAIVE.rule in {check.rule for check in checks}
    assert not [check for check in checks if check.fails]
    assert not home.exists()


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    table = as_markdown("t", [Check("a|b", Verdict.MET, "1", "at most 2")])
    assert table.splitlines()[-1] == "| a\\|b | at most 2 | 1 |  | met |  |"
