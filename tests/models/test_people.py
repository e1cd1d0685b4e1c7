"""Who answers for models: one secret each, told once, kept as a digest, and of nobody else's use."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bureau.errors import InvalidInput, SignatureRefused, StateConflict, UnknownName, UnreadableFile
from bureau.settings import Settings
from models.people import PEOPLE_FILE, Signature, add_person, end_person, read_people, signed_by
from models.people_cli import people, signature_of

AT, LATER = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 2, 5, tzinfo=UTC)
LI, WANG = "李审批", "王建模"


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(people, list(words), env={"BUREAU_HOME": str(home)})


def test_a_person_proves_to_be_one_by_the_secret_told_once(tmp_path: Path) -> None:
    signed = add_person(tmp_path, LI, AT)
    assert signed_by(tmp_path, signed).name == LI
    assert signed.secret not in (tmp_path / "models" / PEOPLE_FILE).read_text("utf-8")
    assert signed.secret not in repr(signed)


@pytest.mark.parametrize("secret", ["", "wrong", " "])
def test_another_secret_is_refused(tmp_path: Path, secret: str) -> None:
    add_person(tmp_path, LI, AT)
    with pytest.raises(SignatureRefused, match="李审批"):
        signed_by(tmp_path, Signature(LI, secret))


def test_a_secret_is_one_persons(tmp_path: Path) -> None:
    own, other = add_person(tmp_path, LI, AT), add_person(tmp_path, WANG, AT)
    with pytest.raises(SignatureRefused):
        signed_by(tmp_path, Signature(WANG, own.secret))
    assert signed_by(tmp_path, other).name == WANG


def test_a_stranger_answers_for_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="add one with: bureau models people add NAME"):
        signed_by(tmp_path, Signature(LI, "x"))
    with pytest.raises(InvalidInput, match="--by"):
        signed_by(tmp_path, Signature("  ", "x"))


@pytest.mark.parametrize("name", [LI, f" {LI} ", "Li Wei", "li  WEI"])
def test_nobody_is_on_the_register_twice(tmp_path: Path, name: str) -> None:
    add_person(tmp_path, LI, AT)
    add_person(tmp_path, "Li Wei", AT)
    with pytest.raises(StateConflict, match="bureau models people end"):
        add_person(tmp_path, name, LATER)


def test_who_ended_answers_no_more_and_may_come_back_with_another_secret(tmp_path: Path) -> None:
    first = add_person(tmp_path, LI, AT)
    assert end_person(tmp_path, LI, LATER).name == LI
    with pytest.raises(UnknownName):
        signed_by(tmp_path, first)
    with pytest.raises(UnknownName):
        end_person(tmp_path, LI, LATER)
    again = add_person(tmp_path, LI, LATER)
    assert signed_by(tmp_path, again).since == LATER
    with pytest.raises(SignatureRefused):
        signed_by(tmp_path, first)
    assert [one.name for one in read_people(tmp_path)] == [LI]


def test_a_person_of_a_demonstration_is_marked_and_made_anew(tmp_path: Path) -> None:
    first = add_person(tmp_path, LI, AT, demonstration=True)
    second = add_person(tmp_path, LI, LATER, demonstration=True)
    assert signed_by(tmp_path, second).demonstration
    with pytest.raises(SignatureRefused):
        signed_by(tmp_path, first)
    with pytest.raises(StateConflict):
        add_person(tmp_path, LI, LATER)


@pytest.mark.parametrize("line", [pytest.param(b"{}", id="no person"), pytest.param(b'{"name": "\xff"}', id="no text")])
def test_a_register_that_cannot_be_read_says_so(tmp_path: Path, line: bytes) -> None:
    add_person(tmp_path, LI, AT)
    path = tmp_path / "models" / PEOPLE_FILE
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(UnreadableFile, match="no person"):
        read_people(tmp_path)


def test_a_person_whose_line_was_cut_is_not_on_the_register_and_can_be_added(tmp_path: Path) -> None:
    add_person(tmp_path, WANG, AT)
    path = tmp_path / "models" / PEOPLE_FILE
    whole = path.read_bytes()
    add_person(tmp_path, LI, AT)
    path.write_bytes(path.read_bytes()[:-20])
    assert [person.name for person in read_people(tmp_path)] == [WANG]
    assert signed_by(tmp_path, add_person(tmp_path, LI, AT)).name == LI
    assert path.read_bytes().startswith(whole)


def test_the_commands_add_list_and_end(tmp_path: Path) -> None:
    made = json.loads(run(tmp_path, "add", LI).stdout)
    assert signed_by(tmp_path, Signature(made["name"], made["secret"])).name == LI
    (line,) = json.loads(run(tmp_path, "list", "--format", "json").stdout)
    assert (line["name"], line["answers"], line["demonstration"]) == (LI, True, False)
    assert made["secret"] not in run(tmp_path, "list").stdout
    assert run(tmp_path, "end", LI).stdout == f"{LI} answers for no model any more.\n"
    assert not json.loads(run(tmp_path, "list", "--format", "json").stdout)[0]["answers"]


def test_the_secret_comes_from_the_environment_and_without_a_terminal_from_nowhere_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BUREAU_RELEASE_KEY", "told")
    assert signature_of(f" {LI}", Settings()) == Signature(LI, "told")
    monkeypatch.delenv("BUREAU_RELEASE_KEY")
    with pytest.raises(InvalidInput, match="put the secret into BUREAU_RELEASE_KEY"):
        signature_of(LI, Settings())
    with pytest.raises(InvalidInput, match="--by"):
        signature_of(None, Settings())
