"""`bureau audit replay`: a stored report produced once more, whatever happened since."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from api.cli import main
from api.database import open_ledger_database
from api.metering.tables import StoredAnswer
from api.replaying import replay_call
from api.vault import home_vault
from bureau.clock import known_before
from bureau.settings import Settings
from features.contracts.feeds import FEEDS
from features.contracts.registration import REGISTRATION
from features.lake.compaction import compact
from features.lake.lake import open_lake
from products.desk import open_desk
from tests.factories.deployments import Caller
from tests.factories.desks import TODAY, TROUBLED, city_rows
from tests.factories.forged import forged_ledger
from tests.factories.lakes import land_rows

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def report(bank: Caller, settings: Settings) -> dict[str, str]:
    """A report, after which the firm changed its name and every feed was compacted."""
    given = bank.report(TROUBLED)
    assert given.status_code == 201, given.text
    lake, at = open_lake(settings.home, settings.catalogue_url), known_before(TODAY + timedelta(days=7))
    uscc = given.json()["subject"]["uscc"]
    rows = {contract.code: landed for contract, landed in city_rows()}
    (registered,) = [row for row in rows["F01"] if row["uscc"] == uscc]
    land_rows(lake, REGISTRATION, [registered | {"name": "改名后有限公司", "op": "U", "version": 2}], at)
    for contract in FEEDS:
        compact(lake, contract.code, at=at)
    found: dict[str, str] = given.json()
    return found


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, settings: Settings, capsys: pytest.CaptureFixture[str]) -> Run:
    """What a command printed, and its exit code."""
    monkeypatch.setenv("BUREAU_HOME", str(settings.home))
    monkeypatch.setenv("BUREAU_SECRET_KEY", settings.secret_key.get_secret_value() if settings.secret_key else "")
    monkeypatch.setenv("BUREAU_DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("BUREAU_TODAY", str(TODAY + timedelta(days=7)))

    def command(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["bureau", "audit", "replay", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out + told.err

    return command


def test_a_report_comes_out_to_the_same_bytes(run: Run, report: dict[str, str], settings: Settings) -> None:
    with Session(open_ledger_database(settings.ledger_url)) as session:
        sealed = session.get_one(StoredAnswer, report["report_id"]).sealed
    body = home_vault(settings).open(sealed, report["report_id"])
    assert run(report["report_id"]) == (0, f"{report['report_id']}: the same {len(body):,} bytes\n")


def test_bytes_that_were_changed_are_told_by_their_field(
    report: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    told = f'"outcome":"{report["outcome"]}"'
    desk = open_desk(settings.home, settings.catalogue_url, TODAY)
    with Session(forged_ledger(settings, tmp_path, told, '"outcome":"another"')) as session:
        found = replay_call(session, home_vault(settings), lambda _: desk, report["report_id"])
    assert found.differing == ("outcome",)


def test_a_number_nobody_was_given_is_refused(run: Run) -> None:
    code, told = run("019a5c1e-7a00-7000-8000-000000000000")
    assert code == 2
    assert "019a5c1e" in told
