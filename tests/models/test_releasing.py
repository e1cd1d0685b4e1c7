"""Release by two people, bound to the files' hash; a return in one step; mlflow's aliases follow."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bureau.errors import (
    DamagedModel,
    InvalidInput,
    ReleaseRefused,
    SecondPersonNeeded,
    StateConflict,
    UnknownName,
)
from models import releasing
from models.keeping import Kept, keep
from models.register import read_register
from models.registry import CHALLENGER, CHAMPION, tracking_address
from models.release import model_folder, read_release
from models.releasing import Deeds, approve, note_audit, propose, release_by_two, roll_back
from models.service import load_released
from models.training import Trained

NAME = "invoice_default"
AT = datetime(2026, 1, 6, 9, 30, tzinfo=UTC)
WANG, LI, ZHAO = "王建模", "李审批", "赵值班"


@pytest.fixture(scope="module")
def two(kept: tuple[Path, Kept], plain: Trained, mlruns: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with version 1 released and version 2 kept."""
    home = Path(shutil.copytree(kept[0] / "models", tmp_path_factory.mktemp("two") / "models").parent)
    keep(home, mlruns, plain, AT)
    return home


@pytest.fixture
def deeds(two: Path, mlruns: Path, tmp_path: Path) -> Deeds:
    """A copy of that home, to act in."""
    return Deeds(Path(shutil.copytree(two / "models", tmp_path / "models").parent), mlruns, NAME)


def alias(mlruns: Path, name: str) -> str | None:
    """The version of ours an alias points at."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_address(mlruns))
    at = client.get_registered_model(NAME).aliases.get(name)
    return None if at is None else str(client.get_model_version(NAME, at).tags["version"])


def test_a_kept_version_changes_nothing_that_is_served(deeds: Deeds) -> None:
    assert load_released(deeds.home, NAME).version == "1"


def test_two_people_release_and_both_are_on_record(deeds: Deeds, mlruns: Path) -> None:
    propose(deeds, "2", WANG, AT)
    assert load_released(deeds.home, NAME).version == "1"
    release = approve(deeds, "2", LI, AT)
    assert load_released(deeds.home, NAME).version == "2"
    assert (release.proposed_by, release.approved_by, release.approved_at) == (WANG, LI, AT.isoformat())
    assert [(act.deed, act.by) for act in read_register(deeds.home, NAME)[-2:]] == [
        ("proposed", WANG),
        ("approved", LI),
    ]
    assert (alias(mlruns, CHAMPION), alias(mlruns, CHALLENGER)) == ("2", None)


def test_one_person_cannot_do_both_however_the_name_is_written(deeds: Deeds) -> None:
    propose(deeds, "2", "Li Wei", AT)
    with pytest.raises(SecondPersonNeeded, match="proposed by Li Wei, who cannot approve it too"):
        approve(deeds, "2", " LI  wei", AT)
    assert load_released(deeds.home, NAME).version == "1"


def test_nothing_is_approved_that_nobody_proposed(deeds: Deeds) -> None:
    with pytest.raises(StateConflict, match="Nobody proposes version 2"):
        approve(deeds, "2", LI, AT)
    propose(deeds, "2", WANG, AT)
    approve(deeds, "2", LI, AT)
    with pytest.raises(StateConflict, match="Nobody proposes version 2"):
        approve(deeds, "2", LI, AT)


@pytest.mark.parametrize("version", ["3", "0", "../1", ""])
def test_a_version_nobody_kept_is_not_proposed(deeds: Deeds, version: str) -> None:
    with pytest.raises(UnknownName, match="There are: 1, 2"):
        propose(deeds, version, WANG, AT)


def test_a_release_needs_a_name(deeds: Deeds) -> None:
    with pytest.raises(InvalidInput, match="--by"):
        propose(deeds, "2", " ", AT)


def test_files_changed_since_training_are_not_proposed(deeds: Deeds) -> None:
    change(deeds.home)
    with pytest.raises(DamagedModel, match="not the file that was released"):
        propose(deeds, "2", WANG, AT)


def test_files_changed_between_the_two_people_are_not_released(deeds: Deeds) -> None:
    propose(deeds, "2", WANG, AT)
    change(deeds.home)
    with pytest.raises(DamagedModel, match="not the file that was released"):
        approve(deeds, "2", LI, AT)
    assert load_released(deeds.home, NAME).version == "1"


def test_a_shut_gate_lets_nobody_release(kept: tuple[Path, Kept], coin: Trained, mlruns: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(kept[0] / "models", tmp_path / "models").parent)
    assert keep(home, mlruns, coin, AT).version == "2"
    with pytest.raises(ReleaseRefused, match="a coin's"):
        propose(Deeds(home, mlruns, NAME), "2", WANG, AT)
    assert [act.deed for act in read_register(home, NAME)][-1] == "kept"


def test_one_step_goes_back_to_what_was_served_before(deeds: Deeds, mlruns: Path) -> None:
    before = read_release(deeds.home, NAME)
    assert before is not None
    release_by_two(deeds, "2", WANG, LI, AT)
    back = roll_back(deeds, ZHAO, AT, "坏账上升")
    assert load_released(deeds.home, NAME).version == "1"
    assert replace(back, approved_at="") == replace(before, approved_at="")
    assert alias(mlruns, CHAMPION) == "1"
    last = read_register(deeds.home, NAME)[-1]
    assert (last.deed, last.version, last.by, last.reason) == ("rolled_back", "1", ZHAO, "坏账上升")
    with pytest.raises(StateConflict, match="no earlier release"):
        roll_back(deeds, ZHAO, AT)


def test_after_a_return_the_other_version_can_be_released_anew(deeds: Deeds) -> None:
    release_by_two(deeds, "2", WANG, LI, AT)
    roll_back(deeds, ZHAO, AT)
    release_by_two(deeds, "2", LI, WANG, AT)
    assert load_released(deeds.home, NAME).version == "2"
    assert roll_back(deeds, ZHAO, AT).version == "1"


def test_what_is_in_service_is_not_released_again(deeds: Deeds) -> None:
    with pytest.raises(StateConflict, match="in service already"):
        propose(deeds, "1", WANG, AT)
    with pytest.raises(StateConflict, match="no earlier release"):
        roll_back(deeds, ZHAO, AT)


def test_a_version_an_audit_found_unfair_is_not_released_until_another_finds_it_fair(deeds: Deeds) -> None:
    propose(deeds, "2", WANG, AT)
    note_audit(deeds, "2", ZHAO, AT, ["籍贯: at equal risk refused more often"])
    for act in (propose, approve):
        with pytest.raises(ReleaseRefused, match="audit by 赵值班 found it unfair: 籍贯"):
            act(deeds, "2", LI, AT)
    note_audit(deeds, "2", ZHAO, AT, [])
    assert approve(deeds, "2", LI, AT).version == "2"


def killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the note of what is served cannot be written."""
    monkeypatch.setattr(releasing, "put_into_service", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))


def test_an_approval_that_was_killed_is_finished_by_approving_again(deeds: Deeds) -> None:
    propose(deeds, "2", WANG, AT)
    with pytest.MonkeyPatch.context() as broken, pytest.raises(KeyboardInterrupt):
        killed(broken)
        approve(deeds, "2", LI, AT)
    assert load_released(deeds.home, NAME).version == "1"
    assert approve(deeds, "2", LI, AT).approved_by == LI
    assert load_released(deeds.home, NAME).version == "2"
    assert [act.deed for act in read_register(deeds.home, NAME)].count("approved") == 2
    assert roll_back(deeds, ZHAO, AT).version == "1"


def test_a_return_that_was_killed_is_finished_and_goes_one_step_only(deeds: Deeds) -> None:
    release_by_two(deeds, "2", WANG, LI, AT)
    with pytest.MonkeyPatch.context() as broken, pytest.raises(KeyboardInterrupt):
        killed(broken)
        roll_back(deeds, ZHAO, AT)
    assert load_released(deeds.home, NAME).version == "2"
    assert roll_back(deeds, ZHAO, AT).version == "1"
    assert load_released(deeds.home, NAME).version == "1"


def change(home: Path) -> None:
    path = model_folder(home, NAME, "2") / "model.json"
    stored = json.loads(path.read_text("utf-8"))
    stored["scale"]["anchor_score"] += 20
    path.write_text(json.dumps(stored), "utf-8")
