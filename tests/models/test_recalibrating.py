"""A version calibrated anew: on unseen loans in order of time, kept as a version of its own, and only for a drift."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from bureau.errors import ReleaseRefused, StateConflict, TooFewLabels
from models import cli
from models.artefact import StoredModel, read_stored, write_model
from models.card import card_text
from models.gates import judge_gates, refusal_of
from models.keeping import VERDICT, keep
from models.loan_judging import judge_on_loans
from models.loan_training import fit_on_loans
from models.people import Signature
from models.question import Question
from models.recalibrating import RECENT_MONTHS, recalibrate_on, recent_halves
from models.register import Answer
from models.registry import tracking_address
from models.release import model_folder
from models.releasing import Deeds, note_audit, propose, release_by_two, roll_back
from models.report import build_report
from models.scoring import ScoringModel
from models.service import load_released, load_version
from models.sme_default.spec import QUESTION, SPEC
from models.terms import Weights
from models.time_split import Cuts, TimeSplit
from models.training import Labelled, Trained, rows_of
from tests.factories.granted_loans import labelled_loans
from tests.factories.people import signature

DAY, LATER = date(2022, 4, 30), date(2023, 4, 30)
AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
SPLIT = QUESTION.split
UNSEEN = pl.col("granted_on") >= SPLIT.test_from


def alike(rate: float) -> Labelled:
    """Loans of one weight; a higher rate takes the same ones and more."""
    made = labelled_loans(8000, rate=rate, seed=3)
    return changed(made, made.frame.with_columns(weight=1.0))


def changed(labelled: Labelled, frame: pl.DataFrame) -> Labelled:
    return replace(labelled, frame=frame, rows=rows_of(SPEC.columns, frame), snapshot=9)


LOANS, HARDER = alike(0.05), alike(0.12)


def with_outcomes(when: pl.Expr, of: Labelled) -> Labelled:
    """The loans of calm times, where those meant went as in other times."""
    frame = LOANS.frame.with_columns(target=pl.when(when).then(of.frame["target"]).otherwise("target"))
    return changed(LOANS, frame)


def both(home: Path) -> tuple[Signature, Signature]:
    return signature(home, "王建模"), signature(home, "李审批")


SLUMP = with_outcomes(UNSEEN, HARDER)


@pytest.fixture(scope="module")
def calm() -> Trained:
    """Fitted on calm years."""
    return fit_on_loans(QUESTION, LOANS, DAY, Cuts(2))


@pytest.fixture(scope="module")
def home(calm: Trained, mlruns: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a released version of calm years."""
    folder = tmp_path_factory.mktemp("recalibrated")
    kept = keep(folder, mlruns, calm, AT)
    release_by_two(Deeds(folder, mlruns, "sme_default"), kept.version, *both(folder), AT)
    return folder


@pytest.fixture(scope="module")
def version(home: Path) -> tuple[ScoringModel, StoredModel]:
    return load_version(home, "sme_default", "1"), read_stored(model_folder(home, "sme_default", "1"), "sme_default")


def test_a_drift_is_answered_and_the_newest_loans_judge(version: tuple[ScoringModel, StoredModel]) -> None:
    model, _ = version
    found = recalibrate_on(QUESTION, *version, SLUMP, LATER)
    facts = found.facts["recalibrated"]
    before = facts["figures_before"]
    assert (facts["version"], facts["as_of"], facts["snapshot"]) == ("1", "2023-04-30", 9)
    assert facts["deed"] in ("moved", "turned")
    assert facts["observed_to_said"]["low"] > 1
    assert abs(found.figures.mean_pd - found.figures.base_rate) < 0.5 * abs(before["mean_pd"] - before["base_rate"])
    assert found.figures.brier < before["brier"]
    assert found.figures.auc.value == before["auc"]["value"]
    assert found.model.predictor is model.predictor
    assert refusal_of(judge_gates(found)) is None


def test_time_divides_what_calibrates_from_what_judges(version: tuple[ScoringModel, StoredModel]) -> None:
    found = recalibrate_on(QUESTION, *version, SLUMP, LATER)
    since, judged_from = (date.fromisoformat(found.facts[name]) for name in ("calibrate_from", "test_from"))
    assert since == SPLIT.test_from < judged_from
    assert found.earlier is not None
    assert abs(len(found.earlier) - len(found.judged)) < 10
    assert found.months is not None
    assert min(found.months.tolist()) == judged_from.isoformat()[:7]


def test_what_the_version_was_made_of_has_no_say(version: tuple[ScoringModel, StoredModel]) -> None:
    with pytest.raises(StateConflict, match="stays as it is"):
        recalibrate_on(QUESTION, *version, with_outcomes(~UNSEEN, HARDER), LATER)


def test_without_a_drift_nothing_is_kept(version: tuple[ScoringModel, StoredModel]) -> None:
    with pytest.raises(StateConflict, match="the defaults observed for each one said are"):
        recalibrate_on(QUESTION, *version, LOANS, LATER)


def test_newest_loans_without_defaults_judge_nothing(version: tuple[ScoringModel, StoredModel]) -> None:
    nobody = changed(LOANS, LOANS.frame.with_columns(target=0.0))
    calm = with_outcomes(pl.col("granted_on") >= date(2021, 6, 1), nobody)
    with pytest.raises(TooFewLabels, match="defaults on loans granted from 2021-"):
        recalibrate_on(QUESTION, *version, calm, LATER)


def test_loans_of_long_ago_are_left_out_and_none_since_is_told() -> None:
    assert recent_halves(LOANS, date(2017, 1, 1)).calibrate_from == date(2020, 2, 27)
    assert RECENT_MONTHS == 24
    none = recent_halves(LOANS, date(2023, 1, 1))
    assert none.calibrate_from == none.test_from == date(2023, 1, 1)


def test_it_is_kept_and_released_as_any_version_and_recalibrated_in_its_turn(
    home: Path, mlruns: Path, version: tuple[ScoringModel, StoredModel]
) -> None:
    kept = keep(home, mlruns, recalibrate_on(QUESTION, *version, SLUMP, LATER), AT)
    assert (kept.version, kept.refusal) == ("2", None)
    assert load_released(home, "sme_default").version == "1"
    release_by_two(Deeds(home, mlruns, "sme_default"), "2", *both(home), AT)
    served, stored = (
        load_released(home, "sme_default"),
        read_stored(model_folder(home, "sme_default", "2"), "sme_default"),
    )
    assert (served.version, served.calibration != version[0].calibration) == ("2", True)
    with pytest.raises(StateConflict, match="Version 2 of model 'sme_default' stays"):
        recalibrate_on(QUESTION, served, stored, SLUMP, LATER)


@pytest.mark.parametrize("baseline", [True, False])
def test_a_baseline_calibrated_anew_is_a_baseline(
    calm: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, baseline: bool
) -> None:
    keep(tmp_path, tmp_path / "mlruns", calm, AT, baseline=baseline)
    monkeypatch.setattr(
        cli,
        "recalibrate_version",
        lambda _, model, stored, *_more: recalibrate_on(QUESTION, model, stored, SLUMP, LATER),
    )
    env = {"BUREAU_HOME": str(tmp_path), "BUREAU_TODAY": LATER.isoformat()}
    told = CliRunner().invoke(cli.models, ["recalibrate", "sme_default", "--version", "1"], env=env)
    assert told.exception is None, told.exception
    assert ("is kept as a baseline" in told.output) is baseline
    facts = read_stored(model_folder(tmp_path, "sme_default", "2"), "sme_default").facts
    assert facts["role"] == ("baseline" if baseline else "challenger")
    assert (facts["refusal"] is None) is not baseline


def test_what_was_found_of_a_version_is_not_told_of_it_calibrated_anew(
    calm: Trained, version: tuple[ScoringModel, StoredModel], tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    model, stored = version
    assert {*stored.facts} - {*calm.facts} == {*VERDICT}
    refused = stored.model_copy(update={"facts": stored.facts | {"role": "baseline", "refusal": "a coin's"}})
    found = recalibrate_on(QUESTION, model, refused, SLUMP, LATER)
    assert not {*found.facts} & {*VERDICT}
    keep(tmp_path, tmp_path / "mlruns", found, AT)
    client = MlflowClient(tracking_address(tmp_path / "mlruns"))
    (logged,) = client.search_model_versions("name = 'sme_default'")
    assert not {*client.get_run(logged.run_id).data.params} & {*VERDICT}


def test_what_an_audit_found_unfair_of_a_version_stands_of_it_calibrated_anew(
    home: Path, mlruns: Path, tmp_path: Path, version: tuple[ScoringModel, StoredModel]
) -> None:
    """An audit of the new version lifts what was found of the old one's predictor, and none of the old version what was
    found of the new line."""
    copy = Path(shutil.copytree(home / "models", tmp_path / "models").parent)
    deeds, auditor = Deeds(copy, mlruns, "sme_default"), signature(copy, "赵值班")
    proposer, approver = both(copy)
    newer = keep(copy, mlruns, recalibrate_on(QUESTION, *version, SLUMP, LATER), AT).version
    fair = Answer(groups=("本市", "外地"))
    unfair = Answer(unfair=("籍贯: refused more often",), groups=fair.groups)
    note_audit(deeds, "1", auditor, AT, {"籍贯": unfair})
    refused = "it is version 1 calibrated anew, whose audit by 赵值班 found it unfair: 籍贯"
    with pytest.raises(ReleaseRefused, match=refused):
        propose(deeds, newer, proposer, AT)
    note_audit(deeds, newer, auditor, AT, {"籍贯": unfair})
    note_audit(deeds, "1", auditor, AT, {"籍贯": fair})
    with pytest.raises(ReleaseRefused, match="its audit by 赵值班 found it unfair"):
        propose(deeds, newer, proposer, AT)
    note_audit(deeds, "1", auditor, AT, {"籍贯": unfair})
    note_audit(deeds, newer, auditor, AT, {"籍贯": fair})
    release_by_two(deeds, newer, proposer, approver, AT)
    with pytest.raises(ReleaseRefused, match="audit by 赵值班 found it unfair"):
        roll_back(deeds, approver, AT)


def test_calibrated_anew_it_is_judged_by_what_neither_fit_nor_line_has_seen(
    version: tuple[ScoringModel, StoredModel], tmp_path: Path
) -> None:
    """Loans that matured after the training are not all new to it: the older half of them made its line."""
    found = recalibrate_on(QUESTION, *version, SLUMP, LATER)
    write_model(tmp_path / "2", found.model, found.golden, found.facts)
    split = TimeSplit.of_facts(read_stored(tmp_path / "2", "sme_default").facts)
    (whole, *_) = judge_on_loans(QUESTION.split_by(split), SLUMP, found.model)
    newest = SLUMP.frame["granted_on"].max()
    assert whole["granted"] == f"{found.facts['test_from']} to {newest}"
    assert (whole["rows"], whole["auc"]) == (len(found.judged), found.figures.auc.value)


def test_its_card_says_what_was_done_and_compares_no_kinds(version: tuple[ScoringModel, StoredModel]) -> None:
    found = recalibrate_on(QUESTION, *version, SLUMP, LATER)
    text = card_text(found, judge_gates(found), build_report(found))
    assert "The line of version 1 was " in text
    assert "(before: " in text
    assert "| cross-validation |" not in text


def test_card_and_files_declare_the_halves_that_calibrated_and_judged(
    version: tuple[ScoringModel, StoredModel],
) -> None:
    """The rest of what was asked is the version's own, whatever its spec asks by now."""
    model, stored = version
    grown = Question(replace(SPEC, features=(*SPEC.features, "age_days"), weights=Weights("equal")))
    found = recalibrate_on(grown, model, stored, SLUMP, LATER)
    since, judged_from, declared = (found.facts[name] for name in ("calibrate_from", "test_from", "declared"))
    assert found.spec.split == TimeSplit(date.fromisoformat(since), date.fromisoformat(judged_from))
    before = stored.facts["declared"]["split"]
    assert declared == stored.facts["declared"] | {
        "split": f"calibrated anew on loans granted from {since} to {judged_from}, judged on those from {judged_from} "
        f"on; made of version 1, which was {before}"
    }
    card = card_text(found, judge_gates(found), build_report(found))
    assert all(f"| {term} | {told} |" in card for term, told in declared.items())
