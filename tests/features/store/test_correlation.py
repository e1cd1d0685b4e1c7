"""Which features say the same on a day: planted twins are found, chance and few rows are not."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from bureau.errors import BureauError, ImpossibleDate, InvalidInput
from bureau.grant import operator_grant
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.library import published
from features.lake.lake import open_lake
from features.sources.source import read_source
from features.store.cli import features
from features.store.correlation import alike, correlations, likeness
from tests.factories.lakes import land_rows, make_lake, uscc
from tests.factories.tax import tax_arrears

FIRMS = 40
COUNT, OPEN = "tax_arrears_count_24m", "tax_arrears_open"


def twins(rows: int = 500, noise: float = 0.0) -> pl.DataFrame:
    random = np.random.default_rng(5)
    first, other = random.normal(0, 1, rows), random.normal(0, 1, rows)
    return pl.DataFrame(
        {
            "first": first,
            "in_fen": first * 1e9 + 1e12,
            "turned": -first + noise * random.normal(0, 1, rows),
            "other": other,
            "still": np.full(rows, 3.0),
        }
    )


def test_planted_twins_count_once_whatever_their_scale_and_direction() -> None:
    constant, groups = alike(twins(), 0.98)
    assert constant == ("still",)
    assert [group.features for group in groups] == [("first", "in_fen", "turned")]
    assert groups[0].weakest == pytest.approx(1.0)


def test_the_limit_is_a_limit() -> None:
    strength = abs(correlations(twins(noise=0.25))[0, 2])
    assert 0.9 < strength < 0.98
    assert [group.features for group in alike(twins(noise=0.25), 0.98)[1]] == [("first", "in_fen")]
    assert [group.features for group in alike(twins(noise=0.25), 0.9)[1]] == [("first", "in_fen", "turned")]


def test_a_pair_is_compared_over_the_rows_that_have_both() -> None:
    frame = twins().with_columns(gaps=pl.when(pl.int_range(pl.len()) % 3 == 0).then("first"))
    expected = frame.drop_nulls("gaps").select(pl.corr("gaps", "other")).item()
    found = correlations(frame)
    assert found[5, 3] == pytest.approx(expected)
    assert found[5, 0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("together", "groups"), [pytest.param(30, 1, id="enough rows"), pytest.param(29, 0, id="one row too few")]
)
def test_few_common_rows_join_nothing(together: int, groups: int) -> None:
    frame = twins().with_columns(rare=pl.when(pl.int_range(pl.len()) < together).then("other")).select("other", "rare")
    assert len(alike(frame, 0.98)[1]) == groups


def test_no_rows_at_all_are_no_groups() -> None:
    assert alike(twins().clear(), 0.98) == (("first", "in_fen", "turned", "other", "still"), ())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which every notice of arrears is open, so that a count tells the balance."""
    rows = [
        tax_arrears(uscc(firm), date(2025, 1 + month, 28), arrears_fen=10_000)
        for firm in range(FIRMS)
        for month in range(firm % 3)
    ]
    land_rows(make_lake(tmp_path), TAX_ARREARS, rows, "2025-04-02")
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "home"))
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(features, ["correlated", *map(str, arguments)])


def test_enterprises_unknown_on_the_day_are_not_looked_at(folder: Path) -> None:
    lake = make_lake(folder)
    assert likeness(lake, [COUNT], date(2025, 5, 1), 0.98, operator_grant()).enterprises == FIRMS - 14
    assert likeness(lake, [COUNT], date(2025, 4, 1), 0.98, operator_grant()).enterprises == 0


def test_of_the_whole_library_enough_count_once(city_home: Path) -> None:
    lake, source = open_lake(city_home, f"sqlite:///{city_home}/catalogue.db"), read_source(city_home)
    assert source is not None
    names = [entry.name for entry in published()]
    found = likeness(lake, names, source.last_day, 0.98, operator_grant())
    assert found.features == len(names)
    assert found.counting >= 500


def test_the_command_prints_groups_and_how_many_count(folder: Path) -> None:
    result = run("--as-of", "2025-05-01", "--format", "json")
    assert result.exit_code == 0, result.output
    assert isinstance(json.loads(result.stdout), list)
    assert "counting once, on 26 enterprises as of 2025-05-01" in result.stderr
    assert "counting once" in run("--as-of", "2025-05-01").stdout


@pytest.mark.parametrize(
    ("words", "error"),
    [
        pytest.param(("--as-of", "2025-02-30"), ImpossibleDate, id="a day that is none"),
        pytest.param(("--above", "1.5"), SystemExit, id="no correlation"),
    ],
)
def test_wrong_words_are_told(folder: Path, words: tuple[str, ...], error: type[BaseException]) -> None:
    assert isinstance(run(*words).exception, error)


def test_an_empty_home_says_what_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "empty"))
    error = run("--as-of", "2025-05-01").exception
    assert isinstance(error, InvalidInput)
    assert isinstance(error, BureauError)
    assert "Load a source first" in str(error)
