"""The commands of an operator: what they print, and how they refuse."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from bureau.clock import now, shanghai_day
from bureau.errors import BureauError, SchemaDrift, UnknownName, UnreadableFile, WrongFeed
from features.contracts.court_case import COURT_CASE
from features.contracts.feeds import FEEDS
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_grade import TAX_GRADE
from features.lake.cli import feeds, subjects
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, deliver, frame_of, instant, known, make_lake
from tests.factories.registrations import registration
from tests.factories.tax import tax_arrears, tax_grade

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `bureau feeds ...` in a home of its own; an error a user meets is raised."""
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BUREAU_TODAY", "2025-07-01")
    monkeypatch.delenv("BUREAU_DATABASE_URL", raising=False)

    def run(*arguments: str | Path, app: object = feeds) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])  # type: ignore[arg-type]
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return run


def listed(result: Result) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(result.stdout)
    return rows


def arrears_file(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "arrears.csv"
    frame_of(TAX_ARREARS, rows or [tax_arrears(ACME), tax_arrears(BETA, arrears_fen=-1)]).write_csv(path)
    return path


def test_list_names_every_feed(run: Run) -> None:
    assert [row["code"] for row in listed(run("list", "--format", "json"))] == [feed.code for feed in FEEDS]


@pytest.mark.parametrize("feed", [feed.code for feed in FEEDS])
def test_show_tells_every_column(run: Run, feed: str) -> None:
    columns = [row["column"] for row in listed(run("show", feed, "--format", "json"))]
    assert columns == list(next(one for one in FEEDS if one.code == feed).dtypes)


def test_show_tells_the_rules_in_words(run: Run) -> None:
    shown = run("show", "F18").stdout
    assert "  block: a delivery must have no other column\n" in shown
    assert "  quarantine: cleared_on must not precede struck_on\n" in shown
    assert "  warn: published before it happened\n" in shown
    assert "must be at least 0" in shown
    assert "欠税公告办法" in shown
    assert "  act: 逾期未缴税款\n" in shown
    assert "  usable_while: (" in shown
    assert "cleared_on > the day 60 months before use" in shown
    assert "  usable_while: always\n" in run("show", "F01").stdout
    assert "  openness: public\n" in shown


def test_check_counts_reasons_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    file = arrears_file(tmp_path)
    assert "2 rows, 1 keep the contract of F18, 1 would wait, 0 are doubtful" in run("check", "F18", file).stdout
    (reason,) = listed(run("check", "F18", file, "--format", "json"))
    assert reason == {"rows": 1, "first_row": 2, "code": "rule", "reason": "arrears_fen is '-1': it must be at least 0"}
    assert not (tmp_path / "home").exists()


def test_ingest_lands_plain_files_and_the_same_file_once(run: Run, tmp_path: Path) -> None:
    file = arrears_file(tmp_path)
    (first,) = listed(run("ingest", "F18", file, "--format", "json"))
    (second,) = listed(run("ingest", "F18", file, "--format", "json"))
    assert (first["landed"], first["quarantined"], first["unchanged"]) == (1, 1, 0)
    assert (second["landed"], second["quarantined"], second["unchanged"]) == (0, 0, 2)
    assert first["snapshot"] == second["snapshot"] == 1


def test_a_file_that_is_not_the_feed_is_refused_and_the_others_land(run: Run, tmp_path: Path) -> None:
    foreign = deliver(REGISTRATION, [registration(ACME)], tmp_path).path
    with pytest.raises(WrongFeed, match="its sidecar says it is F01"):
        run("ingest", "F18", foreign, arrears_file(tmp_path))
    (status,) = [row for row in listed(run("catalogue", "--format", "json")) if row["feed"] == "F18"]
    assert (status["rows"], status["stopped"]) == (1, None)


def test_a_feed_whose_columns_changed_is_told_in_the_list(run: Run, tmp_path: Path) -> None:
    drifted = tmp_path / "drifted.csv"
    frame_of(TAX_ARREARS, [tax_arrears(ACME)]).rename({"tax_kind": "kind"}).write_csv(drifted)
    with pytest.raises(SchemaDrift, match=r"needs the column tax_kind.*feeds show F18"):
        run("ingest", "F18", drifted)
    stopped = {row["code"]: row["stopped"] for row in listed(run("list", "--format", "json")) if row["stopped"]}
    assert stopped == {"F18": "drifted.csv: F18 needs the column tax_kind, which the file lacks."}
    run("ingest", "F18", arrears_file(tmp_path))
    assert not [row for row in listed(run("list", "--format", "json")) if row["stopped"]]


HISTORY = [tax_arrears(ACME, received_at=instant("2025-04-05"))]


def test_history_must_be_said_twice(run: Run, tmp_path: Path) -> None:
    history = deliver(TAX_ARREARS, HISTORY, tmp_path / "history").path
    today = deliver(TAX_ARREARS, [tax_arrears(ACME)], tmp_path / "today").path
    with pytest.raises(UnreadableFile, match="say --history to accept that"):
        run("ingest", "F18", history)
    with pytest.raises(UnreadableFile, match="leave out --history"):
        run("ingest", "F18", today, "--history")
    (landed,) = listed(run("ingest", "F18", history, "--history", "--format", "json"))
    assert landed["landed"] == 1


def test_a_plain_history_file_brings_its_instants(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    frame_of(TAX_ARREARS, HISTORY).with_columns(received_at=pl.lit("2025-04-05T08:00:00+08:00")).write_csv(path)
    run("ingest", "F18", path, "--history")
    (status,) = [row for row in listed(run("catalogue", "--format", "json")) if row["feed"] == "F18"]
    assert (status["rows"], status["received_at"]) == (1, "2025-04-05 00:00:00+00:00")
    assert status["stale"], "a monthly feed that has been silent for 87 days"


def standing(run: Run, feed: str = "F18") -> dict[str, object]:
    (status,) = [row for row in listed(run("catalogue", "--format", "json")) if row["feed"] == feed]
    return status


def test_catalogue_tells_what_has_gone_stale(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("ingest", "F18", deliver(TAX_ARREARS, HISTORY, tmp_path).path, "--history")
    for day, stale in ((date(2025, 6, 15), False), (date(2025, 6, 16), True)):
        monkeypatch.setenv("BUREAU_TODAY", day.isoformat())
        assert standing(run)["stale"] is stale, "a monthly feed whose slowest files take 30 days"


def test_a_delivery_refused_whole_leaves_a_feed_as_stale_as_it_was(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUREAU_TODAY", (today := shanghai_day(now())).isoformat())
    run("ingest", "F18", deliver(TAX_ARREARS, HISTORY, tmp_path).path, "--history")
    run("ingest", "F18", arrears_file(tmp_path, tax_arrears(BETA, arrears_fen=-1)))
    status = standing(run)
    assert (status["rows"], status["waiting"]) == (1, 1)
    assert (status["due_by"], status["stale"]) == ("2025-06-15", True)
    assert shanghai_day(datetime.fromisoformat(str(status["received_at"]))) >= today, "it was heard of all the same"


def test_what_came_after_a_home_s_own_day_does_not_count_on_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The home lives on 2025-07-01; what is ingested without history comes on the day the machine shows."""
    run("ingest", "F18", deliver(TAX_ARREARS, HISTORY, tmp_path).path, "--history")
    run("ingest", "F18", deliver(TAX_ARREARS, [tax_arrears(BETA)], tmp_path).path)
    run("ingest", "F14", deliver(TAX_GRADE, [tax_grade(ACME)], tmp_path).path)
    assert (standing(run)["due_by"], standing(run)["stale"]) == ("2025-06-15", True)
    assert (standing(run, "F14")["due_by"], standing(run, "F14")["stale"]) == (None, False)
    monkeypatch.setenv("BUREAU_TODAY", shanghai_day(now()).isoformat())
    assert standing(run)["stale"] is False


def test_quarantine_lists_and_tries_again(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    frame_of(COURT_CASE, [court_case(None, "甲公司")]).write_csv(path)
    run("ingest", "F26", path)
    (waiting,) = listed(run("quarantine", "--format", "json"))
    assert (waiting["feed"], waiting["code"]) == ("F26", "unlinked")
    assert "0 rows landed, 0 were there, 1 still wait" in run("quarantine", "--replay").stdout
    assert listed(run("quarantine", "--feed", "F18", "--format", "json")) == []


def test_links_are_listed_and_undone(run: Run, tmp_path: Path) -> None:
    run("ingest", "F01", deliver(REGISTRATION, [registration(ACME, "甲公司")], tmp_path).path)
    run("ingest", "F26", deliver(COURT_CASE, [court_case(None, "甲公司")], tmp_path).path)
    (link,) = listed(run("links", "--format", "json"))
    assert (link["uscc"], link["key"], link["known_to"]) == (ACME, "甲公司", None)
    for kind in ("features", "scores"):
        (tmp_path / "home" / kind / "day=2025-06-30" / "sme_default-2").mkdir(parents=True)
    told = run("links", "--end", "1").stdout
    assert "stored features and the scores of sme_default-2 of 2025-06-30 tell as before. Renew them with: " in told
    assert "bureau close-day --day 2025-07-01\n" in told
    assert re.search(rf"link 1 is undone, 1 rows ended; from now on [1-9]\d* features can change of:\n{ACME}\n", told)


def test_links_are_made_and_undone_on_the_home_s_own_day(run: Run, tmp_path: Path) -> None:
    """The home lives on 2025-07-01, long before the day the machine shows."""
    firm = registration(ACME, "深圳市鹏程万里贸易有限公司") | {"received_at": instant("2025-03-01")}
    case = court_case(None, "深圳市鹏城万里贸易有限公司") | {"received_at": instant("2025-04-01")}
    run("ingest", "F01", deliver(REGISTRATION, [firm], tmp_path).path, "--history")
    run("ingest", "F26", deliver(COURT_CASE, [case], tmp_path).path, "--history")
    lake = make_lake(tmp_path)
    run("review", "list", "--propose")
    run("review", "accept", "1")
    assert known(lake, COURT_CASE, "2025-06-30").is_empty()
    assert known(lake, COURT_CASE, "2025-07-01")["uscc"].to_list() == [ACME]
    run("links", "--end", "1")
    assert known(lake, COURT_CASE, "2025-07-01").is_empty()


def test_compact_says_what_it_wrote(run: Run, tmp_path: Path) -> None:
    run("ingest", "F18", arrears_file(tmp_path))
    assert run("compact", "F18").stdout == "F18: 1 files, 1 rows written\n"
    assert run("compact").stdout.count("0 rows written") == len(FEEDS)
    assert run("compact", "--if-due").stdout == ""


def test_subjects_are_one_code_a_line(run: Run, tmp_path: Path) -> None:
    run("ingest", "F18", arrears_file(tmp_path, tax_arrears(ACME), tax_arrears(BETA)))
    assert run(app=subjects).stdout.splitlines() == sorted([ACME, BETA])
    assert len(run("--limit", "1", app=subjects).stdout.splitlines()) == 1
    assert listed(run("--format", "json", "--limit", "0", app=subjects)) == []


def test_an_empty_home_has_no_subjects(run: Run) -> None:
    assert run(app=subjects).stdout == ""


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param(["show", "F99"], UnknownName, id="unknown feed"),
        pytest.param(["check", "F99", "x.csv"], UnknownName, id="unknown feed before the file"),
        pytest.param(["check", "F18", "missing/x.csv"], UnreadableFile, id="missing directory"),
        pytest.param(["ingest", "F18", "x.csv"], UnreadableFile, id="missing file"),
        pytest.param(["quarantine", "--feed", "F99"], UnknownName, id="unknown feed in quarantine"),
        pytest.param(["compact", "F99"], UnknownName, id="unknown feed to compact"),
        pytest.param(["links", "--end", "7"], UnknownName, id="unknown link"),
    ],
)
def test_wrong_words_are_refused_in_one_sentence(run: Run, arguments: list[str], error: type[BureauError]) -> None:
    with pytest.raises(error) as refused:
        run(*arguments)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["show", "F99"], "There is no feed 'F99'. Did you mean: .*[?] List them with: bureau feeds list", id="feed"
        ),
        pytest.param(["links", "--end", "7"], "no open link '7'. List them with: bureau feeds links", id="link"),
        pytest.param(
            ["review", "accept", "7"], "no open proposal '7'. List them with: bureau feeds review list", id="pair"
        ),
        pytest.param(
            ["review", "refuse", "7"], "no open proposal '7'. List them with: bureau feeds review list", id="no"
        ),
    ],
)
def test_an_unknown_name_says_where_to_look(run: Run, arguments: list[str], said: str) -> None:
    with pytest.raises(UnknownName, match=said):
        run(*arguments)
