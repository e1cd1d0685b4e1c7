"""sba_default in service: its vintages held against what was expected, audited by group, its reasons by retrains."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from bureau.errors import InvalidInput
from bureau.grant import operator_grant
from features.lake.lake import Lake
from features.sources.loading import SourceOptions, load_source
from features.sources.sba.publication import LAST_DAY
from features.store.city_build import CityBuild, write_parts
from models.cli import models
from models.keeping import keep
from models.labels import read_known
from models.monitoring.monitoring import monitor
from models.monitoring.watched import matured_loans
from models.sba_default.spec import QUESTION, SPEC
from models.sba_default.train import train
from models.scoring import ScoringModel
from models.service import load_chosen
from tests.factories.homes import lake_in
from tests.factories.releases import AT
from tests.factories.sba import write_sba_directory

GRANT = operator_grant("training")
SERVED = date(2012, 9, 30)
"""Seven years after the last of the made-up loans."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, mlruns: Path) -> Path:
    """A home of made-up loans with a logistic version, kept."""
    folder = tmp_path_factory.mktemp("sba")
    home, data = folder / "home", write_sba_directory(folder / "data", loans=700)
    lake = lake_in(home)
    load_source(lake, home, "sba", SourceOptions(data=data), at=datetime(2026, 1, 1, tzinfo=UTC))
    keep(home, mlruns, train(lake, LAST_DAY, GRANT, replace(SPEC, recipes=SPEC.recipes[-1:])), AT)
    return home


@pytest.fixture
def lake(home: Path) -> Lake:
    return lake_in(home)


@pytest.fixture
def model(home: Path) -> ScoringModel:
    return load_chosen(home, "sba_default", "1")


def run(command: str, home: Path, *words: str, day: date = LAST_DAY) -> Result:
    env = {"BUREAU_HOME": str(home), "BUREAU_TODAY": f"{day}"}
    return CliRunner().invoke(models, [command, "sba_default", "--version", "1", *words], env=env)


def test_a_day_in_service_tells_the_bad_rate_of_each_vintage(home: Path, lake: Lake, model: ScoringModel) -> None:
    wanted = CityBuild(model.features, SERVED, lake.snapshot())
    write_parts(lake, wanted, GRANT, home / "features" / f"day={SERVED}")
    found = [one for one in monitor(lake, home, model, SERVED, GRANT) if one.what == "vintage"]
    assert [one.subject for one in found] == ["2003 H2", "2004 H1", "2004 H2", "2005 H1", "2005 H2"]
    known = read_known(lake, SPEC, SERVED, GRANT).filter(pl.col("granted_on") >= date(2003, 7, 1))
    assert sum(one.rows for one in found) == len(known)
    assert all(0 < one.found < 1 for one in found)


@pytest.mark.parametrize(
    ("day", "oldest", "newest"),
    [
        pytest.param(date(2012, 6, 30), date(2003, 1, 1), date(2005, 6, 30), id="seven years old"),
        pytest.param(date(2009, 12, 31), date(2000, 7, 1), date(2002, 12, 31), id="younger ones wait"),
    ],
)
def test_a_vintage_waits_until_few_are_still_to_be_charged_off(
    lake: Lake, model: ScoringModel, day: date, oldest: date, newest: date
) -> None:
    """Repayments are told at the end of the files alone: until then the loans that stand are a vintage's good ones."""
    granted = read_known(lake, SPEC, day, GRANT)["granted_on"]
    loans = matured_loans(lake, QUESTION, model, day, GRANT)
    assert len(loans) == granted.is_between(oldest, newest).sum()
    assert set(loans["target"]) == {0.0, 1.0}


def test_it_is_audited_by_employees_and_state(home: Path) -> None:
    result = run("fairness", home, "--format", "json")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    groups = {(line["grouping"], line["group"]) for line in json.loads(result.stdout)}
    assert {("district", "CA"), ("district", "TX"), ("size", "1-9 employees"), ("size", "10-49 employees")} == groups


def test_before_repayments_are_told_nothing_is_audited(home: Path) -> None:
    problem = run("fairness", home, day=SERVED).exception
    assert isinstance(problem, InvalidInput)
    assert "nobody's repayment is told yet" in str(problem)


def test_its_reasons_are_held_against_retrains_and_not_against_a_truth_nobody_has(home: Path) -> None:
    lines = json.loads(run("reasons-check", home, "--retrains", "2", "--format", "json").stdout)
    assert [line["check"] for line in lines] == [
        "adverse reasons two retrains share",
        "adverse reasons a retrain shares with the model",
    ]
    assert all(0.5 < line["measured"] <= 1 for line in lines)
    assert "Whether reasons are true was not asked" in run("reasons-check", home, "--retrains", "2").stdout
