"""Alive is one thing, ready another."""

from pathlib import Path

import pytest
from httpx import Client
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from bureau.errors import StateConflict
from bureau.settings import Settings
from tests.factories.deployments import enrol
from tests.factories.desks import TODAY
from tests.factories.lakes import ACME


def test_a_loaded_home_is_ready(http: Client) -> None:
    assert http.get("/healthz").json() == {"status": "alive"}
    answer = http.get("/readyz")
    ready = answer.json()
    assert (answer.status_code, ready["source"], ready["as_of"]) == (200, "city", TODAY.isoformat())
    assert ready["status"] == "degraded", "its public reports are answered, and no score"
    assert {cause["name"] for cause in ready["causes"]} == {"product P07", "product P08", "product P10"}
    assert "bureau models train sme_default" in ready["causes"][0]["detail"]


def test_an_empty_home_is_alive_and_not_ready_and_says_what_to_do(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, today=TODAY, secret_key=SecretStr("x"), _env_file=None)
    with TestClient(create_app(settings), raise_server_exceptions=False) as http:
        assert http.get("/healthz").status_code == 200
        answer = http.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
        assert "bureau source load" in answer.json()["detail"]
        assert [cause["field"] for cause in answer.json()["errors"]] == ["source"]
        bank = enrol(settings, http, "农商银行")
        assert bank.report(ACME).json()["code"] == "source-down"
        rows = bank.get("/v1/usage", params={"by": "outcome"}).json()["rows"]
        assert [(row["outcome"], row["calls"], row["charged_fen"]) for row in rows] == [("source_down", 1, 0)]


def test_a_second_server_of_a_home_is_refused(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, today=TODAY, secret_key=SecretStr("x"), _env_file=None)
    with (
        TestClient(create_app(settings)),
        pytest.raises(StateConflict, match="serves the home"),
        TestClient(create_app(settings)),
    ):
        pass
