"""A day's closing goes on where it stopped."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bureau.errors import UnreadableFile
from features.closing.journal import Facts, open_journal

DAY = date(2025, 6, 1)


class Power(Exception):
    """The machine goes off."""


def counting(done: list[str], name: str, fails: bool = False) -> Callable[[], Facts]:
    def work() -> Facts:
        if fails:
            raise Power
        done.append(name)
        return {"rows": 1_234, "of": name}

    return work


def test_a_step_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    done: list[str] = []
    said: list[str] = []
    first = open_journal(tmp_path, DAY, said.append)
    facts = first.step("deliveries", counting(done, "deliveries"))
    with pytest.raises(Power):
        first.step("hot", counting(done, "hot", fails=True))
    again = open_journal(tmp_path, DAY, said.append)
    assert again.step("deliveries", counting(done, "deliveries")) == facts
    again.step("hot", counting(done, "hot"))
    assert done == ["deliveries", "hot"]
    assert said == [
        "deliveries: rows 1,234, of deliveries",
        "deliveries: done before (rows 1,234, of deliveries)",
        "hot: rows 1,234, of hot",
    ]


def test_each_day_has_its_own(tmp_path: Path) -> None:
    done: list[str] = []
    for day in (DAY, date(2025, 6, 2)):
        open_journal(tmp_path, day, print).step("deliveries", counting(done, "deliveries"))
    assert len(done) == 2


def test_a_step_whose_work_is_gone_is_done_again(tmp_path: Path) -> None:
    done: list[str] = []
    for stands in (True, False, True):
        open_journal(tmp_path, DAY, print).step("features", counting(done, "features"), lambda there=stands: there)
    assert done == ["features", "features"]


def test_what_rests_on_a_step_that_is_done_anew_is_done_anew_even_by_a_run_after_a_kill(tmp_path: Path) -> None:
    done: list[str] = []
    steps = ("deliveries", "features", "scores", "monitoring")
    for name in steps:
        open_journal(tmp_path, DAY, print).step(name, counting(done, name))
    with pytest.raises(Power):
        open_journal(tmp_path, DAY, print).step("features", counting(done, "features", fails=True), lambda: False)
    for name in steps:
        open_journal(tmp_path, DAY, print).step(name, counting(done, name))
    assert done == [*steps, *steps[1:]]


def test_a_forgotten_step_is_done_anew_by_a_later_run_too(tmp_path: Path) -> None:
    done: list[str] = []
    journal = open_journal(tmp_path, DAY, print)
    for name in ("deliveries", "features"):
        journal.step(name, counting(done, name))
    assert journal.facts("features") == {"rows": 1_234, "of": "features"}
    journal.forget(["features", "scores"])
    again = open_journal(tmp_path, DAY, print)
    assert again.facts("features") is None
    for name in ("deliveries", "features"):
        again.step(name, counting(done, name))
    assert done == ["deliveries", "features", "features"]


@pytest.mark.parametrize("content", [b"", b'{"deliveries": {"ro', b"[]", b'{"snapshot": 7}', b"\xff"])
def test_a_journal_that_cannot_be_read_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / f"{DAY}.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"2025-06-01\.json.*Delete it, then close the day again"):
        open_journal(tmp_path, DAY, print)


def test_a_step_is_on_the_disk_before_the_next_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink().name))
    open_journal(tmp_path, DAY, print).step("deliveries", counting([], "deliveries"))
    assert synced == [f".{DAY}.json.unfinished", tmp_path.name]
