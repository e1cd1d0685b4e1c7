"""The demonstration says what it did, and what it says can be recomputed from the home it leaves."""

import re
import socket
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.database import open_ledger_database
from api.demo import cli
from api.demo.cli import demo
from api.metering.tables import UsageLine
from bureau.errors import InvalidInput, UnknownName
from features.contracts.feeds import find_feed
from features.lake.lake import Lake, open_lake
from features.lake.query import query
from features.lake.reading import visible_sql
from models.service import load_released
from tests.factories.demonstrations import Demonstration

STAGES = ["Records", "Features", "Model", "Server", "Reports", "Decision", "Match", "Usage"]


@pytest.mark.parametrize(("name", "model"), [("city_demo", "sme_default"), ("cumcm_demo", "invoice_default")])
def test_the_whole_way_is_told(name: str, model: str, request: pytest.FixtureRequest) -> None:
    shown: Demonstration = request.getfixturevalue(name)
    assert re.findall(r"^\d (\w+)", shown.printed, re.M) == STAGES
    assert re.search(r"[1-9][\d,]* records landed, [\d,]+ quarantined", shown.printed)
    assert "AUC" in shown.printed
    assert load_released(shown.home, model).version == "1"


@pytest.mark.parametrize("name", ["city_demo", "cumcm_demo"])
def test_points_of_the_report_and_of_the_decision_add_up(name: str, request: pytest.FixtureRequest) -> None:
    printed = request.getfixturevalue(name).printed
    score, base = map(int, re.search(r"score (\d+), grade .* from (\d+) points", printed).groups())
    points = [int(found) for found in re.findall(r"^ {4}( *[+-]\d+)  ", printed, re.M)]
    assert len(points) % 2 == 0, "a report and a decision show the same reasons"
    assert base + sum(points) / 2 == score


@pytest.mark.parametrize("name", ["city_demo", "cumcm_demo"])
def test_reasons_lead_to_records_of_the_lake(name: str, request: pytest.FixtureRequest) -> None:
    shown: Demonstration = request.getfixturevalue(name)
    cited = set(re.findall(r"^ +(F\d\dL?) \S+ \d{4}-\d\d-\d\d (\S+)$", shown.printed, re.M))
    assert cited
    lake = open_lake(shown.home, f"sqlite:///{shown.home / 'catalogue.db'}")
    assert all(record_id in _record_ids(lake, feed) for feed, record_id in cited)


@pytest.mark.parametrize("name", ["city_demo", "cumcm_demo"])
def test_usage_is_the_ledgers(name: str, request: pytest.FixtureRequest) -> None:
    shown: Demonstration = request.getfixturevalue(name)
    told = re.findall(r"^  (P\d\d): (\d+) calls, \d+ hits, ([\d.]+) yuan$", shown.printed, re.M)
    with Session(open_ledger_database(f"sqlite:///{shown.home / 'ledger.db'}")) as session:
        lines = session.scalars(select(UsageLine)).all()
    assert sum(int(calls) for _, calls, _ in told) == sum(line.calls for line in lines) == 4
    assert sum(round(float(yuan) * 100) for _, _, yuan in told) == sum(line.amount_fen for line in lines) > 0


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        pytest.param(["--source", "atlantis"], UnknownName, "city, cumcm", id="a source there is not"),
        pytest.param(["--source", "cumcm"], InvalidInput, "--data", id="files without a directory"),
        pytest.param(
            ["--source", "cumcm", "--data", "nowhere"], InvalidInput, "nowhere", id="a directory there is not"
        ),
    ],
)
def test_a_wrong_call_says_what_to_do_and_leaves_nothing(
    options: list[str], error: type[Exception], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(demo, ["--no-serve", *options])
    assert isinstance(result.exception, error)
    assert sentence in str(result.exception)
    assert not (tmp_path / "home" / "source.json").exists()


def test_a_port_that_is_taken_is_told_before_anything_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "home"))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(cli, "PORT", port)
        result = CliRunner().invoke(demo, ["--source", "cumcm", "--data", "nowhere"])
    assert isinstance(result.exception, InvalidInput)
    assert f"Port {port} is taken" in str(result.exception)
    assert "--no-serve" in str(result.exception)
    assert not (tmp_path / "home").exists()


def _record_ids(lake: Lake, feed: str) -> set[str]:
    return set(query(f"SELECT record_id FROM {visible_sql(lake, find_feed(feed))}")["record_id"])
