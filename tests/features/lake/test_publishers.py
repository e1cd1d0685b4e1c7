"""Two departments of one feed may number their records alike: neither overwrites the other's."""

from pathlib import Path
from typing import Any

import pytest

from features.contracts.penalty import PENALTY
from features.lake.delivery import read_delivery, write_delivery
from features.lake.lake import Lake
from features.lake.landing import Landed, land
from features.lake.quarantine import list_waiting
from features.lake.replay import replay
from tests.factories.lakes import ACME, BETA, frame_of, instant, known, make_lake
from tests.factories.penalties import penalty

OURS = penalty(ACME, record_id="2025-001")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = make_lake(tmp_path)
    send(lake, "市监局", OURS)
    return lake


def send(lake: Lake, publisher: str, *rows: dict[str, Any], day: str = "2025-07-01") -> Landed:
    path = write_delivery(
        frame_of(PENALTY, rows),
        feed="F34",
        batch_id=day,
        publisher=publisher,
        produced_at=instant("2025-05-31"),
        folder=lake.root.parent / "in",
        history=False,
    )
    return land(lake, read_delivery(path), received_at=instant(day))


@pytest.mark.parametrize("version", [1, 2])
def test_a_record_that_bears_another_s_id_waits(lake: Lake, version: int) -> None:
    theirs = penalty(BETA, record_id="2025-001", version=version, op="U", fine_fen=7)
    assert send(lake, "应急局", theirs, penalty(BETA), day="2025-07-02").landed == 1
    assert known(lake, PENALTY, "2025-07-02").filter(record_id="2025-001").select("uscc", "version").rows() == [
        (ACME, 1)
    ]
    (waiting,) = list_waiting(lake)
    assert waiting.code == "publisher"
    assert "another publisher" in waiting.reason
    assert replay(lake, at=instant("2025-07-03")).waiting == 1


def test_what_repeats_a_record_word_for_word_changes_nothing(lake: Lake) -> None:
    landed = send(lake, "应急局", OURS, day="2025-07-02")
    assert (landed.landed, landed.quarantined, landed.unchanged) == (0, 0, 1)


def test_its_own_publisher_corrects_it(lake: Lake) -> None:
    corrected = OURS | {"uscc": BETA, "version": 2, "op": "U"}
    assert send(lake, "市监局", corrected, day="2025-07-02").landed == 1
    assert known(lake, PENALTY, "2025-07-02")["uscc"].to_list() == [BETA]
