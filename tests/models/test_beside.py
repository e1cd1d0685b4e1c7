"""Baselines of the small city's model: trained, kept apart from release, and held beside the champion."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bureau.errors import InvalidInput, ModelNotReleased, ReleaseRefused, UnknownName
from models.beside import COLUMNS, newest_of_kinds
from models.cli import models
from models.registry import CHALLENGER, tracking_address
from models.service import load_chosen
from tests.factories.people import key_of

NAME = "sme_default"


def run(home: Path, *words: str) -> Result:
    env = {"BUREAU_HOME": str(home), "BUREAU_TODAY": "2023-04-30"}
    if "--by" in words:
        env |= key_of(home, words[words.index("--by") + 1])
    return CliRunner().invoke(models, list(words), env=env)


def done(home: Path, *words: str) -> str:
    result = run(home, *words)
    assert result.exception is None, result.exception
    return result.stdout


@pytest.fixture(scope="module")
def home(city_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's home with a scorecard kept as a baseline."""
    home = tmp_path_factory.mktemp("beside") / "home"
    shutil.copytree(city_home, home)
    told = done(home, "train", NAME, "--kind", "scorecard")
    assert "version 2 is kept as a baseline: bureau models evaluate sme_default --beside" in told
    return home


@pytest.fixture(scope="module")
def lines(home: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done(home, "evaluate", NAME, "--beside", "--format", "json"))
    return found


def test_the_champion_comes_first_and_others_are_held_against_it(lines: list[dict[str, Any]]) -> None:
    first, scorecard = lines
    assert tuple(first) == COLUMNS
    assert (first["role"], first["auc_against"], first["error"]) == ("champion", 0, 0)
    assert (scorecard["kind"], scorecard["role"]) == ("scorecard", "baseline")
    assert scorecard["auc_against"] == pytest.approx(scorecard["auc"] - first["auc"], abs=1e-4)
    assert scorecard["error"] > 0
    assert scorecard["rows"] == first["rows"]
    assert scorecard["auc"] > 0.55


def test_the_loans_that_judge_are_named_and_new_to_every_version(home: Path, tmp_path: Path) -> None:
    alone: list[dict[str, Any]] = json.loads(done(home, "evaluate", NAME, "--format", "json"))
    granted = alone[0]["granted"]
    assert granted.startswith("2021-01-01 to 2022-")
    later = Path(shutil.copytree(home, tmp_path / "later"))
    path = later / "models" / NAME / "2" / "model.json"
    stored = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(stored | {"facts": stored["facts"] | {"test_from": "2021-05-01"}}), "utf-8")
    own, beside = (
        json.loads(done(later, "evaluate", NAME, *words, "--format", "json"))
        for words in (("--version", "2"), ("--beside",))
    )
    assert own[0]["granted"] == granted.replace("2021-01-01", "2021-05-01")
    assert {line["granted"] for line in beside} == {own[0]["granted"]}
    assert {line["rows"] for line in beside} == {own[0]["rows"]} != {alone[0]["rows"]}


def test_a_baseline_is_not_released_and_not_chosen(home: Path) -> None:
    refused = run(home, "release", NAME, "2", "--by", "王建模").exception
    assert isinstance(refused, ReleaseRefused)
    assert "--challenger" in str(refused)
    assert load_chosen(home, NAME).version == "1"
    assert load_chosen(home, NAME, "2").predictor.kind == "scorecard"


def test_asked_for_as_a_challenger_it_may_be_released(home: Path) -> None:
    import mlflow

    told = done(home, "train", NAME, "--kind", "scorecard", "--challenger")
    assert "Two people release it" in told
    assert newest_of_kinds(home, NAME) == {"1": "champion", "3": "challenger"}
    client = mlflow.MlflowClient(tracking_address(home / "mlruns"))
    assert client.get_model_version_by_alias(NAME, CHALLENGER).tags["version"] == "3"
    done(home, "release", NAME, "3", "--by", "王建模")


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        pytest.param(["train", NAME, "--kind", "scorecrad"], UnknownName, "scorecard", id="a kind misspelt"),
        pytest.param(["evaluate", "invoice_default", "--beside"], InvalidInput, NAME, id="other outcomes"),
        pytest.param(["evaluate", "first_loan", "--beside"], ModelNotReleased, "first_loan", id="nothing kept"),
    ],
)
def test_what_cannot_be_trained_or_judged_is_a_sentence(
    city_home: Path, words: list[str], error: type[Exception], says: str
) -> None:
    problem = run(city_home, *words).exception
    assert isinstance(problem, error)
    assert says in str(problem)
