"""Over a whole small city, with a model that was really trained: every answer adds up and leads to records."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bureau.grant import operator_grant
from bureau.settings import Settings
from features.lake.lake import open_lake
from features.lake.registry import enterprises
from features.sources.source import read_source
from features.store.records import records
from tests.factories.deployments import Caller, body_of

SUBJECTS = 12


@pytest.fixture(scope="module")
def settings(city_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the demonstration's home: these calls must not count in it."""
    home = tmp_path_factory.mktemp("copy") / "home"
    shutil.copytree(city_home, home)
    held = read_source(home)
    assert held is not None
    return Settings(home=home, today=held.last_day, secret_key=SecretStr("a secret of the tests"), _env_file=None)


@pytest.fixture(scope="module")
def reports(settings: Settings, bank: Caller) -> list[dict[str, Any]]:
    """Scores of firms spread over the registry."""
    codes = enterprises(open_lake(settings.home, settings.catalogue_url))["uscc"].to_list()
    chosen = codes[:: max(len(codes) // SUBJECTS, 1)][:SUBJECTS]
    consents = {code: bank.consent(code, ["P07"])["consent_id"] for code in chosen}
    return [body_of(bank.report(code, "P07", consent_id=consents[code])) for code in chosen]


def test_most_firms_are_found(reports: list[dict[str, Any]]) -> None:
    hits = [report for report in reports if report["outcome"] in ("found", "partial")]
    assert len(hits) > len(reports) / 2
    assert {report["charge"]["amount_fen"] for report in hits} == {800}


def test_every_score_adds_up(reports: list[dict[str, Any]]) -> None:
    for report in reports:
        if report["result"] is None:
            continue
        points = sum(reason["points"] for reason in report["reasons"])
        assert report["result"]["base_points"] + points + report["other_points"] == report["result"]["score"]
        assert 300 <= report["result"]["score"] <= 850


def test_every_cited_record_is_the_firms_own_and_was_known(reports: list[dict[str, Any]], settings: Settings) -> None:
    lake = open_lake(settings.home, settings.catalogue_url)
    day = settings.feature_day
    cited = [
        (report["subject"]["uscc"], record)
        for report in reports
        for reason in report["reasons"]
        for record in reason["evidence"]
    ]
    assert cited
    seen = {
        feed: set(records(lake, feed, day, operator_grant()).select("uscc", "record_id").iter_rows())
        for feed in {record["feed"] for _, record in cited}
    }
    for uscc, record in cited:
        assert (uscc, record["record_id"]) in seen[record["feed"]]
        assert date.fromisoformat(record["event_date"]) <= day
