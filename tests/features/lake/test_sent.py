"""Kept deliveries lose erased records too, killed at whatever step; each stays known as what was sent."""

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from features.contracts.penalty import PENALTY
from features.lake.delivery import read_delivery
from features.lake.erasure import Erasure, certificates, erase
from features.lake.lake import Lake
from features.lake.landing import land, settle_links
from features.lake.sent import rewritten_deliveries
from features.lake.stored import numbers_of_ids
from features.sources.checking import every_landed
from tests.factories.lakes import ACME, BETA, GAMMA, deliver, instant, make_lake
from tests.factories.penalties import penalty

GONE = str(penalty(ACME)["record_id"])

ERASES = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from tests.factories.lakes import make_lake
from tests.features.lake.test_sent import erase_record

lake, point = make_lake(Path(sys.argv[1])), sys.argv[2]
die = lambda *ignored: os.kill(os.getpid(), signal.SIGKILL)

def watch(name, facts):
    path = str(facts[0]) if facts else ""
    if name == "os.rename" and "/deliveries/" in path and path.endswith({
        "committed, not replaced": ".parquet.unfinished",
        "replaced, its sidecar not": ".json.unfinished",
    }.get(point, "nowhere")):
        die()

sys.addaudithook(watch)
if point == "written, not committed":
    event.listen(lake.catalogue, "commit", die)
erase_record(lake)
"""


def erase_record(lake: Lake) -> None:
    records = numbers_of_ids(lake, PENALTY, [GONE])
    erase(lake, Erasure(PENALTY, "record", "判决", records), at=instant("2025-08-01"))


def kept(lake: Lake) -> Path:
    return lake.root.parent / "deliveries"


def sent(lake: Lake, batch_id: str, *firms: str, version: int = 1) -> Path:
    """A delivery the home keeps, landed."""
    rows = [penalty(firm, version=version) for firm in firms]
    delivery = deliver(PENALTY, rows, kept(lake), batch_id=batch_id)
    land(lake, delivery, received_at=instant("2025-07-01"))
    return delivery.path


def is_whole(lake: Lake) -> bool:
    """Whether each delivery is as its sidecar says, and is known to have landed."""
    sidecars = [read_delivery(path).sidecar for path in kept(lake).glob("*.parquet")]
    return not every_landed(lake, sidecars).fails


@pytest.mark.parametrize("point", ["written, not committed", "committed, not replaced", "replaced, its sidecar not"])
def test_an_erasure_killed_at_any_step_is_taken_up_by_the_next_writer(tmp_path: Path, point: str) -> None:
    lake = make_lake(tmp_path)
    path = sent(lake, "1", ACME, BETA)
    killed = subprocess.run([sys.executable, "-c", ERASES, str(tmp_path), point], cwd=Path.cwd(), check=False)
    assert killed.returncode == -signal.SIGKILL
    settle_links(lake, at=instant("2025-08-02"))
    committed = point != "written, not committed"
    assert (len(certificates(lake)), GONE in pl.read_parquet(path)["record_id"]) == (int(committed), not committed)
    assert is_whole(lake)
    erase_record(lake)
    assert pl.read_parquet(path)["record_id"].to_list() == [penalty(BETA)["record_id"]]
    assert is_whole(lake)
    assert {one.name for one in kept(lake).iterdir()} == {path.name, path.with_suffix(".json").name}


def test_a_file_brought_in_its_place_meanwhile_stays(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    sent(lake, "1", ACME, BETA)
    point = "committed, not replaced"
    subprocess.run([sys.executable, "-c", ERASES, str(tmp_path), point], cwd=Path.cwd(), check=False)
    path = deliver(PENALTY, [penalty(GAMMA)], kept(lake), batch_id="1").path
    land(lake, read_delivery(path), received_at=instant("2025-08-02"))
    assert pl.read_parquet(path)["record_id"].to_list() == [penalty(GAMMA)["record_id"]]
    assert is_whole(lake)


@pytest.mark.parametrize("again", [1, 2], ids=["the same version", "a later version"])
def test_a_delivery_that_brings_an_erased_record_again_is_known_to_have_landed(tmp_path: Path, again: int) -> None:
    lake = make_lake(tmp_path)
    sent(lake, "1", ACME, BETA)
    erase_record(lake)
    path = sent(lake, "2", ACME, GAMMA, version=again)
    assert GONE not in pl.read_parquet(path)["record_id"]
    assert is_whole(lake)
    assert len(rewritten_deliveries(lake)) == 2
    sent(lake, "1", ACME, BETA)
    assert is_whole(lake), "the very delivery, made anew"


def test_deliveries_of_which_the_same_is_left_are_each_known_to_have_landed(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    for version in (1, 2):
        sent(lake, str(version), ACME, version=version)
    erase_record(lake)
    assert len({after for _, after in rewritten_deliveries(lake)}) == 1
    assert is_whole(lake)
