"""Deliveries that wait are landed, moved aside, and refused one by one."""

from datetime import date
from pathlib import Path

import pytest

from features.closing import inbox
from features.closing.inbox import Taken, take_in
from features.contracts.penalty import PENALTY
from features.lake.lake import Lake
from tests.factories.lakes import ACME, BETA, deliver, instant, known, make_lake
from tests.factories.penalties import penalty

DAY, AT = date(2025, 6, 1), instant("2025-06-01T18:00")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path)


def waiting(home: Path, firm: str) -> Path:
    return deliver(PENALTY, [penalty(firm, date(2025, 5, 30))], home / "inbox").path


def test_what_waits_is_landed_and_moved_with_its_sidecar(lake: Lake) -> None:
    home = lake.root.parent
    waiting(home, ACME)
    waiting(home, BETA)
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=2, landed=2)
    assert known(lake, PENALTY, "2025-06-02").height == 2
    assert [path for path in (home / "inbox").iterdir() if path.is_file()] == []
    assert len(list((home / "inbox" / "taken" / "2025-06-01").iterdir())) == 4
    assert take_in(lake, home, DAY, AT) == Taken()


def test_a_file_no_feed_can_take_is_set_aside_with_its_reason_and_the_others_go_on(lake: Lake) -> None:
    home = lake.root.parent
    good = waiting(home, ACME)
    (home / "inbox" / "A-broken.csv").write_text("what,is\nthis,?\n")
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, landed=1, refused=1)
    refused = home / "inbox" / "refused"
    assert "sidecar" in (refused / "A-broken.csv.reason.txt").read_text()
    assert not good.exists()


def test_killed_between_landing_and_moving_it_changes_nothing_the_second_time(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = lake.root.parent
    waiting(home, ACME)
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "_move", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take_in(lake, home, DAY, AT)
    assert take_in(lake, home, DAY, AT) == Taken(deliveries=1, unchanged=1)
    assert known(lake, PENALTY, "2025-06-02").height == 1


def test_an_inbox_that_never_was_is_empty(lake: Lake) -> None:
    assert take_in(lake, lake.root.parent, DAY, AT) == Taken()
