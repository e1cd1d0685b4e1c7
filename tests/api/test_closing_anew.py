"""A closed day is done anew where a link that counts on it was undone or accepted since."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from api.closing_cli import close
from bureau.settings import Settings
from features.closing.journal import open_journal
from features.contracts.court_case import COURT_CASE
from features.contracts.registration import REGISTRATION
from features.lake.cli import feeds
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, deliver, land_rows, make_lake
from tests.factories.registrations import registration

DAY = date(2025, 7, 1)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home that lives on DAY, in which a case found its defendant by name."""
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, "甲公司")], "2025-03-01")
    land_rows(lake, COURT_CASE, [court_case(None, "甲公司")], "2025-04-01")
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BUREAU_TODAY", str(DAY))
    return Settings(_env_file=None)


def closed(settings: Settings, day: date) -> list[str]:
    said: list[str] = []
    close(settings, open_journal(settings.home / "closing", day, said.append), day)
    return said


def cases(settings: Settings, day: date) -> int:
    built = pl.read_parquet(settings.home / "features" / f"day={day}" / "part-*.parquet")
    count: int = built.filter(built["uscc"] == ACME)["defendant_cases_24m"].item()
    return count


def test_undoing_a_link_lets_the_closed_day_be_done_anew_and_no_earlier_one(settings: Settings) -> None:
    earlier = date(2025, 6, 30)
    (settings.home / "closing").mkdir()
    closed(settings, earlier)
    closed(settings, DAY)
    assert cases(settings, DAY) == 1
    told = CliRunner().invoke(feeds, ["links", "--end", "1"]).stdout
    assert f"tell as before. Renew them with: bureau close-day --day {DAY}" in told
    deliver(COURT_CASE, [court_case(ACME, "甲公司", case_no="(2025)粤0305民初9号")], settings.home / "inbox")
    said = closed(settings, DAY)
    assert said[0].startswith("links: 1 ended and 0 accepted since snapshot")
    assert [line.partition(":")[0] for line in said if "done before" in line] == ["deliveries", "compaction"]
    assert cases(settings, DAY) == 0
    assert all("done before" in line for line in closed(settings, DAY))
    assert all("done before" in line for line in closed(settings, earlier)), "nobody knew it then"
    assert cases(settings, earlier) == 1
