"""A server holds its models before its first caller asks, and goes through what it holds no more."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.deployment import open_deployment
from api.settling import settle
from bureau.errors import DamagedModel
from bureau.settings import Settings
from models.register import REGISTER_FILE
from models.release import RELEASED_FILE, model_folder
from tests.factories.deployments import deployment_of, scored_home


@pytest.fixture(autouse=True)
def _loosened() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_a_server_for_good_holds_its_models(tmp_path: Path) -> None:
    settings = scored_home(tmp_path)
    with TestClient(create_app(settings, for_good=True)) as http:
        desk = deployment_of(http).desk()
        assert gc.get_freeze_count() > 100_000
        for held in (settings.home / "models").rglob("*"):
            if held.is_file() and held.name != RELEASED_FILE:
                held.write_bytes(b"")
        assert desk.model_for("P07").name == "sme_default"  # read before
    assert gc.get_freeze_count() == 0


def test_another_application_of_a_process_leaves_the_collector_alone(tmp_path: Path) -> None:
    before = gc.get_freeze_count()
    with TestClient(create_app(scored_home(tmp_path))) as http:
        assert http.get("/healthz").status_code == 200
    assert gc.get_freeze_count() == before


def test_a_home_without_records_is_served(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=None, _env_file=None)
    with TestClient(create_app(settings, for_good=True)) as http:
        assert http.get("/healthz").status_code == 200


def test_a_damaged_model_is_told_to_whoever_asks(tmp_path: Path) -> None:
    settings = scored_home(tmp_path)
    for kept in (settings.home / "models").rglob("*"):
        if kept.is_file():
            kept.write_bytes(b"{}")
    with open_deployment(settings) as deployment:
        settle(deployment)


def test_a_damaged_byte_in_the_register_of_a_model_fails_that_model_alone(tmp_path: Path) -> None:
    settings = scored_home(tmp_path)
    register = model_folder(settings.home, "sme_default") / REGISTER_FILE
    register.write_bytes(b"\xff" + register.read_bytes()[1:])
    with open_deployment(settings) as deployment:
        settle(deployment)
        desk = deployment.desk()
        with pytest.raises(DamagedModel, match=r"Line 1 of .* cannot be read"):
            desk.model_for("P07")
        for name in set(desk.serving.values()) - {"sme_default"}:
            assert desk.shelf.model(name).name == name


def test_a_fault_nobody_foresaw_is_logged_and_the_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = scored_home(tmp_path)
    with open_deployment(settings) as deployment:
        monkeypatch.setattr(type(deployment.desk().shelf), "model", lambda *_: {}["a fault"])
        settle(deployment)
        assert gc.get_freeze_count() > 0
    assert "The model 'sme_default' cannot be read." in caplog.text
    assert "KeyError: 'a fault'" in caplog.text
