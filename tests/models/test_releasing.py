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
    SignatureRefused,
    StateConflict,
    UnknownName,
)
from models import releasing
from models.keeping import Kept, keep
from models.people import Signature, add_person
from models.register import Answer, read_register
from models.registry import CHALLENGER, CHAMPION, SHADOW, tracking_address
from models.release import SHADOW_FILE, model_folder, read_release
from models.releasing import Deeds, approve, note_audit, propose, release_by_two, roll_back
from models.service import load_released
from models.shadow_release import put_beside
from models.training import Trained
from tests.factories.people import signature

NAME = "invoice_default"
AT = datetime(2026, 1, 6, 9, 30, tzinfo=UTC)
WANG, LI, ZHAO = "王建模", "李审批", "赵值班"
FAIR = Answer(groups=("本市", "外地"))


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


def unfair(text: str, *groups: str) -> Answer:
    """An audit's answer; without groups it compared those of `FAIR`."""
    return Answer(unfair=(text,), groups=groups or FAIR.groups)


def signed(deeds: Deeds, name: str) -> Signature:
    return signature(deeds.home, name)


def alias(mlruns: Path, name: str) -> str | None:
    """The version of ours an alias points at."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_address(mlruns))
    at = client.get_registered_model(NAME).aliases.get(name)
    return None if at is None else str(client.get_model_version(NAME, at).tags["version"])


def test_a_kept_version_changes_nothing_that_is_served(deeds: Deeds) -> None:
    assert load_released(deeds.home, NAME).version == "1"


def test_two_people_release_and_both_are_on_record(deeds: Deeds, mlruns: Path) -> None:
    propose(deeds, "2", signed(deeds, WANG), AT)
    assert load_released(deeds.home, NAME).version == "1"
    release = approve(deeds, "2", signed(deeds, LI), AT)
    assert load_released(deeds.home, NAME).version == "2"
    assert (release.proposed_by, release.approved_by, release.approved_at) == (WANG, LI, AT.isoformat())
    assert [(act.deed, act.by) for act in read_register(deeds.home, NAME)[-2:]] == [
        ("proposed", WANG),
        ("approved", LI),
    ]
    assert (alias(mlruns, CHAMPION), alias(mlruns, CHALLENGER)) == ("2", None)


def test_one_person_cannot_do_both_however_the_name_is_written(deeds: Deeds) -> None:
    propose(deeds, "2", signed(deeds, "Li Wei"), AT)
    with pytest.raises(SecondPersonNeeded, match="proposed by Li Wei, who cannot approve it too"):
        approve(deeds, "2", Signature(" LI  wei", signed(deeds, "Li Wei").secret), AT)
    assert load_released(deeds.home, NAME).version == "1"


def test_one_person_with_one_secret_cannot_play_two(deeds: Deeds) -> None:
    own = signed(deeds, WANG)
    propose(deeds, "2", own, AT)
    signed(deeds, LI)
    with pytest.raises(SignatureRefused, match="not that of 李审批"):
        approve(deeds, "2", Signature(LI, own.secret), AT)
    with pytest.raises(UnknownName, match="bureau models people add"):
        approve(deeds, "2", Signature("赵无名", own.secret), AT)
    assert load_released(deeds.home, NAME).version == "1"
    assert read_register(deeds.home, NAME)[-1].deed == "proposed"


def test_who_trained_a_version_may_propose_it_and_not_approve_it(deeds: Deeds, plain: Trained, mlruns: Path) -> None:
    assert keep(deeds.home, mlruns, plain, AT, by=signed(deeds, WANG)).version == "3"
    assert read_register(deeds.home, NAME)[-1].by == WANG
    propose(deeds, "3", signed(deeds, LI), AT)
    with pytest.raises(SecondPersonNeeded, match="trained by 王建模, who cannot approve it too"):
        approve(deeds, "3", signed(deeds, WANG), AT)
    propose(deeds, "3", signed(deeds, WANG), AT)
    assert approve(deeds, "3", signed(deeds, LI), AT).version == "3"


def test_what_a_demonstration_plays_is_said_on_the_register(deeds: Deeds) -> None:
    players = [add_person(deeds.home, name, AT, demonstration=True) for name in ("示范甲", "示范乙")]
    release_by_two(deeds, "2", players[0], players[1], AT)
    reasons = [act.reason for act in read_register(deeds.home, NAME)[-2:]]
    assert reasons == ["played by a demonstration", "proposed by 示范甲; played by a demonstration"]


def test_a_note_the_register_does_not_back_is_not_served(deeds: Deeds) -> None:
    """Whoever can write the folder can write the note: the register's chain is asked."""
    note = model_folder(deeds.home, NAME) / "released.json"
    release = json.loads(note.read_text("utf-8"))
    sha256 = next(act.sha256 for act in read_register(deeds.home, NAME) if act.version == "2")
    for forged in ({"version": "2", "sha256": sha256}, {"sha256": "0" * 64}):
        note.write_text(json.dumps(release | forged), "utf-8")
        with pytest.raises(DamagedModel, match="no approval of these files"):
            load_released(deeds.home, NAME)


def test_nothing_is_approved_that_nobody_proposed(deeds: Deeds) -> None:
    with pytest.raises(StateConflict, match="Nobody proposes version 2"):
        approve(deeds, "2", signed(deeds, LI), AT)
    propose(deeds, "2", signed(deeds, WANG), AT)
    approve(deeds, "2", signed(deeds, LI), AT)
    with pytest.raises(StateConflict, match="Nobody proposes version 2"):
        approve(deeds, "2", signed(deeds, LI), AT)


@pytest.mark.parametrize("version", ["3", "0", "../1", ""])
def test_a_version_nobody_kept_is_not_proposed(deeds: Deeds, version: str) -> None:
    with pytest.raises(UnknownName, match="There are: 1, 2"):
        propose(deeds, version, signed(deeds, WANG), AT)


def test_a_release_needs_a_name(deeds: Deeds) -> None:
    with pytest.raises(InvalidInput, match="--by"):
        propose(deeds, "2", Signature(" ", "x"), AT)


def test_files_changed_since_training_are_not_proposed(deeds: Deeds) -> None:
    change(deeds.home)
    with pytest.raises(DamagedModel, match="not the file that was released"):
        propose(deeds, "2", signed(deeds, WANG), AT)


def test_files_changed_between_the_two_people_are_not_released(deeds: Deeds) -> None:
    propose(deeds, "2", signed(deeds, WANG), AT)
    change(deeds.home)
    with pytest.raises(DamagedModel, match="not the file that was released"):
        approve(deeds, "2", signed(deeds, LI), AT)
    assert load_released(deeds.home, NAME).version == "1"


def test_a_shut_gate_lets_nobody_release(kept: tuple[Path, Kept], coin: Trained, mlruns: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(kept[0] / "models", tmp_path / "models").parent)
    assert keep(home, mlruns, coin, AT).version == "2"
    with pytest.raises(ReleaseRefused, match="a coin's"):
        propose(Deeds(home, mlruns, NAME), "2", signature(home, WANG), AT)
    assert [act.deed for act in read_register(home, NAME)][-1] == "kept"


def test_one_step_goes_back_to_what_was_served_before(deeds: Deeds, mlruns: Path) -> None:
    before = read_release(deeds.home, NAME)
    assert before is not None
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    back = roll_back(deeds, signed(deeds, ZHAO), AT, "坏账上升")
    assert load_released(deeds.home, NAME).version == "1"
    assert replace(back, approved_at="") == replace(before, approved_at="")
    assert alias(mlruns, CHAMPION) == "1"
    last = read_register(deeds.home, NAME)[-1]
    assert (last.deed, last.version, last.by, last.reason) == ("rolled_back", "1", ZHAO, "坏账上升")
    with pytest.raises(StateConflict, match="no earlier release"):
        roll_back(deeds, signed(deeds, ZHAO), AT)


def test_after_a_return_the_other_version_can_be_released_anew(deeds: Deeds) -> None:
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    roll_back(deeds, signed(deeds, ZHAO), AT)
    release_by_two(deeds, "2", signed(deeds, LI), signed(deeds, WANG), AT)
    assert load_released(deeds.home, NAME).version == "2"
    assert roll_back(deeds, signed(deeds, ZHAO), AT).version == "1"


def test_what_is_in_service_is_not_released_again(deeds: Deeds) -> None:
    with pytest.raises(StateConflict, match="in service already"):
        propose(deeds, "1", signed(deeds, WANG), AT)
    with pytest.raises(StateConflict, match="no earlier release"):
        roll_back(deeds, signed(deeds, ZHAO), AT)


def test_a_version_an_audit_found_unfair_is_not_released_until_another_finds_it_fair(deeds: Deeds) -> None:
    propose(deeds, "2", signed(deeds, WANG), AT)
    note_audit(deeds, "2", signed(deeds, ZHAO), AT, {"籍贯": unfair("籍贯: at equal risk refused more often")})
    for act in (propose, approve):
        with pytest.raises(ReleaseRefused, match="audit by 赵值班 found it unfair: 籍贯"):
            act(deeds, "2", signed(deeds, LI), AT)
    note_audit(deeds, "2", signed(deeds, ZHAO), AT, {"籍贯": FAIR})
    assert approve(deeds, "2", signed(deeds, LI), AT).version == "2"


def test_what_is_unfair_by_one_trait_stands_until_an_audit_of_that_trait_is_fair(deeds: Deeds) -> None:
    auditor = signed(deeds, ZHAO)
    two = {"籍贯": unfair("籍贯: refused more often"), "民族": unfair("民族: refused")}
    note_audit(deeds, "2", auditor, AT, two | {"性别": FAIR})
    for fair in ("性别", "婚姻", "民族"):
        note_audit(deeds, "2", auditor, AT, {fair: FAIR})
        with pytest.raises(ReleaseRefused, match="found it unfair: 籍贯"):
            propose(deeds, "2", signed(deeds, WANG), AT)
    note_audit(deeds, "2", auditor, AT, {"籍贯": FAIR, "性别": unfair("性别: refused more often")})
    with pytest.raises(ReleaseRefused, match="found it unfair: 性别"):
        propose(deeds, "2", signed(deeds, WANG), AT)
    last = note_audit(deeds, "2", auditor, AT, {"性别": FAIR})
    assert (last.reason, last.answers) == ("fair: 性别", {"性别": FAIR})
    assert propose(deeds, "2", signed(deeds, WANG), AT).deed == "proposed"


def test_what_is_unfair_to_a_group_stands_until_an_audit_compares_that_group_again(deeds: Deeds) -> None:
    auditor, three = signed(deeds, ZHAO), ("本市", "外地", "境外")
    note_audit(deeds, "2", auditor, AT, {"籍贯": unfair("籍贯 境外: refused more often", *three)})
    note_audit(deeds, "2", auditor, AT, {"籍贯": unfair("籍贯 外地: refused more often", "本市", "外地")})
    for groups in (("本市", "外地"), ("境外", "外地")):
        note_audit(deeds, "2", auditor, AT, {"籍贯": Answer(groups=groups)})
        with pytest.raises(ReleaseRefused, match="found it unfair: 籍贯"):
            propose(deeds, "2", signed(deeds, WANG), AT)
    note_audit(deeds, "2", auditor, AT, {"籍贯": Answer(groups=("境外", "外地", "本市", "港澳"))})
    assert propose(deeds, "2", signed(deeds, WANG), AT).deed == "proposed"


def test_what_past_approvals_showed_stands_until_an_audit_asks_of_them_again(deeds: Deeds) -> None:
    auditor, past = signed(deeds, ZHAO), "籍贯 (past approvals)"
    note_audit(deeds, "2", auditor, AT, {"籍贯": FAIR, past: unfair("籍贯 外地: at equal risk refused")})
    note_audit(deeds, "2", auditor, AT, {"籍贯": FAIR})
    with pytest.raises(ReleaseRefused, match="found it unfair: 籍贯 外地"):
        propose(deeds, "2", signed(deeds, WANG), AT)
    note_audit(deeds, "2", auditor, AT, {"籍贯": FAIR, past: FAIR})
    assert propose(deeds, "2", signed(deeds, WANG), AT).deed == "proposed"


def test_an_audit_is_of_the_files_that_were_kept_or_of_none(deeds: Deeds) -> None:
    change(deeds.home)
    acts = read_register(deeds.home, NAME)
    with pytest.raises(DamagedModel, match="not the file that was released"):
        note_audit(deeds, "2", signed(deeds, ZHAO), AT, {"籍贯": FAIR})
    assert read_register(deeds.home, NAME) == acts


def test_a_return_serves_nothing_that_an_audit_has_found_unfair_since(deeds: Deeds) -> None:
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    note_audit(deeds, "1", signed(deeds, ZHAO), AT, {"籍贯": unfair("籍贯: refused more often")})
    with pytest.raises(ReleaseRefused, match=r"Version 1 .* audit by 赵值班 found it unfair: 籍贯"):
        roll_back(deeds, signed(deeds, ZHAO), AT)
    assert load_released(deeds.home, NAME).version == "2"
    note_audit(deeds, "1", signed(deeds, ZHAO), AT, {"籍贯": FAIR})
    assert roll_back(deeds, signed(deeds, ZHAO), AT).version == "1"


def test_a_shadow_that_is_released_no_longer_runs_beside_itself(deeds: Deeds, mlruns: Path) -> None:
    put_beside(deeds, "2", signed(deeds, ZHAO), AT)
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    assert read_release(deeds.home, NAME, SHADOW_FILE) is None
    assert alias(mlruns, SHADOW) is None
    last = read_register(deeds.home, NAME)[-1]
    assert (last.deed, last.version, last.by) == ("unshadowed", "2", LI)
    put_beside(deeds, "1", signed(deeds, ZHAO), AT)
    assert roll_back(deeds, signed(deeds, ZHAO), AT).version == "1"
    assert read_register(deeds.home, NAME)[-1].deed == "unshadowed"


def test_a_shadow_of_another_version_goes_on_beside_what_is_released(
    deeds: Deeds, plain: Trained, mlruns: Path
) -> None:
    keep(deeds.home, mlruns, plain, AT)
    put_beside(deeds, "3", signed(deeds, ZHAO), AT)
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    beside = read_release(deeds.home, NAME, SHADOW_FILE)
    assert beside is not None
    assert beside.version == "3"


def killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the note of what is served cannot be written."""
    monkeypatch.setattr(releasing, "put_into_service", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))


def test_an_approval_that_was_killed_is_finished_by_approving_again(deeds: Deeds) -> None:
    propose(deeds, "2", signed(deeds, WANG), AT)
    with pytest.MonkeyPatch.context() as broken, pytest.raises(KeyboardInterrupt):
        killed(broken)
        approve(deeds, "2", signed(deeds, LI), AT)
    assert load_released(deeds.home, NAME).version == "1"
    assert approve(deeds, "2", signed(deeds, LI), AT).approved_by == LI
    assert load_released(deeds.home, NAME).version == "2"
    assert [act.deed for act in read_register(deeds.home, NAME)].count("approved") == 2
    assert roll_back(deeds, signed(deeds, ZHAO), AT).version == "1"


def test_a_return_that_was_killed_is_finished_and_goes_one_step_only(deeds: Deeds) -> None:
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    with pytest.MonkeyPatch.context() as broken, pytest.raises(KeyboardInterrupt):
        killed(broken)
        roll_back(deeds, signed(deeds, ZHAO), AT)
    assert load_released(deeds.home, NAME).version == "2"
    assert roll_back(deeds, signed(deeds, ZHAO), AT).version == "1"
    assert load_released(deeds.home, NAME).version == "1"


def test_a_return_takes_back_an_approval_that_was_killed_and_serves_nothing_newer(deeds: Deeds, mlruns: Path) -> None:
    propose(deeds, "2", signed(deeds, WANG), AT)
    with pytest.MonkeyPatch.context() as broken, pytest.raises(KeyboardInterrupt):
        killed(broken)
        approve(deeds, "2", signed(deeds, LI), AT)
    assert alias(mlruns, CHAMPION) == "2"
    assert roll_back(deeds, signed(deeds, ZHAO), AT, "坏账上升").version == "1"
    assert load_released(deeds.home, NAME).version == alias(mlruns, CHAMPION) == "1"
    last = read_register(deeds.home, NAME)[-1]
    assert (last.deed, last.version, last.by, last.reason) == ("rolled_back", "1", ZHAO, "坏账上升")
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    assert load_released(deeds.home, NAME).version == "2"


def test_what_was_killed_midway_is_not_proposed_and_the_way_to_finish_it_is_told(deeds: Deeds) -> None:
    propose(deeds, "2", signed(deeds, WANG), AT)
    with pytest.MonkeyPatch.context() as broken:
        killed(broken)
        with pytest.raises(KeyboardInterrupt):
            approve(deeds, "2", signed(deeds, LI), AT)
        with pytest.raises(StateConflict, match=f"not finished. .*: bureau models approve {NAME} 2 --by PERSON"):
            propose(deeds, "2", signed(deeds, WANG), AT)
    approve(deeds, "2", signed(deeds, LI), AT)
    with pytest.MonkeyPatch.context() as broken, pytest.raises(KeyboardInterrupt):
        killed(broken)
        roll_back(deeds, signed(deeds, ZHAO), AT)
    with pytest.raises(StateConflict, match=f"return to version 1 .*: bureau models rollback {NAME} --by PERSON"):
        propose(deeds, "1", signed(deeds, WANG), AT)


def kill_approval(deeds: Deeds, version: str) -> None:
    """Two people agree, and what follows their line in the register is killed."""
    propose(deeds, version, signed(deeds, WANG), AT)
    with pytest.MonkeyPatch.context() as broken, pytest.raises(KeyboardInterrupt):
        killed(broken)
        approve(deeds, version, signed(deeds, LI), AT)


def test_what_was_killed_midway_is_not_finished_once_an_audit_has_found_it_unfair(deeds: Deeds) -> None:
    unfair_now = {"籍贯": unfair("籍贯: refused more often")}
    kill_approval(deeds, "2")
    note_audit(deeds, "2", signed(deeds, ZHAO), AT, unfair_now)
    with pytest.raises(ReleaseRefused, match=r"Version 2 .* audit by 赵值班 found it unfair"):
        approve(deeds, "2", signed(deeds, LI), AT)
    assert load_released(deeds.home, NAME).version == "1"
    note_audit(deeds, "2", signed(deeds, ZHAO), AT, {"籍贯": FAIR})
    assert approve(deeds, "2", signed(deeds, LI), AT).version == "2"
    with pytest.MonkeyPatch.context() as broken, pytest.raises(KeyboardInterrupt):
        killed(broken)
        roll_back(deeds, signed(deeds, ZHAO), AT)
    note_audit(deeds, "1", signed(deeds, ZHAO), AT, unfair_now)
    with pytest.raises(ReleaseRefused, match=r"Version 1 .* audit by 赵值班 found it unfair"):
        roll_back(deeds, signed(deeds, ZHAO), AT)
    assert load_released(deeds.home, NAME).version == "2"
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    assert load_released(deeds.home, NAME).version == "2"


def test_a_return_does_not_lead_to_a_version_whose_approval_was_killed(
    deeds: Deeds, plain: Trained, mlruns: Path
) -> None:
    keep(deeds.home, mlruns, plain, AT)
    kill_approval(deeds, "2")
    kill_approval(deeds, "3")
    assert load_released(deeds.home, NAME).version == "1"
    approve(deeds, "3", signed(deeds, LI), AT)
    taken, last = read_register(deeds.home, NAME)[-2:]
    assert (taken.deed, taken.version, taken.by) == ("rolled_back", "1", LI)
    assert (taken.reason, last.deed) == ("the approval of version 2 was not finished", "approved")
    assert load_released(deeds.home, NAME).version == "3"
    assert roll_back(deeds, signed(deeds, ZHAO), AT).version == "1"


def test_a_first_approval_that_was_killed_served_nobody(
    plain: Trained, trained: Trained, mlruns: Path, tmp_path: Path
) -> None:
    deeds = Deeds(tmp_path, mlruns, NAME)
    for one in (trained, plain):
        keep(deeds.home, mlruns, one, AT)
    kill_approval(deeds, "1")
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    assert [(act.deed, act.version) for act in read_register(deeds.home, NAME)[-2:]] == [
        ("rolled_back", ""),
        ("approved", "2"),
    ]
    with pytest.raises(StateConflict, match="no earlier release"):
        roll_back(deeds, signed(deeds, ZHAO), AT)


def test_a_return_serves_nothing_unfair_though_two_moves_were_killed(
    deeds: Deeds, plain: Trained, mlruns: Path
) -> None:
    release_by_two(deeds, "2", signed(deeds, WANG), signed(deeds, LI), AT)
    keep(deeds.home, mlruns, plain, AT)
    with pytest.MonkeyPatch.context() as broken, pytest.raises(KeyboardInterrupt):
        killed(broken)
        roll_back(deeds, signed(deeds, ZHAO), AT)
    kill_approval(deeds, "3")
    note_audit(deeds, "1", signed(deeds, ZHAO), AT, {"籍贯": unfair("籍贯: refused more often")})
    with pytest.raises(ReleaseRefused, match=r"Version 1 .* audit by 赵值班 found it unfair"):
        roll_back(deeds, signed(deeds, ZHAO), AT)


def change(home: Path) -> None:
    path = model_folder(home, NAME, "2") / "model.json"
    stored = json.loads(path.read_text("utf-8"))
    stored["scale"]["anchor_score"] += 20
    path.write_text(json.dumps(stored), "utf-8")
