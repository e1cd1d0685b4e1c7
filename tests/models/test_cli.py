"""`bureau models` on a small contest home: trained, listed, judged, used on firms never seen; errors in a sentence."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from bureau.clock import now
from bureau.errors import (
    BureauError,
    ImpossibleDate,
    InvalidInput,
    ModelNotReleased,
    SecondPersonNeeded,
    SignatureRefused,
    TooFewLabels,
    UnknownName,
    UnreadableFile,
)
from bureau.grant import operator_grant
from features.lake.marks import mark_record
from features.lake.registry import resolve
from features.sources.loading import SourceOptions, load_source
from features.store.lineage import evidence
from models.artefact import read_stored, write_model
from models.baselines import of_kind
from models.cli import models
from models.invoice_default.evaluate import evaluate, firms_since
from models.invoice_default.spec import SPEC
from models.invoice_default.train import train
from models.labels import read_labels
from models.release import model_folder
from models.service import load_released
from tests.factories.cumcm import write_cumcm_directory
from tests.factories.homes import lake_in
from tests.factories.lakes import instant, uscc
from tests.factories.people import key_of

NAME = "invoice_default"
LAST_DAY = "2020-02-22"
LABELLED, UNLABELLED = 48, 8


def run(home: Path, *words: str) -> Result:
    """Whoever is named by --by brings their own secret."""
    env = {"BUREAU_HOME": str(home), "BUREAU_TODAY": LAST_DAY}
    if "--by" in words:
        env |= key_of(home, words[words.index("--by") + 1].strip())
    return CliRunner().invoke(models, list(words), env=env)


def refused(home: Path, *words: str) -> BureauError:
    """The error of a command that must fail, on one line."""
    result = run(home, *words)
    assert isinstance(result.exception, BureauError)
    assert "\n" not in str(result.exception)
    return result.exception


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the contest with 48 verdicts and 8 firms without one."""
    home = tmp_path_factory.mktemp("contest")
    data = write_cumcm_directory(home / "given", firms=LABELLED, seed=3)
    load_source(lake_in(home), home, "cumcm", SourceOptions(data=data), at=now())
    return home


@pytest.fixture(scope="module")
def trained_output(untrained: Path) -> str:
    result = run(untrained, "train", NAME, "--by", "王建模")
    assert result.exception is None, result.exception
    return result.stdout


@pytest.fixture(scope="module")
def home(untrained: Path, trained_output: str) -> Path:
    """The same home after `models train invoice_default` and its release by two people."""
    assert trained_output
    proposed = run(untrained, "release", NAME, "1", "--by", "王建模")
    assert "Another person approves it with: bureau models approve invoice_default 1" in proposed.stdout
    assert isinstance(refused(untrained, "approve", NAME, "1", "--by", " 王建模"), SecondPersonNeeded)
    approved = run(untrained, "approve", NAME, "1", "--by", "李审批")
    assert "version 1 is in service, proposed by 王建模, approved by 李审批." in approved.stdout
    return untrained


def labels_file(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "labels.csv"
    pl.DataFrame(rows).write_csv(path)
    return path


def test_training_says_what_cross_validation_prefers_now_and_six_months_earlier(trained_output: str) -> None:
    lines = trained_output.splitlines()
    assert lines[0] == "Training invoice_default on what was known on 2020-02-22."
    assert lines[1].startswith("invoice_default: 48 labels, 12 defaults, lake snapshot ")
    assert lines[2].startswith("20x5 cross-validation prefers ")
    assert lines[3].startswith("With the last six months cut off: 20x5 cross-validation prefers ")
    assert lines[4].startswith("Firms scored by models that had not seen them: AUC ")
    assert lines[5].startswith("invoice_default version 1 is kept and every gate is open. Two people release it: ")


def test_the_register_says_who_did_what(home: Path) -> None:
    acts = json.loads(run(home, "history", NAME, "--format", "json").stdout)
    told = [("kept", "王建模"), ("proposed", "王建模"), ("approved", "李审批")]
    assert [(act["deed"], act["by"]) for act in acts] == told
    assert len({act["sha256"] for act in acts}) == 1


def test_a_name_without_its_secret_does_nothing(home: Path) -> None:
    env = {"BUREAU_HOME": str(home)}
    result = CliRunner().invoke(models, ["rollback", NAME, "--by", "李审批"], env=env)
    assert "put the secret into BUREAU_RELEASE_KEY" in str(result.exception)
    result = CliRunner().invoke(models, ["rollback", NAME, "--by", "李审批"], env=env | key_of(home, "王建模"))
    assert isinstance(result.exception, SignatureRefused)


def test_there_is_nothing_to_go_back_to_after_one_release(home: Path) -> None:
    assert "no earlier release" in str(refused(home, "rollback", NAME, "--by", "李审批"))


def test_the_list_tells_what_is_in_service(home: Path) -> None:
    listed = {line["name"]: line for line in json.loads(run(home, "list", "--format", "json").stdout)}
    assert (listed[NAME]["in_service"], listed[NAME]["trained_as_of"]) == ("1", LAST_DAY)
    assert 0.5 < listed[NAME]["auc_low"] <= listed[NAME]["auc"] <= listed[NAME]["auc_high"] <= 1
    assert listed["sme_default"]["in_service"] is None


@pytest.fixture(scope="module")
def judged(home: Path) -> list[dict[str, Any]]:
    """What `models evaluate` says of the version in service."""
    found: list[dict[str, Any]] = json.loads(run(home, "evaluate", NAME, "--format", "json").stdout)
    return found


def test_the_judgement_is_of_the_version_as_it_was_found_and_of_its_recipe_anew(
    home: Path, judged: list[dict[str, Any]]
) -> None:
    lines, stored = judged, read_stored(model_folder(home, NAME, "1"), NAME)
    assert [line["judged"] for line in lines] == [
        "as trained, out of fold",
        "recipe, out of fold",
        "recipe, six months cut off",
    ]
    assert [line["features_as_of"] for line in lines] == [LAST_DAY, LAST_DAY, "2019-08-22"]
    assert {(line["version"], line["kind"]) for line in lines} == {("1", stored.kind)}
    kept, anew, _ = lines
    assert kept["auc"] == stored.facts["figures"]["auc"]["value"]
    # Nothing has come since the training, so the same recipe on the same firms and folds earns the same.
    same = ("auc", "auc_low", "auc_high", "brier", "brier_constant", "calibration_slope", "rows", "defaults")
    assert [anew[name] for name in same] == pytest.approx([kept[name] for name in same])
    assert anew["auc_spread"] == pytest.approx(kept["auc_spread"])


def test_another_version_is_judged_by_its_own_recipe_and_features(
    home: Path, judged: list[dict[str, Any]], tmp_path: Path
) -> None:
    """The kind that was not preferred, on one feature less."""
    lake, grant = lake_in(home), operator_grant("training")
    other = "logistic" if load_released(home, NAME).predictor.kind == "boosted_trees" else "boosted_trees"
    fewer = replace(of_kind(SPEC, other), features=SPEC.features[1:])
    trained = train(lake, date.fromisoformat(LAST_DAY), grant, fewer)
    write_model(tmp_path / "7", replace(trained.model, version="7"), trained.golden, trained.facts)
    lines = evaluate(lake, date.fromisoformat(LAST_DAY), grant, trained.model, read_stored(tmp_path / "7", NAME))
    assert {(line["version"], line["kind"]) for line in lines} == {("7", other)}
    assert lines[0]["auc"] == trained.figures.auc.value == pytest.approx(lines[1]["auc"])
    assert lines[0]["auc"] != judged[0]["auc"]


def test_firms_judged_since_are_put_to_the_version_itself(home: Path) -> None:
    """As if only half of the verdicts had been known on the day of training."""
    lake, grant, day = lake_in(home), operator_grant("training"), date.fromisoformat(LAST_DAY)
    labels = read_labels(lake, SPEC, day, grant)
    since = firms_since(labels, labels[::2])
    assert since["subject"].to_list() == labels["subject"][1::2].to_list()
    stored, model = read_stored(model_folder(home, NAME, "1"), NAME), load_released(home, NAME)
    before = stored.model_copy(update={"facts": stored.facts | {"trained_as_of": "2019-12-31"}})
    last = evaluate(lake, day, grant, model, before)[-1]
    assert (last["judged"], last["rows"], last["defaults"]) == ("version itself, firms judged since", LABELLED, 12)
    assert last["auc_spread"] is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["evaluate", NAME, "--version", "1", "--beside"], "leave out --beside", id="a version beside all"),
        pytest.param(["train", NAME, "--challenger"], "--kind (scorecard, ebm)", id="a challenger of no kind"),
        pytest.param(["train", NAME, "--kind", "logistic", "--challenger"], "--kind (", id="a kind of its own"),
    ],
)
def test_an_option_that_would_mean_nothing_is_refused(home: Path, words: list[str], says: str) -> None:
    error = refused(home, *words)
    assert isinstance(error, InvalidInput)
    assert says in str(error)


def test_scoring_keeps_rows_order_and_columns_and_knows_firms_it_has_never_seen(home: Path, tmp_path: Path) -> None:
    unseen = [f"E{LABELLED + number}" for number in range(1, UNLABELLED + 1)]
    stranger = uscc(99_999)
    subjects = [*reversed(unseen), stranger, "E1"]
    rows = [{"note": f"row {i}", "subject": subject, "as_of": LAST_DAY} for i, subject in enumerate(subjects)]
    file = labels_file(tmp_path, *rows)
    result = run(home, "score", NAME, "--labels", str(file), "--out", str(tmp_path / "out.parquet"))
    assert result.stdout.startswith(f"9 of 10 rows scored by invoice_default 1, 1 unknown: {tmp_path}")
    scored = pl.read_parquet(tmp_path / "out.parquet")
    assert scored.columns == ["note", "subject", "as_of", "pd", "score", "grade", "reasons", "marks", "stale"]
    assert scored["subject"].to_list() == subjects
    assert scored["note"].to_list() == [f"row {i}" for i in range(10)]
    by_subject = {row["subject"]: row for row in scored.to_dicts()}
    assert [by_subject[stranger][name] for name in ("pd", "score", "grade", "reasons", "marks", "stale")] == [None] * 6
    for row in (by_subject[subject] for subject in (*unseen, "E1")):
        told = json.loads(row["reasons"])
        points = sum(reason["points"] for reason in told["reasons"])
        assert told["base_points"] + points + told["other_points"] == row["score"]
        assert 0 < row["pd"] < 1
        assert (json.loads(row["marks"]), json.loads(row["stale"])) == ([], [])


def test_a_score_names_the_marked_records_and_the_stale_feeds_it_rests_on(home: Path, tmp_path: Path) -> None:
    lake, day, later = lake_in(home), date.fromisoformat(LAST_DAY), date(2020, 12, 31)
    number, names = resolve(lake, "E2").enterprise_id, load_released(home, NAME).features
    entered = evidence(lake, names, number, day, operator_grant())
    record = next(one for found in entered.values() for one in found)
    key, at = (record.feed, record.record_id), instant(f"{LAST_DAY}T09:00")
    mark_record(lake, key, "objection", from_day=day, until_day=later, known_at=at, made_at=at)
    rows = [{"subject": subject, "as_of": on} for on in (day, later) for subject in ("E2", "E3")]
    run(home, "score", NAME, "--labels", str(labels_file(tmp_path, *rows)), "--out", str(tmp_path / "out.csv"))
    scored = pl.read_csv(tmp_path / "out.csv")
    marked, *others = map(json.loads, scored["marks"])
    told = {"feed": record.feed, "record_id": record.record_id, "kind": "objection", "from_day": LAST_DAY}
    assert (marked, others) == ([told], [[], [], []])
    stale = [{late["feed"] for late in json.loads(cell)} for cell in scored["stale"]]
    assert stale[:2] == [set(), set()]
    assert record.feed in stale[2]
    assert stale[2] == stale[3]


def test_scoring_a_day_before_anything_was_known_gives_nothing(home: Path, tmp_path: Path) -> None:
    file = labels_file(tmp_path, {"subject": "E1", "as_of": "2010-01-01"}, {"subject": "E1", "as_of": LAST_DAY})
    run(home, "score", NAME, "--labels", str(file), "--out", str(tmp_path / "out.csv"))
    assert pl.read_csv(tmp_path / "out.csv")["score"].is_null().to_list() == [True, False]


def test_without_labels_the_whole_city_is_scored_with_reasons(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "city.parquet"
    result = run(home, "score", NAME, "--out", str(out))
    assert result.stdout == f"{LABELLED + UNLABELLED} enterprises scored by invoice_default 1 as of {LAST_DAY}: {out}\n"
    for row in pl.read_parquet(out).to_dicts():
        told = sum(reason["points"] for reason in row["reasons"])
        assert row["base_points"] + told + row["other_points"] == row["score"]


def test_a_city_is_not_written_as_text(home: Path, tmp_path: Path) -> None:
    assert "ending in .parquet" in str(refused(home, "score", NAME, "--out", str(tmp_path / "city.csv")))


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_an_unknown_model_is_told_with_near_names(home: Path, command: str) -> None:
    error = refused(home, command, "invoice_defualt")
    assert isinstance(error, UnknownName)
    assert "invoice_default" in str(error)


def test_a_home_without_labels_says_how_many_are_there_and_needed(tmp_path: Path) -> None:
    error = refused(tmp_path, "train", "sme_default")
    assert isinstance(error, TooFewLabels)
    assert "at least 45 defaults" in str(error)
    assert "has 0" in str(error)


def test_a_model_that_is_not_released_says_how_to_train_it(home: Path) -> None:
    error = refused(home, "evaluate", "sme_default")
    assert isinstance(error, ModelNotReleased)
    assert "bureau models train sme_default" in str(error)


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        pytest.param(None, UnreadableFile, "there is no such file", id="missing file"),
        pytest.param(b"", UnreadableFile, "empty", id="empty file"),
        pytest.param(b"\x00\x01\x02\xff" * 50, UnreadableFile, "neither Parquet nor text", id="binary rubbish"),
        pytest.param(b"PAR1 and no more", UnreadableFile, "starts as Parquet", id="a Parquet file cut short"),
        pytest.param(b"firm,as_of\nE1,2020-02-22\n", InvalidInput, "subject", id="no subject column"),
        pytest.param(b"subject,as_of\nE1,2020-02-30\n", ImpossibleDate, "2020-02-30", id="a day that is none"),
        pytest.param(b"subject,as_of,pd\nE1,2020-02-22,1\n", InvalidInput, "'pd'", id="a column scoring adds"),
    ],
)
def test_a_file_that_cannot_be_scored_is_told_and_nothing_is_written(
    home: Path, tmp_path: Path, content: bytes | None, kind: type[BureauError], says: str
) -> None:
    file, out = tmp_path / "labels.csv", tmp_path / "out.parquet"
    if content is not None:
        file.write_bytes(content)
    error = refused(home, "score", NAME, "--labels", str(file), "--out", str(out))
    assert isinstance(error, kind)
    assert says in str(error)
    assert not out.exists()


def test_a_directory_that_is_not_there_is_told_before_scoring(home: Path, tmp_path: Path) -> None:
    file = labels_file(tmp_path, {"subject": "E1", "as_of": date(2020, 2, 22)})
    error = refused(home, "score", NAME, "--labels", str(file), "--out", str(tmp_path / "nowhere" / "out.parquet"))
    assert "no such directory" in str(error)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param([1, 2], id="a list"),
        pytest.param({"year": 2020}, id="a struct"),
        pytest.param(b"\x00", id="bytes"),
        pytest.param(timedelta(days=1), id="a span of time"),
    ],
)
def test_a_column_that_no_text_can_hold_is_told_before_scoring(home: Path, tmp_path: Path, cell: object) -> None:
    file, out = tmp_path / "labels.parquet", tmp_path / "out.csv"
    pl.DataFrame({"subject": ["E1"], "as_of": [date(2020, 2, 22)], "more": [cell]}).write_parquet(file)
    error = refused(home, "score", NAME, "--labels", str(file), "--out", str(out))
    assert isinstance(error, InvalidInput)
    assert "The column 'more'" in str(error)
    assert ".parquet" in str(error)
    assert [path.name for path in tmp_path.iterdir()] == ["labels.parquet"]
    kept = out.with_suffix(".parquet")
    assert run(home, "score", NAME, "--labels", str(file), "--out", str(kept)).exception is None
    assert pl.read_parquet(kept)["more"].to_list() == [cell]


def test_verdicts_without_days_cannot_drift(untrained: Path) -> None:
    problem = refused(untrained, "recalibrate", NAME)
    assert isinstance(problem, InvalidInput)
    assert "have no days" in str(problem)
