"""The law's part of `bureau feeds`, as an operator types it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from bureau.errors import BureauError, InvalidInput, StateConflict, UnknownSubject
from features.contracts.court_case import COURT_CASE
from features.contracts.penalty import PENALTY
from features.lake.cli import feeds
from features.lake.files import exclusive
from features.lake.lake import Lake
from features.lake.marks import marks_of
from features.lake.quarantine import list_waiting
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.penalties import penalty

RECORD = f"F34-{ACME}-2025-01-15"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lake = make_lake(tmp_path)
    rows = [penalty(ACME), penalty(BETA, repaired_on=date(2025, 2, 1)), penalty(GAMMA, date(2025, 6, 2))]
    land_rows(lake, PENALTY, rows, "2025-06-05")
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BUREAU_TODAY", "2026-04-01")
    return tmp_path


def run(*words: str) -> Result:
    done = CliRunner().invoke(feeds, words)
    if isinstance(done.exception, BureauError):
        raise done.exception
    return done


def listed(*words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run(*words, "--format", "json").stdout)
    return found


def test_a_mark_is_told_on_the_home_s_own_day(home: Path) -> None:
    done = run("mark", RECORD, "--feed", "F34", "--kind", "objection", "--from", "2026-04-01")
    assert "under objection from 2026-04-01" in done.stdout
    assert list(marks_of(make_lake(home), [("F34", RECORD)], date(2026, 4, 1))) == [("F34", RECORD)]


def test_a_record_a_subject_and_what_is_over_are_erased() -> None:
    assert "certificate 1: 1 records" in run("erase", "F34", "--record", RECORD, "--basis", "判决").stdout
    assert "certificate 2: 1 records" in run("erase", "F34", "--subject", GAMMA, "--basis", "申请").stdout
    assert "certificate 3: 1 records" in run("erase", "F34", "--expired", "--basis", "期满").stdout
    assert "Nothing to erase" in run("erase", "F34", "--expired", "--basis", "期满").stdout
    told = [(line["scope"], line["basis"], line["records"]) for line in listed("certificates")]
    assert told == [("expired", "期满", 1), ("subject", "申请", 1), ("record", "判决", 1)]


def test_what_lands_of_a_subject_while_its_erasure_waits_is_erased_too(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def its_turn(lake: Lake) -> Iterator[None]:
        land_rows(lake, PENALTY, [penalty(GAMMA, date(2025, 6, 3))], "2025-06-06")
        with exclusive(lake):
            yield

    monkeypatch.setattr("features.lake.erasure.exclusive", its_turn)
    assert "certificate 1: 2 records" in run("erase", "F34", "--subject", GAMMA, "--basis", "申请").stdout


@pytest.mark.parametrize("words", [("--record", f"F34-{uscc(9)}-2025-01-15"), ("--subject", uscc(9).lower())])
def test_what_only_waits_is_erased(home: Path, words: tuple[str, str]) -> None:
    lake, waiting = make_lake(home), penalty(uscc(9), severity="?")
    land_rows(lake, PENALTY, [waiting], "2025-06-06")
    assert "certificate 1: 1 records of F34, 0 rows" in run("erase", "F34", *words, "--basis", "申请").stdout
    assert [(line["records"], line["quarantined"]) for line in listed("certificates")] == [(1, 1)]
    assert list_waiting(lake) == []
    again = land_rows(lake, PENALTY, [waiting, penalty(uscc(9))], "2025-06-07")
    assert (again.landed, again.quarantined, again.unchanged) == (0, 0, 2)


def test_the_archive_says_how_many_live_on() -> None:
    assert "2 records of F34 erased, 0 of 1 rows live on" in run("archive", "F34", "--basis", "期满").stdout
    assert "nothing changed" in run("archive", "F34", "--basis", "期满").stdout


def test_a_dry_run_needs_no_ground_and_changes_nothing(home: Path) -> None:
    before = make_lake(home).snapshot()
    told = run("archive", "F34", "--dry-run").stdout
    assert "2 records of F34 would be erased, 0 of 1 rows would live on" in told
    assert (make_lake(home).snapshot(), listed("certificates")) == (before, [])


def test_all_feeds_are_archived_at_once(home: Path) -> None:
    land_rows(make_lake(home), COURT_CASE, [court_case(ACME, filed_on=date(2018, 1, 31))], "2025-06-05")
    assert run("archive", "--all", "--dry-run").stdout.count("nothing changed") == 2
    told = run("archive", "--all", "--basis", "期满").stdout
    assert "1 records of F26 erased" in told
    assert "2 records of F34 erased" in told
    assert run("archive", "--all", "--basis", "期满").stdout == "No record's term is over; nothing changed.\n"


def test_a_marked_record_keeps_no_other_feed_from_the_archive(home: Path) -> None:
    sued = court_case(ACME, filed_on=date(2018, 1, 31))
    land_rows(make_lake(home), COURT_CASE, [sued], "2025-06-05")
    run("mark", sued["record_id"], "--feed", "F26", "--kind", "suit", "--from", "2026-04-01")
    with pytest.raises(StateConflict, match="--although-marked"):
        run("archive", "--all", "--basis", "期满")
    assert [line["feed"] for line in listed("certificates")] == ["F34"]


@pytest.mark.parametrize("words", [("archive", "--basis", "x"), ("archive", "F34", "--all", "--basis", "x")])
def test_one_feed_or_all_are_archived(words: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match="--all"):
        run(*words)


def test_the_archive_is_listed_and_read(home: Path) -> None:
    alike = [penalty(uscc(number), date(2025, 1, 20)) for number in range(20, 30)]
    land_rows(make_lake(home), PENALTY, alike, "2025-06-06")
    assert listed("archived") == []
    run("archive", "--all", "--basis", "期满")
    (line,) = listed("archived")
    assert (line["feed"], line["files"]) == ("F34", 1)
    out = home / "archive.parquet"
    assert f"{line['rows']} rows of F34" in run("archived", "F34", "--out", str(out)).stdout
    kept = pl.read_parquet(out)
    assert kept.height == line["rows"] == len(listed("archived", "F34"))
    assert "nobody" in kept.columns
    assert "uscc" not in kept.columns
    with pytest.raises(InvalidInput, match="which feed's rows"):
        run("archived", "--out", str(out))


def test_endings_are_listed() -> None:
    assert [(line["cause"], line["rows"]) for line in listed("endings", "--feed", "F34")] == [("repaired_on", 1)]


@pytest.mark.parametrize("words", [("--record", RECORD, "--expired"), ()])
def test_one_thing_is_erased_at_a_time(words: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match="one of"):
        run("erase", "F34", "--basis", "x", *words)


@pytest.mark.parametrize("basis", ["", "  ", "\u3000", "-"])
@pytest.mark.parametrize(
    "words",
    [("erase", "F34", "--record", RECORD), ("erase", "F34", "--record", "nothing"), ("erase", "F34", "--expired"),
     ("archive", "F34")],
)  # fmt: skip
def test_nothing_is_erased_without_a_ground(home: Path, words: tuple[str, ...], basis: str) -> None:
    before = make_lake(home).snapshot()
    with pytest.raises(InvalidInput, match="ground"):
        run(*words, "--basis", basis)
    assert make_lake(home).snapshot() == before


@pytest.mark.parametrize("kind", ["objection", "review", "suit"])
@pytest.mark.parametrize(
    "words",
    [("erase", "F34", "--record", RECORD), ("erase", "F34", "--subject", ACME), ("erase", "F34", "--expired"),
     ("archive", "F34")],
)  # fmt: skip
def test_a_marked_record_is_erased_only_when_told(words: tuple[str, ...], kind: str) -> None:
    run("mark", RECORD, "--feed", "F34", "--kind", kind, "--from", "2026-04-01")
    with pytest.raises(StateConflict, match=f"{RECORD} under {kind} since 2026-04-01.*--although-marked"):
        run(*words, "--basis", "期满")
    assert listed("certificates") == []
    run(*words, "--basis", "期满", "--although-marked")
    assert len(listed("certificates")) == 1


def test_a_mark_that_is_over_hinders_nothing() -> None:
    run("mark", RECORD, "--feed", "F34", "--kind", "objection", "--from", "2026-03-01", "--until", "2026-04-01")
    assert "certificate 1" in run("erase", "F34", "--record", RECORD, "--basis", "判决").stdout


def test_an_unknown_subject_is_said() -> None:
    with pytest.raises(UnknownSubject):
        run("erase", "F34", "--basis", "x", "--subject", uscc(9))
