"""The server a demonstration starts: reached past a proxy, given up with a sentence."""

from datetime import date
from pathlib import Path

import httpx
import pytest

from api.demo import server
from api.demo.server import free_port, served
from bureau.errors import SourceDown
from tests.factories.deployments import public_home
from tests.factories.server_process import environment_of

TODAY = date(2023, 4, 30)


def test_a_proxy_for_the_world_outside_is_not_asked_for_the_server_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nobody listens
    settings = public_home(tmp_path)
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    with served(settings.home, settings.feature_day, free_port()) as running, httpx.Client(trust_env=False) as http:
        assert http.get(f"{running.base}/readyz").status_code == httpx.codes.OK
    assert running.process.poll() is not None


def test_a_server_that_does_not_answer_is_given_up_and_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "START_SECONDS", 0)
    said = r"did not answer within 0 seconds \(all of it in .*server\.log\)"
    with pytest.raises(SourceDown, match=said), served(tmp_path, TODAY, free_port()):
        pytest.fail("nobody can have answered")


def test_the_last_words_of_a_server_that_ends_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAU_DATABASE_URL", "mysql://nobody@127.0.0.1/bureau")
    with pytest.raises(SourceDown, match=r"did not start: .*mysql"), served(tmp_path, TODAY, free_port()):
        pytest.fail("nobody can have answered")
