"""The command `serve`: it stops when told to, and refuses in one sentence."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app
from bureau.settings import Settings
from tests.factories.deployments import public_home
from tests.factories.server_process import ServerProcess, free_port


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return public_home(Path(tmp_path_factory.mktemp("served")))


def bureau(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", *arguments],
        env={**os.environ, "BUREAU_HOME": str(settings.home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_second_server_of_a_home_is_one_sentence_and_a_stopped_one_leaves_nothing(settings: Settings) -> None:
    if settings.database_url is not None:
        pytest.skip("PostgreSQL takes many servers of one home: there is no second one to refuse")
    server = ServerProcess(settings, free_port())
    server.wait()
    refused = bureau(settings, "serve", "--port", str(free_port()))
    assert refused.returncode == 2
    assert f"(process {server.process.pid}) serves the home" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert httpx.get(f"{server.base}/healthz").status_code == 200
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) in (0, -signal.SIGTERM)
    server.log.close()
    with TestClient(create_app(settings)) as again:
        assert again.get("/readyz").status_code == 200


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_an_impossible_port_is_told(settings: Settings, port: str) -> None:
    refused = CliRunner().invoke(app, ["serve", "--port", port], env={"BUREAU_HOME": str(settings.home)})
    assert refused.exit_code == 2
    assert "--port" in refused.stderr
