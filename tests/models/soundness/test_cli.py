"""`bureau models reasons-check` on the small city, and its errors in a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bureau.errors import BureauError, ModelNotReleased, UnknownName
from models.cli import models
from models.soundness.cli import OVERLAP, TRUE

LAST_DAY = "2023-04-30"


def run(home: Path, *words: str) -> Result:
    env = {"BUREAU_HOME": str(home), "BUREAU_TODAY": LAST_DAY}
    return CliRunner().invoke(models, ["reasons-check", *words], env=env)


@pytest.fixture(scope="module")
def lines(city_home: Path) -> list[dict[str, Any]]:
    result = run(city_home, "sme_default", "--retrains", "4", "--by-code", "--format", "json")
    assert result.exception is None, result.exception
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_each_target_stands_beside_what_was_measured(lines: list[dict[str, Any]]) -> None:
    judged = {line["check"]: line for line in lines if line["target"] is not None}
    assert [line["target"] for line in judged.values()] == [OVERLAP, TRUE, TRUE]
    assert all(0 <= line["measured"] <= 1 for line in lines)
    assert all(line["met"] == ("yes" if line["measured"] >= line["target"] else "no") for line in judged.values())


def test_reasons_are_as_true_as_promised_and_truer_than_chance(lines: list[dict[str, Any]]) -> None:
    _, moved, lowered = (line for line in lines if line["target"] is not None)
    assert moved["met"] == lowered["met"] == "yes"
    assert lowered["measured"] > lowered["by_chance"]


def test_half_as_many_defaults_as_promised_for_leave_reasons_nearly_as_steady(lines: list[dict[str, Any]]) -> None:
    assert lines[0]["measured"] > 0.65


def test_codes_follow_the_most_told_first_and_add_up(lines: list[dict[str, Any]]) -> None:
    codes = [line for line in lines if line["check"].isupper()]
    told = [line["reasons"] for line in codes]
    assert told == sorted(told, reverse=True)
    assert sum(told) == lines[3]["reasons"]


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        pytest.param(["sme_defualt"], UnknownName, "sme_default", id="a name misspelt"),
        pytest.param(["invoice_default"], ModelNotReleased, "bureau models train", id="a model never trained here"),
        pytest.param(["sme_default", "--version", "99"], UnknownName, "99", id="a version never kept"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(
    city_home: Path, words: list[str], error: type[BureauError], says: str
) -> None:
    problem = run(city_home, *words).exception
    assert isinstance(problem, error)
    assert says in str(problem)


def test_a_retrain_alone_cannot_be_compared(city_home: Path) -> None:
    assert run(city_home, "sme_default", "--retrains", "1").exit_code == 2
