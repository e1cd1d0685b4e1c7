"""A server renews its hot files by itself: no answer waits for them, and none is harmed where they cannot be made."""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing import active_children
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import hot_renewal
from api.app import create_app
from bureau.settings import Settings
from features.contracts.penalty import PENALTY
from features.lake.hot.manifest import hot_folder, lineage, read_manifest
from features.lake.lake import Lake, open_lake
from features.lake.locking import alone
from tests.factories.deployments import enrol, public_home
from tests.factories.lakes import ACME, BETA, land_rows
from tests.factories.penalties import penalty

PATIENCE_SECONDS = 60


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return public_home(tmp_path)


@pytest.fixture
def lake(settings: Settings) -> Lake:
    return open_lake(settings.home, settings.catalogue_url)


def serving(settings: Settings) -> TestClient:
    return TestClient(create_app(settings), raise_server_exceptions=False)


def await_that(comes_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not comes_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_current(lake: Lake) -> bool:
    held = read_manifest(lake).get("F34")
    return held is not None and held.lineage == lineage(lake, "F34", lake.snapshot())


def test_absent_ones_are_made_and_those_behind_renewed(settings: Settings, lake: Lake) -> None:
    with serving(settings):
        await_that(lambda: is_current(lake))
    land_rows(lake, PENALTY, [penalty(ACME)], "2025-06-26")
    assert not is_current(lake)
    with serving(settings):
        await_that(lambda: is_current(lake))


def test_no_answer_waits_for_them(settings: Settings, lake: Lake) -> None:
    hot_folder(lake).mkdir()
    with ExitStack() as building:
        building.enter_context(alone(hot_folder(lake) / ".building"))  # another process builds, and takes its time
        with serving(settings) as http:
            assert enrol(settings, http, "农商银行").report(BETA).status_code == 201
            assert read_manifest(lake) == {}
            building.close()
            await_that(lambda: is_current(lake))


def test_a_failure_is_told_and_harms_no_answer(
    settings: Settings, lake: Lake, caplog: pytest.LogCaptureFixture
) -> None:
    (hot_folder(lake) / "manifest.json.unfinished").mkdir(parents=True)  # where the list of hot files is written first
    with caplog.at_level(logging.ERROR, "api.hot_renewal"), serving(settings) as http:
        await_that(lambda: "could not be renewed" in caplog.text)
        assert enrol(settings, http, "农商银行").report(BETA).status_code == 201


def test_a_citys_are_made_in_a_process_of_their_own(
    settings: Settings, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot_renewal, "SOON", 0)
    with serving(settings):
        await_that(lambda: is_current(lake))
        await_that(lambda: active_children() == [])


def test_a_server_told_to_stop_waits_for_no_city(
    settings: Settings, lake: Lake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hot_renewal, "SOON", 0)
    hot_folder(lake).mkdir()
    with alone(hot_folder(lake) / ".building"):  # the renewal would wait for ever
        with serving(settings):
            await_that(lambda: active_children() != [])
        assert active_children() == []
    assert read_manifest(lake) == {}
    assert "could not be renewed" not in caplog.text


def test_a_process_that_fails_is_told(
    settings: Settings, lake: Lake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hot_renewal, "SOON", 0)
    (hot_folder(lake) / "manifest.json.unfinished").mkdir(parents=True)
    with caplog.at_level(logging.ERROR, "api.hot_renewal"), serving(settings):
        await_that(lambda: "could not be renewed" in caplog.text)


def test_a_home_without_records_has_nothing_to_renew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    empty = Settings(home=tmp_path / "empty", _env_file=None)
    with serving(empty) as http:
        assert http.get("/healthz").status_code == 200
    assert "could not be renewed" not in caplog.text
