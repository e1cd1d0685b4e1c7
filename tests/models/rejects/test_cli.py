"""`bureau models rejects` on the small city, and its errors in a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bureau.errors import BureauError, InvalidInput, UnknownName
from models.cli import models
from models.rejects.cli import verdict
from models.rejects.inference import METHODS
from models.rejects.measuring import Judged


def run(home: Path, *words: str) -> Result:
    env = {"BUREAU_HOME": str(home), "BUREAU_TODAY": "2023-04-30"}
    return CliRunner().invoke(models, ["rejects", *words], env=env)


@pytest.fixture(scope="module")
def lines(city_home: Path) -> list[dict[str, Any]]:
    result = run(city_home, "sme_default", "--format", "json")
    assert result.exception is None, result.exception
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_every_way_is_judged_on_all_on_refused_and_on_granted(lines: list[dict[str, Any]]) -> None:
    assert [(line["method"], line["applications"]) for line in lines] == [
        (method, group) for method in METHODS for group in ("all", "refused", "granted")
    ]
    everyone, refused, granted = lines[:3]
    assert everyone["rows"] == refused["rows"] + granted["rows"]
    assert refused["true"] > everyone["true"] > granted["true"]
    assert all(line["auc"] > 0.55 for line in lines if line["applications"] == "all")


def test_prudence_is_seen_in_what_is_said_of_the_refused(lines: list[dict[str, Any]]) -> None:
    said = {line["method"]: line["said"] for line in lines if line["applications"] == "refused"}
    plain, fuzzy, parcels, _ = said.values()
    assert parcels > fuzzy
    assert parcels > plain


def judged(method: str, auc: float, said: float) -> Judged:
    return Judged(method, "all", 100, auc, said=said, true=0.05, slope=1.0)


@pytest.mark.parametrize(
    ("auc", "said", "told"),
    [
        pytest.param(
            0.74,
            0.02,
            "None separates better than granted only (AUC 0.750). "
            "5.00% of all would default: granted only says 3.00%, nearest is granted only with 3.00%.",
            id="nothing helps",
        ),
        pytest.param(
            0.76,
            0.04,
            "parcels separates better than granted only by 0.010 AUC. "
            "5.00% of all would default: granted only says 3.00%, nearest is parcels with 4.00%.",
            id="one helps",
        ),
    ],
)
def test_the_verdict_names_what_helps_or_says_that_nothing_does(auc: float, said: float, told: str) -> None:
    assert verdict([judged("granted only", 0.75, 0.03), judged("parcels", auc, said)]) == told


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        pytest.param(["sme_defualt"], UnknownName, "sme_default", id="a name misspelt"),
        pytest.param(["sba_default"], InvalidInput, "Ask: sme_default", id="a model of other loans"),
        pytest.param(["sme_default", "--kind", "logistics"], UnknownName, "logistic", id="a kind misspelt"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(
    tmp_path: Path, words: list[str], error: type[BureauError], says: str
) -> None:
    problem = run(tmp_path, *words).exception
    assert isinstance(problem, error)
    assert says in str(problem)


def test_without_a_city_nobody_knows_how_refused_loans_would_have_gone(tmp_path: Path) -> None:
    problem = run(tmp_path, "sme_default").exception
    assert isinstance(problem, InvalidInput)
    assert "bureau source load city" in str(problem)
