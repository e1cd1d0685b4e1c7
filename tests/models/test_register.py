"""The register: every act in order, and no line that could be changed, lost or put in between unseen."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bureau.errors import DamagedModel, InvalidInput
from models.register import REGISTER_FILE, read_register, require_person, same_person, writing
from models.release import Release, model_folder, put_into_service

NAME, AT = "sme_default", datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose register has three acts."""
    with writing(tmp_path, NAME) as register:
        register.add("kept", "1", "a" * 64, "", AT)
    with writing(tmp_path, NAME) as register:
        register.add("proposed", "1", "a" * 64, "王建模", AT)
        register.add("approved", "1", "a" * 64, "李审批", AT, "proposed by 王建模")
    return tmp_path


def test_acts_are_read_in_order_with_who_and_when(home: Path) -> None:
    acts = read_register(home, NAME)
    assert [(act.number, act.deed, act.by, act.at) for act in acts] == [
        (0, "kept", "", AT),
        (1, "proposed", "王建模", AT),
        (2, "approved", "李审批", AT),
    ]


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\r", "\n", "\x1e"])
def test_a_reason_pasted_with_a_mark_that_breaks_lines_is_read_again(home: Path, mark: str) -> None:
    with writing(home, NAME) as register:
        written = register.add("rolled_back", "1", "a" * 64, "赵值班", AT, f"坏账上升{mark}见附件")
    with writing(home, NAME) as register:
        register.add("proposed", "1", "a" * 64, "王建模", AT)
    assert read_register(home, NAME)[-2] == written


def test_an_empty_register_has_no_acts(home: Path) -> None:
    (model_folder(home, NAME) / REGISTER_FILE).write_bytes(b"")
    assert read_register(home, NAME) == []


def test_a_model_without_a_register_has_no_acts(tmp_path: Path) -> None:
    assert read_register(tmp_path, NAME) == []


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        pytest.param(lambda lines: [lines[0], lines[2]], "Line 2", id="a line lost"),
        pytest.param(lambda lines: [lines[0], lines[1].replace("王", "张"), lines[2]], "Line 3", id="a name changed"),
        pytest.param(lambda lines: [lines[0], lines[2], lines[1]], "Line 2", id="two lines exchanged"),
        pytest.param(lambda lines: [*lines, "approved by nobody"], "Line 4", id="a line that is none"),
    ],
)
def test_a_changed_register_is_told(home: Path, damage: object, says: str) -> None:
    path = model_folder(home, NAME) / REGISTER_FILE
    path.write_text("\n".join(damage(path.read_text("utf-8").splitlines())) + "\n", "utf-8")  # type: ignore[operator]
    with pytest.raises(DamagedModel, match=says):
        read_register(home, NAME)


def test_a_byte_that_is_no_text_is_told(home: Path) -> None:
    path = model_folder(home, NAME) / REGISTER_FILE
    path.write_bytes(path.read_bytes().replace("王".encode(), b"\xff", 1))
    with pytest.raises(DamagedModel, match="Line 2"):
        read_register(home, NAME)


@pytest.mark.parametrize("left", [1, 20, -1, -90], ids=["a byte", "some", "all but its end", "inside a name"])
def test_an_act_that_was_cut_while_it_was_written_is_none_and_the_next_follows_the_one_before(
    home: Path, left: int
) -> None:
    path = model_folder(home, NAME) / REGISTER_FILE
    *before, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(before) + last[:left])
    assert [act.deed for act in read_register(home, NAME)] == ["kept", "proposed"]
    with writing(home, NAME) as register:
        assert [act.deed for act in register.acts] == ["kept", "proposed"]
        register.add("approved", "1", "a" * 64, "赵值班", AT)
    assert [(act.deed, act.by) for act in read_register(home, NAME)][1:] == [
        ("proposed", "王建模"),
        ("approved", "赵值班"),
    ]
    assert path.read_bytes().startswith(b"".join(before))


def test_an_act_is_on_the_disk_before_anything_follows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def noted(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)
    with writing(tmp_path, NAME) as register:
        register.add("kept", "1", "a" * 64, "", AT)
        assert synced == [REGISTER_FILE, NAME]
    put_into_service(tmp_path, NAME, Release("1", "a" * 64, "run"))
    assert synced[2:] == [".released.json.unfinished", NAME]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("Li Wei", "li  wei ", True, id="case and blanks"),
        pytest.param("ＬＩ", "li", True, id="full width"),
        pytest.param("李 伟", "李伟", True, id="a blank inside"),
        pytest.param("李伟", "李玮", False, id="two people"),
    ],
)
def test_who_is_the_same_person(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same


@pytest.mark.parametrize("name", ["", "  ", "-", "\u3000"])
def test_nobody_answers_for_nothing(name: str) -> None:
    with pytest.raises(InvalidInput, match="--by"):
        require_person(name)
