"""`bureau features` at the prompt."""

import json
import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from bureau.clock import now
from bureau.errors import BureauError, ImpossibleDate, ImpossibleUscc, InvalidInput, UnknownName, UnreadableFile
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.library import published
from features.engine.spark import session
from features.lake.marks import mark_record
from features.store import cli
from features.store.cli import features
from tests.factories.lakes import ACME, BETA, instant, land_rows, make_lake
from tests.factories.retiring import retire
from tests.factories.tax import tax_arrears

ARREARS = "tax_arrears_count_24m"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two notices of ACME and none of BETA, and a folder to write into."""
    rows = [tax_arrears(ACME), tax_arrears(ACME, date(2024, 3, 31)), tax_arrears(BETA, date(2019, 3, 31))]
    land_rows(make_lake(tmp_path), TAX_ARREARS, rows, "2025-04-02")
    monkeypatch.setenv("BUREAU_HOME", str(tmp_path / "home"))
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(features, [str(argument) for argument in arguments])


def printed(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_list_has_a_line_for_every_feature() -> None:
    lines = json.loads(printed("list", "--format", "json"))
    assert [line["name"] for line in lines] == [entry.name for entry in published()]
    assert ARREARS in printed("list")


def test_a_retired_feature_is_shown_with_what_to_read_instead_and_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    _, successor = retire(monkeypatch)
    [facts] = json.loads(printed("show", ARREARS, "--format", "json"))
    assert facts["replaced_by"] == successor.name
    listed = {line["name"] for line in json.loads(printed("list", "--format", "json"))}
    assert ARREARS not in listed
    assert successor.name in listed


def test_show_says_what_is_computed_and_on_what_ground() -> None:
    shown = printed("show", ARREARS)
    assert "count in F18 of the last 24 months where arrears_fen > 0" in shown
    assert "欠税公告办法" in shown
    [facts] = json.loads(printed("show", "sales_trend_6p", "--format", "json"))
    assert "ending 6 earlier" in facts["computes"]


def test_build_writes_every_enterprise(folder: Path) -> None:
    out = folder / "city.parquet"
    said = printed("build", "--as-of", "2025-05-01", "--out", out, "--feature", ARREARS, "--engine", "duckdb")
    assert "2 enterprises, 1 features" in said
    assert pl.read_parquet(out).select("uscc", ARREARS).rows() == [(ACME, 2.0), (BETA, 0.0)]


def test_training_set_keeps_the_rows_of_a_csv(folder: Path) -> None:
    labels, out = folder / "labels.csv", folder / "set.parquet"
    labels.write_text(f"subject,as_of,target\n{BETA},2025-05-01,0\nE1,2025-05-01,1\n{ACME},2025-05-01,1\n", "utf-8")
    assert "3 rows, 1 of unknown subjects" in printed("training-set", "--labels", labels, "--out", out)
    made = pl.read_parquet(out)
    assert made["target"].to_list() == ["0", "1", "1"]
    assert made[ARREARS].to_list() == [0.0, None, 2.0]
    assert made.width == 3 + len(published())


def test_explain_prints_the_value_and_its_records() -> None:
    told = printed("explain", ARREARS, "--subject", ACME, "--as-of", "2025-05-01")
    assert "2.0 (notices), from 2 records" in told
    lines = printed("explain", ARREARS, "--subject", ACME, "--as-of", "2025-05-01", "--format", "csv").splitlines()
    assert [line.split(",")[3] for line in lines[1:]] == ["2024-03-31", "2025-03-31"]


def test_explain_as_json_holds_the_whole_answer_and_nothing_of_it_stands_elsewhere(folder: Path) -> None:
    key, known_at = ("F18", f"F18-{ACME}-2025-03-31-增值税"), instant("2025-04-03")
    mark_record(make_lake(folder), key, "objection", from_day=date(2025, 4, 3), known_at=known_at, made_at=now())
    result = run("explain", ARREARS, "--subject", ACME, "--as-of", "2025-12-01", "--format", "json")
    told = json.loads(result.stdout)
    assert result.stderr == ""
    assert [told[fact] for fact in ("feature", "uscc", "as_of", "value", "unit")] == [
        *(ARREARS, ACME, "2025-12-01", 2.0, "notices"),
    ]
    assert [record["event_date"] for record in told["records"]] == ["2024-03-31", "2025-03-31"]
    assert {record["values"]["arrears_fen"] for record in told["records"]} == {1_000_000}
    assert [(mark["record_id"], mark["kind"], mark["from_day"]) for mark in told["marks"]] == [
        (told["records"][1]["record_id"], "objection", "2025-04-03")
    ]
    assert [(late["feed"], late["newest"]) for late in told["stale"]] == [("F18", "2025-04-02")]
    assert told["cohort"] is None


def test_files_that_rest_on_a_marked_record_are_told(folder: Path) -> None:
    record, at = tax_arrears(ACME)["record_id"], instant("2025-04-03T09:00")
    mark_record(make_lake(folder), ("F18", record), "suit", from_day=date(2025, 4, 3), known_at=at, made_at=at)
    pl.DataFrame({"subject": [BETA, ACME], "as_of": ["2025-05-01"] * 2}).write_csv(folder / "two.csv")
    for words in (("build", "--as-of", "2025-05-01"), ("training-set", "--labels", folder / "two.csv")):
        result = run(*words, "--feature", ARREARS, "--out", folder / "marked.parquet")
        assert result.exit_code == 0, result.output
        assert "1 record under objection, review or suit entered the file" in result.stderr


def test_a_feature_named_twice_is_given_once(folder: Path) -> None:
    pl.DataFrame({"subject": [ACME], "as_of": ["2025-05-01"]}).write_csv(folder / "one.csv")
    twice = ("--feature", ARREARS, "--feature", ARREARS, "--out", folder / "twice.parquet")
    for words in (("build", "--as-of", "2025-05-01"), ("training-set", "--labels", folder / "one.csv")):
        assert "1 features" in printed(*words, *twice)
        assert pl.read_parquet(folder / "twice.parquet").columns.count(ARREARS) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param(["show", "tax_arrear"], UnknownName, id="unknown feature"),
        pytest.param(["build", "--as-of", "2025-02-30", "--out", "x.parquet"], ImpossibleDate, id="30 February"),
        pytest.param(["build", "--as-of", "today", "--out", "x.parquet"], ImpossibleDate, id="a word for a day"),
        pytest.param(["build", "--as-of", "2999-01-01", "--out", "x.parquet"], InvalidInput, id="a day to come"),
        pytest.param(["explain", ARREARS, "--subject", ACME, "--as-of", "2999-01-01"], InvalidInput, id="not yet"),
        pytest.param(["build", "--as-of", "0001-01-01", "--out", "x.parquet"], InvalidInput, id="before all records"),
        pytest.param(["explain", ARREARS, "--subject", ACME, "--as-of", "1899-12-31"], InvalidInput, id="a day before"),
        pytest.param(["build", "--as-of", "2025-05-01", "--out", "no/x.parquet"], UnreadableFile, id="no directory"),
        pytest.param(
            ["build", "--as-of", "2025-05-01", "--out", "x.parquet", "--feature", "grade"], UnknownName, id="no feature"
        ),
        pytest.param(
            ["explain", ARREARS, "--subject", "91X", "--as-of", "2025-05-01"], ImpossibleUscc, id="impossible code"
        ),
        pytest.param(["training-set", "--labels", "none.csv", "--out", "x.parquet"], UnreadableFile, id="no labels"),
        pytest.param(["training-set", "--labels", "empty.csv", "--out", "x.parquet"], UnreadableFile, id="empty file"),
        pytest.param(["training-set", "--labels", "rubbish", "--out", "x.parquet"], UnreadableFile, id="rubbish"),
        pytest.param(["training-set", "--labels", "pipe", "--out", "x.parquet"], UnreadableFile, id="a pipe"),
        pytest.param(["training-set", "--labels", "lacks.csv", "--out", "x.parquet"], InvalidInput, id="no column"),
    ],
)
def test_wrong_words_end_in_one_sentence_and_no_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], error: type[BureauError]
) -> None:
    monkeypatch.chdir(folder)
    Path("empty.csv").touch()
    os.mkfifo("pipe")
    Path("rubbish").write_bytes(bytes(range(256)))
    Path("lacks.csv").write_text("subject,day\nx,2025-05-01\n", "utf-8")
    result = run(*arguments)
    assert isinstance(result.exception, error)
    assert "\n" not in str(result.exception)
    assert not list(folder.glob("*.parquet*"))


def test_an_empty_home_says_what_to_load(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAU_HOME", str(folder / "empty"))
    result = run("build", "--as-of", "2025-05-01", "--out", folder / "x.parquet")
    assert isinstance(result.exception, InvalidInput)
    assert "bureau source load" in str(result.exception)


def test_spark_that_cannot_run_is_said_before_anything_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "spark_missing", lambda: "Spark is not installed: pip install it.")
    result = run("build", "--as-of", "2025-05-01", "--out", folder / "c.parquet", "--engine", "spark")
    assert isinstance(result.exception, InvalidInput)
    assert not (folder / "c.parquet").exists()


def test_a_comparison_without_spark_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "spark_missing", lambda: "Spark is not installed: pip install it.")
    compared = run("compare", "--feature", ARREARS, "--rows", "20")
    assert compared.exit_code == 0
    assert "Spark was left out. Spark is not installed: pip install it." in compared.stderr
    assert "nothing was compared" not in compared.output


@pytest.mark.parametrize(
    ("engines", "error", "sentence"),
    [
        pytest.param("kernel,duckdb,spark", InvalidInput, "Spark is not installed: pip install it.", id="cannot run"),
        pytest.param("spark", InvalidInput, "Spark is not installed: pip install it.", id="alone and cannot run"),
        pytest.param("kernel,spork", UnknownName, "There is no engine 'spork'. Did you mean: spark?", id="misspelt"),
        pytest.param("", UnknownName, "There is no engine ''.", id="none named"),
        pytest.param("duckdb", InvalidInput, "name another engine with --engines", id="the reference against itself"),
    ],
)
def test_an_engine_that_is_named_runs_or_nothing_is_compared(
    monkeypatch: pytest.MonkeyPatch, engines: str, error: type[BureauError], sentence: str
) -> None:
    monkeypatch.setattr(cli, "spark_missing", lambda: "Spark is not installed: pip install it.")
    compared = run("compare", "--feature", ARREARS, "--engines", engines)
    assert isinstance(compared.exception, error)
    assert sentence in str(compared.exception)
    assert compared.stdout == ""


def test_only_engines_that_are_named_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "spark_missing", lambda: "Spark is not installed: pip install it.")
    compared = run("compare", "--feature", ARREARS, "--rows", "20", "--engines", "duckdb, kernel", "--format", "json")
    assert {line["engine"] for line in json.loads(compared.stdout)} == {"kernel"}
    assert "Spark" not in compared.stderr
