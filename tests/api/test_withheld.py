"""A model whose reasons miss its score: no call is answered by it, and the platform's health says so."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.database import open_ledger_database
from api.metering.tables import Call
from bureau.errors import ContributionsDisagree
from bureau.settings import Settings
from features.health.alerts import ANSWERS, Alert, add_alert, kept_alerts
from features.health.cli import health
from models.binned import BinnedModel
from models.boosted_trees import BoostedTrees
from models.cli import models
from models.columns import Columns
from models.logistic import Logistic, LogisticRecipe
from models.predictor import Predictor, Recipe
from models.woe_scorecard import ScorecardRecipe
from products.desk import Shelf
from tests.factories.deployments import Caller, deployment_of, scored_home
from tests.factories.desks import SOUND, TODAY, TROUBLED
from tests.factories.forged import forged_trees

NAME = "sme_default"
APPLICATION = {"amount_fen": 30_000_000, "term_months": 12, "use": "equipment", "secured": "mortgage"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return scored_home(Path(tmp_path_factory.mktemp("withheld")))


@pytest.fixture
def shelf(http: TestClient, settings: Settings) -> Iterator[Shelf]:
    """The models the server holds; what was told before and what it holds are forgotten."""
    shelf: Shelf = deployment_of(http).desk().shelf
    for path in (settings.home / "health").glob(f"alerts-{ANSWERS}-*.json"):
        path.unlink()
    shelf._held.clear()
    yield shelf
    shelf._held.clear()


def report(bank: Caller, subject: str = TROUBLED) -> httpx.Response:
    return bank.report(subject, "P07", consent_id=bank.consent(subject, ["P07"])["consent_id"])


def decision(bank: Caller) -> httpx.Response:
    consent = bank.consent(TROUBLED, ["P07"])["consent_id"]
    body = {"subject": {"uscc": TROUBLED}, "purpose": "pre_loan", "consent_id": consent, "application": APPLICATION}
    return bank.post("/v1/decisions", body)


def match(bank: Caller) -> httpx.Response:
    consent = bank.consent(TROUBLED, ["P31"])["consent_id"]
    need = {"subject": {"uscc": TROUBLED}, "consent_id": consent, "need": APPLICATION}
    return bank.get(f"/v1/needs/{bank.post('/v1/needs', need).json()['need_id']}/matches")


def told(settings: Settings, *words: str) -> list[dict[str, Any]]:
    """What `bureau health alerts` says of the model."""
    env = {"BUREAU_HOME": str(settings.home), "BUREAU_TODAY": TODAY.isoformat(), "BUREAU_DATABASE_URL": None}
    result = CliRunner().invoke(health, ["alerts", "--format", "json", *words], env=env)
    assert result.exception is None, result.output
    return [alert for alert in json.loads(result.stdout) if alert["subject"] == NAME]


@pytest.mark.parametrize("ask", [report, decision, match])
def test_trees_too_large_for_exact_sums_answer_nobody_and_ring(
    settings: Settings, bank: Caller, shelf: Shelf, ask: Any
) -> None:
    """Released with every hash in order, but its leaves are of a size at which a double loses the ninth digit."""
    assert ask(bank).status_code in (200, 201)
    assert told(settings) == []
    with forged_trees(settings.home, NAME, "1", leaves_times=1e12):
        shelf._held.clear()
        refused = ask(bank)
    assert (refused.status_code, refused.json()["code"]) == (503, "contributions-disagree")
    (alert,) = told(settings)
    assert alert["code"] == "withheld"
    assert alert["text"].startswith("answers are withheld: the contributions of version 1 missed its score by ")
    assert f"bureau models rollback {NAME}" in alert["text"]
    assert told(settings, "--day", str(TODAY + timedelta(days=1))) == []


@pytest.mark.parametrize("of", ["file", "city"])
def test_scores_of_a_file_and_of_the_city_are_withheld_and_ring(
    settings: Settings, shelf: Shelf, tmp_path: Path, of: str
) -> None:
    env = {"BUREAU_HOME": str(settings.home), "BUREAU_TODAY": TODAY.isoformat(), "BUREAU_DATABASE_URL": None}
    out, labels = tmp_path / "scores.parquet", tmp_path / "firms.csv"
    labels.write_text(f"subject,as_of\n{TROUBLED},{TODAY}\n", "utf-8")
    chosen = ["--labels", str(labels)] if of == "file" else []
    with forged_trees(settings.home, NAME, "1", leaves_times=1e12):
        result = CliRunner().invoke(models, ["score", NAME, *chosen, "--out", str(out)], env=env)
    assert isinstance(result.exception, ContributionsDisagree)
    assert not out.exists()
    (alert,) = told(settings)
    assert alert["code"] == "scores withheld"
    assert alert["text"].startswith("scores are withheld: the contributions of version 1 missed its score by ")


def test_a_pass_gone_wrong_in_a_running_server_rings_once(settings: Settings, bank: Caller, shelf: Shelf) -> None:
    """The tables of the compiled pass are no longer those that were read: memory fails too."""
    predictor = shelf.model(NAME).predictor
    assert isinstance(predictor, BoostedTrees)
    predictor.apart.table[:] *= 1.01
    for subject in (TROUBLED, SOUND, TROUBLED):
        assert report(bank, subject).json()["code"] == "contributions-disagree"
    assert [(one.subject, one.code) for one in kept_alerts(settings.home / "health", ANSWERS, TODAY)] == [
        (NAME, "withheld")
    ]
    shelf._held.clear()
    assert report(bank).status_code == 201


@pytest.mark.parametrize("recipe", [LogisticRecipe(), ScorecardRecipe()], ids=["logistic", "scorecard"])
def test_an_additive_model_gone_wrong_in_a_running_server_rings_too(
    settings: Settings, bank: Caller, shelf: Shelf, recipe: Recipe
) -> None:
    """Its score is no sum of its parts, so that parts gone wrong miss it."""
    served = shelf.model(NAME)
    release, _ = shelf._held[NAME]
    shelf._held[NAME] = release, replace(served, predictor=fitted_on_chance(served.columns, recipe))
    assert report(bank).status_code == 201
    predictor = shelf.model(NAME).predictor
    assert isinstance(predictor, Logistic | BinnedModel)
    predictor._additive._parts[:] *= 1.01
    for _ in range(2):
        refused = report(bank)
        assert (refused.status_code, refused.json()["code"]) == (503, "contributions-disagree")
    (alert,) = told(settings)
    assert alert["code"] == "withheld"


def fitted_on_chance(columns: Columns, recipe: Recipe) -> Predictor:
    """A model of the columns that learnt from noise."""
    random = np.random.default_rng(3)
    rows = random.normal(size=(200, len(columns.names)))
    for place in columns.categorical:
        rows[:, place] = random.integers(0, len(columns.columns[place].categories or ()), len(rows))
    return recipe.fit(columns, rows, (random.random(len(rows)) < 0.4).astype(np.float64), np.ones(len(rows)))


def test_nothing_is_charged_for_what_is_withheld(settings: Settings, bank: Caller, shelf: Shelf) -> None:
    predictor = shelf.model(NAME).predictor
    assert isinstance(predictor, BoostedTrees)
    predictor.apart.table[:] *= 1.01
    report(bank)
    with Session(open_ledger_database(settings.ledger_url)) as session:
        last = session.query(Call).order_by(Call.received_at.desc()).first()
    assert last is not None
    assert (last.outcome, last.problem_code) == ("source_down", "contributions-disagree")


def test_an_alert_that_another_process_kept_stays(tmp_path: Path) -> None:
    first, again, other = (Alert(*words) for words in (("a", "withheld", "1"), ("a", "withheld", "2"), ("b", "x", "3")))
    for alert in (first, again, other):
        add_alert(tmp_path / "health", ANSWERS, TODAY, alert)
    assert kept_alerts(tmp_path / "health", ANSWERS, TODAY) == [first, other]
