"""Closing a day over a whole small city: everything renewed once, and a killed run goes on where it stopped."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import polars as pl
import pytest

from api.closing_cli import KEPT_DAYS, KEPT_SCORES, close
from bureau.grant import operator_grant
from bureau.settings import Settings
from features.closing import inbox
from features.closing.journal import open_journal
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.library import published
from features.health.alerts import FILES, kept_alerts
from features.health.feature_days import read_feature_days
from features.health.feed_days import read_feed_days
from features.lake.lake import Lake, open_lake
from features.lake.registry import enterprises, resolve
from features.sources.source import read_source
from features.store.live import live_vector
from models.monitoring.days import read_measures
from models.monitoring.monitoring import monitor
from models.monitoring.watched import matured_loans
from models.service import load_released
from models.sme_default.spec import QUESTION
from tests.factories.closings import close_on, close_until_killed
from tests.factories.lakes import ACME, deliver, instant, land_rows, make_lake
from tests.factories.loans import loan_feedback
from tests.factories.registrations import registration
from tests.factories.retiring import RETIRED, retire
from tests.factories.tax import tax_arrears

STEPS = ["deliveries", "compaction", "snapshot", "hot files", "features", "scores", "monitoring", "health"]


@pytest.fixture
def home(city_home: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration's home."""
    home = tmp_path / "home"
    shutil.copytree(city_home, home)
    return home


@pytest.fixture(scope="module")
def day(city_home: Path) -> date:
    """The day after the last of the demonstration's records."""
    held = read_source(city_home)
    assert held is not None
    return held.last_day + timedelta(days=1)


@dataclass(frozen=True)
class Closed:
    """A home whose day was closed with one delivery in its inbox, and that nobody writes to afterwards.

    firm: whom the delivery told of. said: what the closing told. began: when it and each of its steps began.
    """

    home: Path
    firm: str
    said: list[str]
    began: list[float]


@pytest.fixture(scope="module")
def closed(city_home: Path, day: date, tmp_path_factory: pytest.TempPathFactory) -> Closed:
    home = tmp_path_factory.mktemp("closed") / "home"
    shutil.copytree(city_home, home)
    settings, said = settings_of(home, day), list[str]()
    firm, began = put_in_inbox(settings, day), [perf_counter()]

    def tell(line: str) -> None:
        began.append(perf_counter())
        said.append(line)

    close_on(home, day, tell)
    return Closed(home, firm, said, began)


@pytest.fixture
def again(closed: Closed, tmp_path: Path) -> Path:
    """A copy of the closed home."""
    return Path(shutil.copytree(closed.home, tmp_path / "again"))


def settings_of(home: Path, day: date) -> Settings:
    return Settings(home=home, today=day, _env_file=None)


def lake_of(settings: Settings) -> Lake:
    return open_lake(settings.home, settings.catalogue_url)


def put_in_inbox(settings: Settings, day: date, place: int = 7) -> str:
    """One firm owes tax since a month ago; returns its code. place: of the firm in the registry."""
    firm = enterprises(lake_of(settings))["uscc"][place]
    deliver(TAX_ARREARS, [tax_arrears(firm, day - timedelta(days=31))], settings.home / "inbox")
    return str(firm)


def test_a_closed_day_holds_what_came_and_what_follows(closed: Closed, again: Path, day: date) -> None:
    home, settings, firm = again, settings_of(again, day), closed.firm
    assert [line.partition(":")[0] for line in closed.said] == STEPS
    lake = lake_of(settings)
    built = pl.read_parquet(home / "features" / f"day={day}" / "part-*.parquet")
    assert built.columns == ["enterprise_id", "uscc", *(entry.name for entry in published())]
    (row,) = built.filter(built["uscc"] == firm).to_dicts()
    number = resolve(lake, firm).enterprise_id
    live = live_vector(lake, [entry.name for entry in published()], number, day, operator_grant())
    assert {name: row[name] for name in live} == live
    assert live["tax_arrears_count_24m"]
    (scores,) = (home / "scores" / f"day={day}").iterdir()
    assert pl.read_parquet(scores / "*.parquet").height == built.height
    assert len(read_feature_days(home / "health", day)) == len(published())
    assert {one.feed for one in read_feed_days(home / "health", day)} >= {"F01", "F18"}
    assert {measure.what for measure in read_measures(home, "sme_default", day)} == {
        "score",
        "feature",
        "reason",
        "vintage",
    }
    said: list[str] = []
    close(settings, open_journal(home / "closing", day, said.append), day)
    assert len(said) == len(STEPS)
    assert all("done before" in line for line in said)


def test_a_day_before_the_built_ones_is_closed_and_keeps_what_it_built(home: Path, day: date) -> None:
    settings = settings_of(home, day)
    for later in range(1, KEPT_DAYS + 1):
        (home / "features" / f"day={day + timedelta(days=later)}").mkdir(parents=True)
    said: list[str] = []
    close(settings, open_journal(home / "closing", day, said.append), day)
    assert (home / "features" / f"day={day}" / "part-0000.parquet").exists()
    journal = home / "closing" / f"{day}.json"
    done = json.loads(journal.read_text())
    journal.write_text(json.dumps({name: facts for name, facts in done.items() if name not in ("scores", "health")}))
    shutil.rmtree(home / "features" / f"day={day}")
    close(settings, open_journal(home / "closing", day, said.append), day)
    assert json.loads(journal.read_text()) == done
    assert len(read_feature_days(home / "health", day)) == len(published())


def test_a_day_built_anew_from_another_snapshot_is_scored_anew(again: Path, day: date) -> None:
    home, settings = again, settings_of(again, day)
    (part,) = (home / "scores" / f"day={day}").glob("*/part-*.parquet")
    before = pl.read_parquet_metadata(part)
    put_in_inbox(settings, day, place=8)
    (home / "closing" / f"{day}.json").unlink()
    close(settings, open_journal(home / "closing", day, print), day)
    after, built = (pl.read_parquet_metadata(path) for path in (part, home / "features" / f"day={day}" / part.name))
    assert before["snapshot"] != after["snapshot"] == built["snapshot"]
    assert {"model", "version", "as_of", "stale"} <= after.keys()


def test_a_retired_feature_is_built_while_a_released_model_reads_it(
    again: Path, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    retire(monkeypatch)
    home, settings, names = again, settings_of(again, day), [entry.name for entry in published()]
    assert RETIRED not in names
    assert RETIRED in load_released(home, "sme_default").features
    (home / "closing" / f"{day}.json").unlink()
    close(settings, open_journal(home / "closing", day, print), day)
    assert done_in(home, day) == STEPS
    built = pl.read_parquet(home / "features" / f"day={day}" / "part-*.parquet")
    assert built.columns == ["enterprise_id", "uscc", *names, RETIRED]
    stamp = pl.read_parquet_metadata(next((home / "scores" / f"day={day}").glob("*/part-*.parquet")))
    assert stamp["snapshot"] == str(lake_of(settings).snapshot())


def test_a_version_released_while_a_closing_stood_still_is_scored_and_measured(again: Path, day: date) -> None:
    home, version = again, load_released(again, "sme_default").version
    folder, measures = home / "scores" / f"day={day}", read_measures(home, "sme_default", day, version)
    (folder / f"sme_default-{version}").rename(folder / "sme_default-0")  # as one of before would have left it
    (home / "monitoring" / f"sme_default-{day}.json").unlink()
    journal = home / "closing" / f"{day}.json"
    done = json.loads(journal.read_text())
    journal.write_text(json.dumps({name: facts for name, facts in done.items() if name != "health"}))
    said: list[str] = []
    close(settings_of(home, day), open_journal(home / "closing", day, said.append), day)
    assert [line.partition(":")[0] for line in said if "done before" not in line] == STEPS[5:]
    assert (folder / f"sme_default-{version}" / "part-0000.parquet").exists()
    assert read_measures(home, "sme_default", day, version) == measures != []


def test_a_closed_day_measured_again_says_the_same_whatever_landed_since(again: Path, day: date) -> None:
    lake, model = lake_of(settings_of(again, day)), load_released(again, "sme_default")
    before, measures = lake.snapshot(), read_measures(again, "sme_default", day)
    firms = enterprises(lake)["uscc"].head(99)
    unpaid = [loan_feedback(firm, "2021-06", 120, granted_on=date(2021, 3, 10)) for firm in firms]
    land_rows(lake, LOAN_FEEDBACK, unpaid, instant(f"{day}T02:00"))
    grant = operator_grant("training")
    then, now = (matured_loans(lake, QUESTION, model, day, grant, snapshot) for snapshot in (before, lake.snapshot()))
    assert now.height > then.height > 0
    assert monitor(lake, again, model, day, grant) == measures


@pytest.mark.parametrize(("kind", "kept"), [("features", KEPT_DAYS), ("scores", KEPT_SCORES)])
def test_the_newest_days_stay_and_older_ones_go(tmp_path: Path, kind: str, kept: int) -> None:
    settings, day = settings_of(tmp_path, date(2025, 3, 1)), date(2025, 3, 1)
    days = [day - timedelta(days=ago) for ago in range(kept + 2)]
    for one in days:
        (tmp_path / kind / f"day={one}" / "sme_default-1").mkdir(parents=True)
    for folder in ("closing", "inbox"):
        (tmp_path / folder).mkdir()
    (tmp_path / "closing" / f"{day}.json").write_text(json.dumps({name: {"number": 1} for name in STEPS}))
    close(settings, open_journal(tmp_path / "closing", day, print), day)
    left = sorted(folder.name for folder in (tmp_path / kind).iterdir())
    assert left == sorted(f"day={one}" for one in days[:kept])


def test_what_comes_after_the_deliveries_were_taken_is_told(
    home: Path, day: date, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, done = settings_of(home, day), {name: {"number": 1} for name in STEPS}
    put_in_inbox(settings, day)
    (home / "inbox" / "notes.xlsx").write_bytes(b"rubbish")
    (home / "closing").mkdir(exist_ok=True)
    (home / "closing" / f"{day}.json").write_text(json.dumps(done))
    close(settings, open_journal(home / "closing", day, print), day)
    told = capsys.readouterr().out
    assert "1 file came after this day took its deliveries" in told
    assert "notes.xlsx: neither a delivery" in told


def test_a_file_that_could_not_be_landed_is_told_and_is_an_alert_of_the_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    day, lake = date(2025, 3, 1), make_lake(tmp_path)
    settings = settings_of(lake.root.parent, day)
    home = settings.home
    land_rows(lake, REGISTRATION, [registration(ACME)], "2025-02-01")
    path = deliver(TAX_ARREARS, [tax_arrears(ACME, date(2025, 2, 1))], home / "inbox").path
    fault = pl.exceptions.PanicException("out-of-range date")
    monkeypatch.setattr(inbox, "take", lambda *_, **__: (_ for _ in ()).throw(fault))
    (home / "closing").mkdir()
    done = {name: {"number": 2} for name in STEPS if name != "deliveries"}
    (home / "closing" / f"{day}.json").write_text(json.dumps(done))
    close(settings, open_journal(home / "closing", day, print), day)
    (alert,) = kept_alerts(home / "health", FILES, day)
    assert (alert.subject, alert.code) == (path.name, "failed")
    told = capsys.readouterr().out
    assert f"{path.name} failed: PanicException: out-of-range date" in told
    assert f"{path}: it could not be landed" in told
    assert "failed 1" in told


def test_killed_within_every_step_it_ends_as_if_it_had_not_been(closed: Closed, home: Path, day: date) -> None:
    put_in_inbox(settings_of(home, day), day)
    unkilled, began = closed.home, closed.began
    for number in range(len(STEPS)):
        within = (began[number + 1] - began[number]) / 4  # far enough from its end on a busy machine too
        assert apart(close_until_killed, home, day, number, within) == -signal.SIGKILL
        assert done_in(home, day)[:number] == STEPS[:number]
    done = done_in(home, day)
    finishing = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", "close-day"],
        env=os.environ | {"BUREAU_HOME": str(home), "BUREAU_TODAY": str(day)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finishing.returncode == 0, finishing.stderr
    assert finishing.stdout.count("done before") == len(done)
    assert done_in(home, day) == STEPS
    for killed_part, part in zip(built_in(home, day), built_in(unkilled, day), strict=True):
        assert pl.read_parquet(killed_part).equals(pl.read_parquet(part))
    assert told_in(home, day) == told_in(unkilled, day)
    assert not list((home / "inbox").glob("*.parquet"))


def apart(target: Callable[..., None], *given: object) -> int | None:
    """The exit code of a function run in a process of its own, which has the platform imported already."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.factories.closings"])
    process = context.Process(target=target, args=given)
    process.start()
    process.join(600)
    return process.exitcode


def done_in(home: Path, day: date) -> list[str]:
    """The steps in a day's journal."""
    journal = home / "closing" / f"{day}.json"
    return list(json.loads(journal.read_text())) if journal.exists() else []


def built_in(home: Path, day: date) -> list[Path]:
    """The files of a closed day's features and scores."""
    (model,) = (home / "scores" / f"day={day}").iterdir()
    return [path for folder in (home / "features" / f"day={day}", model) for path in sorted(folder.iterdir())]


def told_in(home: Path, day: date) -> list[object]:
    """What was measured of a closed day."""
    kept = home / "health"
    return [read_feature_days(kept, day), read_feed_days(kept, day), read_measures(home, "sme_default", day)]
