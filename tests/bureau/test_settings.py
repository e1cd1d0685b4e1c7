"""Settings come from the environment, with defaults that need nothing."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bureau.clock import now
from bureau.errors import InvalidInput
from bureau.settings import Settings


def test_defaults_need_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("BUREAU_HOME", "BUREAU_DATABASE_URL", "BUREAU_TODAY"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings()
    assert settings.home == Path("var")
    assert settings.mlruns == Path("mlruns")
    assert settings.catalogue_url != settings.ledger_url


def test_today_dates_feature_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAU_TODAY", "2023-04-30")
    assert Settings().feature_day == date(2023, 4, 30)


def test_an_act_is_known_from_the_start_of_the_day_a_home_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAU_TODAY", "2023-04-30")
    assert Settings().present == datetime(2023, 4, 29, 16, tzinfo=UTC)
    monkeypatch.delenv("BUREAU_TODAY")
    assert abs(Settings(_env_file=None).present - now()) < timedelta(minutes=1)


def test_an_impossible_day_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAU_TODAY", "2023-02-30")
    with pytest.raises(InvalidInput, match="BUREAU_TODAY cannot be '2023-02-30'"):
        Settings()


def test_another_home_keeps_its_own_runs_and_one_database_serves_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BUREAU_HOME", "/srv/bureau")
    monkeypatch.setenv("BUREAU_DATABASE_URL", "postgresql://localhost/bureau")
    settings = Settings()
    assert settings.mlruns == Path("/srv/bureau/mlruns")
    assert settings.catalogue_url == settings.ledger_url == "postgresql://localhost/bureau"
