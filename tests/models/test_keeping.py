"""Versions, release and loading: what is served is what was trained, or nothing is."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from bureau.errors import ContributionsDisagree, DamagedModel, ModelNotReleased, UnknownName
from features.health.alerts import ANSWERS, kept_alerts
from models import cli, keeping, registry
from models.artefact import read_stored
from models.keeping import UNFINISHED, Kept, keep
from models.predictor import Predictor
from models.register import Writer, read_register, writing
from models.registry import log_training, tracking_address
from models.release import model_folder, read_release, versions
from models.releasing import Deeds, kept_hash
from models.service import load_chosen, load_released, load_version
from models.shelf import find_model
from models.training import Trained
from tests.factories.releases import AT, release_kept
from tests.factories.verdicts import VERDICT_DAY, labelled_verdicts

NAME = "invoice_default"


@pytest.fixture
def home(kept: tuple[Path, Kept], tmp_path: Path) -> Path:
    """A copy of the released home, to damage at will."""
    return Path(shutil.copytree(kept[0] / "models", tmp_path / "models").parent)


@pytest.fixture(scope="module")
def own_book(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home with a released version, and a registry of mlflow in which nobody else releases."""
    home, mlruns = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("mlruns")
    release_kept(home, mlruns, trained)
    return home, mlruns


def test_what_is_served_is_what_was_trained(kept: tuple[Path, Kept], trained: Trained) -> None:
    home, release = kept
    assert release == Kept(NAME, "1", refusal=None)
    served = load_released(home, NAME)
    matrix = trained.judged.matrix
    assert served.version == "1"
    assert np.array_equal(served.contributions(matrix), trained.model.contributions(matrix))


def test_the_card_tells_the_figures_and_the_comparison(kept: tuple[Path, Kept], trained: Trained) -> None:
    card = (model_folder(kept[0], NAME, "1") / "card.md").read_text("utf-8")
    assert str(trained.figures.auc) in card
    assert trained.said[0] in card
    assert "| logistic |" in card
    assert "| signs | open |" in card
    assert "| riskiest share of firms | lift:" in card


def test_the_card_is_a_page_too_with_its_pictures_and_the_report_a_file(kept: tuple[Path, Kept]) -> None:
    folder = model_folder(kept[0], NAME, "1")
    page = (folder / "card.html").read_text("utf-8")
    assert page.count("data:image/png;base64,") == 3
    assert "<table>" in page
    assert "http" not in page
    assert {"gini", "lift", "reliability", "segments"} <= set(json.loads((folder / "report.json").read_text("utf-8")))


def test_each_kind_wins_where_it_tells_more(trained: Trained, plain: Trained) -> None:
    assert trained.model.predictor.kind == "boosted_trees"
    assert plain.model.predictor.kind == "logistic"
    assert "prefers LightGBM" in trained.said[0]
    assert "prefers the logistic model" in plain.said[0]


def test_golden_rows_are_no_firms_own(kept: tuple[Path, Kept], trained: Trained) -> None:
    golden = read_stored(model_folder(kept[0], NAME, "1"), NAME).golden
    rows = [trained.model.columns.row(row.values) for row in golden]
    assert len(golden) == 6
    assert not any(np.array_equal(row[0], own) for row in rows for own in trained.judged.matrix)


def test_mlflow_holds_the_champion_with_its_figures(own_book: tuple[Path, Path], trained: Trained) -> None:
    from mlflow import MlflowClient

    home, mlruns = own_book
    client = MlflowClient(tracking_address(mlruns))
    champion = client.get_model_version_by_alias(NAME, registry.CHAMPION)
    run = client.get_run(champion.run_id)
    release = read_release(home, NAME)
    assert release is not None
    assert (champion.run_id, champion.tags["sha256"]) == (release.run_id, release.sha256)
    assert run.data.metrics["auc"] == trained.figures.auc.value
    assert run.data.params["definition_hash"] == trained.model.definition_hash
    served = {artefact.path for artefact in client.list_artifacts(champion.run_id, "served")}
    assert {"served/card.md", "served/model.json", "served/calibration.png", "served/gain.png"} <= served


def test_the_model_in_mlflow_scores_as_the_one_served(own_book: tuple[Path, Path], trained: Trained) -> None:
    import mlflow

    _, mlruns = own_book
    mlflow.set_tracking_uri(tracking_address(mlruns))
    loaded = mlflow.lightgbm.load_model(f"models:/{NAME}@{registry.CHAMPION}")
    matrix = trained.judged.matrix
    assert np.array_equal(loaded.predict(matrix, raw_score=True), trained.model.predictor.raw(matrix))


def test_a_logistic_version_in_mlflow_is_a_function(plain: Trained, tmp_path: Path) -> None:
    import mlflow

    keep(tmp_path, tmp_path / "mlruns", plain, AT)
    mlflow.set_tracking_uri(tracking_address(tmp_path / "mlruns"))
    loaded = mlflow.pyfunc.load_model(f"models:/{NAME}@{registry.CHALLENGER}")
    table = labelled_verdicts(seed=5).frame.select(plain.model.features)
    assert loaded.predict(table.to_pandas()) == [answer.pd for answer in plain.model.score_many(table)]


def test_a_version_waits_for_two_people_and_a_scientist_may_use_it_before(home: Path, tmp_path: Path) -> None:
    (home / "models" / NAME / "released.json").unlink()
    with pytest.raises(ModelNotReleased, match=r"waits for two people\. Release it with: bureau models release \S+ 1 "):
        load_released(home, NAME)
    assert load_chosen(home, NAME).version == load_chosen(home, NAME, "1").version == "1"
    with pytest.raises(UnknownName, match="There are: 1"):
        load_chosen(home, NAME, "7")


def test_a_coin_is_kept_and_not_released(coin: Trained, tmp_path: Path, mlruns: Path) -> None:
    kept = keep(tmp_path, mlruns, coin, AT)
    assert kept.refusal is not None
    assert "does not lie above 0.5" in kept.refusal
    assert versions(tmp_path, NAME) == ["1"]
    assert read_release(tmp_path, NAME) is None
    with pytest.raises(ModelNotReleased, match=r"Version 1 was trained, but its AUC 0\.\d+ \(95% interval"):
        load_released(tmp_path, NAME)
    with pytest.raises(ModelNotReleased, match="a coin's"):
        load_chosen(tmp_path, NAME)
    assert load_chosen(tmp_path, NAME, "1").version == "1"


def test_a_refused_version_leaves_the_one_in_service(home: Path, coin: Trained, mlruns: Path) -> None:
    before = read_release(home, NAME)
    assert keep(home, mlruns, coin, AT).version == "2"
    assert read_release(home, NAME) == before
    assert load_released(home, NAME).version == "1"


def test_a_failed_record_leaves_nothing_behind(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "mlruns").write_text("a file where a folder should be")
    with pytest.raises(FileExistsError):
        keep(tmp_path, tmp_path / "mlruns", trained, AT)
    assert versions(tmp_path, NAME) == []


class Astray:
    """Trees whose parts miss their score in some rows."""

    kind = "boosted_trees"

    def __init__(self, honest: Predictor, *, only_unknown: bool) -> None:
        self._honest, self._only_unknown = honest, only_unknown

    def raw(self, matrix: np.ndarray) -> np.ndarray:
        return self._honest.raw(matrix)

    def parts(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        raw, parts = self._honest.parts(matrix)
        parts[np.isnan(matrix).all(axis=1) | (not self._only_unknown), 0] += 1e-3
        return raw, parts


@pytest.mark.parametrize("only_unknown", [False, True], ids=["everywhere", "of a golden row alone"])
def test_contributions_that_miss_the_score_are_refused_in_the_register_and_leave_no_version(
    trained: Trained, home: Path, mlruns: Path, only_unknown: bool
) -> None:
    """Nothing true can be told of it: no reasons of its population, no card, no golden row."""
    before, astray = read_release(home, NAME), Astray(trained.model.predictor, only_unknown=only_unknown)
    with pytest.raises(ContributionsDisagree):
        keep(home, mlruns, replace(trained, model=replace(trained.model, predictor=astray)), AT)
    line = read_register(home, NAME)[-1]
    assert (line.deed, line.version, line.sha256) == ("refused", "2", "")
    assert line.reason == "its contributions miss its score by 0.001 log-odds."
    assert (versions(home, NAME), read_release(home, NAME)) == (["1"], before)
    with pytest.raises(UnknownName, match="There are: 1"):
        kept_hash(Deeds(home, mlruns, NAME), "2", read_register(home, NAME))
    assert keep(home, mlruns, trained, AT).version == "3"


def test_a_training_whose_contributions_miss_the_score_rings(
    trained: Trained, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    astray = replace(trained.model, predictor=Astray(trained.model.predictor, only_unknown=False))
    shelved = replace(find_model(NAME), train=lambda *_: replace(trained, model=astray))
    monkeypatch.setattr(cli, "find_model", lambda _: shelved)
    env = {"BUREAU_HOME": str(home), "BUREAU_TODAY": VERDICT_DAY.isoformat(), "BUREAU_DATABASE_URL": None}
    assert isinstance(CliRunner().invoke(cli.models, ["train", NAME], env=env).exception, ContributionsDisagree)
    (alert,) = kept_alerts(home / "health", ANSWERS, VERDICT_DAY)
    assert (alert.subject, alert.code) == (NAME, "trainings withheld")
    assert alert.text == (
        "trainings are withheld: the contributions of version 2 missed its score by 0.001 log-odds; nothing new is "
        "kept and what is served stays: have this machine checked, and train again"
    )
    assert read_register(home, NAME)[-1].deed == "refused"


def test_a_version_is_seen_once_it_is_logged_and_in_the_register(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before, without a chance to clean up, it leaves nothing that could be used, and is done again."""
    own = tmp_path / "mlruns"
    seen: list[tuple[list[str], set[str], str]] = []

    def log_looking(mlruns: Path, trained: Trained, folder: Path, *words: Any, **more: Any) -> str:
        present, files = versions(tmp_path, NAME), {path.name for path in folder.iterdir()}
        seen.append((present, files, log_training(mlruns, trained, folder, *words, **more)))
        return seen[-1][2]

    monkeypatch.setattr(keeping, "log_training", log_looking)
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(Writer, "add", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        keep(tmp_path, own, trained, AT)
    left = model_folder(tmp_path, NAME) / UNFINISHED / "1"
    left.mkdir(parents=True)
    (left / "of_a_killed_training.txt").write_text("half")
    assert keep(tmp_path, own, trained, AT).version == "1"
    assert len(seen) == 2
    present, files, run_id = seen[-1]
    assert present == []
    assert {"model.json", "card.md", "report.json"} <= files
    assert {path.name for path in model_folder(tmp_path, NAME, "1").iterdir()} == files
    assert "of_a_killed_training.txt" not in files
    assert not left.parent.exists()
    assert load_chosen(tmp_path, NAME).version == "1"
    (line,) = read_register(tmp_path, NAME)
    assert registry.move_alias(own, NAME, registry.CHAMPION, line.version, line.sha256) == run_id


def test_the_number_of_a_version_killed_before_it_appeared_is_nobody_elses(
    home: Path, plain: Trained, mlruns: Path
) -> None:
    with writing(home, NAME) as register:
        register.add("kept", "2", "a" * 64, "", AT)
    assert versions(home, NAME) == ["1"]
    with pytest.raises(UnknownName, match="There are: 1"):
        kept_hash(Deeds(home, mlruns, NAME), "2", read_register(home, NAME))
    assert keep(home, mlruns, plain, AT).version == "3"
    assert versions(home, NAME) == ["1", "3"]


def test_a_model_that_was_never_trained_says_how(tmp_path: Path) -> None:
    with pytest.raises(ModelNotReleased, match="bureau models train invoice_default"):
        load_released(tmp_path, NAME)


def test_a_model_nobody_knows_offers_near_names() -> None:
    with pytest.raises(UnknownName, match="Did you mean: invoice_default"):
        find_model("invoice_defult")


@pytest.mark.parametrize(
    ("file", "says"),
    [
        pytest.param("1/booster.txt", "not the file that was released", id="other trees"),
        pytest.param("1/model.json", "not the file that was released", id="other scale or texts"),
        pytest.param("released.json", "cannot be read", id="a note that is no note"),
    ],
)
def test_a_changed_file_is_not_served(home: Path, file: str, says: str) -> None:
    path = model_folder(home, NAME) / file
    path.write_bytes(path.read_bytes() + b" \nx")
    with pytest.raises(DamagedModel, match=says):
        load_released(home, NAME)


def test_a_missing_file_is_told(home: Path) -> None:
    (model_folder(home, NAME, "1") / "booster.txt").unlink()
    with pytest.raises(DamagedModel, match="cannot be read"):
        load_released(home, NAME)


def test_a_golden_row_that_scores_otherwise_stops_the_model(home: Path) -> None:
    change_model(home, lambda stored: stored["golden"][2].update(raw=stored["golden"][2]["raw"] + 1e-6))
    with pytest.raises(DamagedModel, match="golden row"):
        load_version(home, NAME, "1")


def test_features_defined_otherwise_than_in_training_stop_the_model(home: Path) -> None:
    change_model(home, lambda stored: stored.update(definition_hash="0" * 64))
    with pytest.raises(DamagedModel, match="defined otherwise"):
        load_version(home, NAME, "1")


def test_a_change_signed_in_the_note_is_not_what_two_people_approved(home: Path) -> None:
    change_model(home, lambda stored: stored["facts"].update(labels=9))
    assert load_version(home, NAME, "1").version == "1"
    with pytest.raises(DamagedModel, match="no approval of these files"):
        load_released(home, NAME)


def change_model(home: Path, change: object) -> None:
    """Change model.json and sign the change, as somebody with access to the folder could."""
    import hashlib

    path = model_folder(home, NAME, "1") / "model.json"
    stored = json.loads(path.read_text("utf-8"))
    change(stored)  # type: ignore[operator]
    path.write_text(json.dumps(stored), "utf-8")
    note = model_folder(home, NAME) / "released.json"
    release = json.loads(note.read_text("utf-8"))
    note.write_text(json.dumps(release | {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}), "utf-8")
