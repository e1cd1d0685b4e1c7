"""The city as a source: what it writes, in which order, and that the same words write the same bytes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from bureau.clock import now
from bureau.errors import InvalidInput, SourceConflict
from features.lake.delivery import read_delivery
from features.lake.judgement import judge
from features.sources.city import records
from features.sources.city.city import write_deliveries
from features.sources.city.drawing import plan_city, write_shard
from features.sources.city.drift import NEW
from features.sources.city.exposure import CODED
from features.sources.city.outcomes import delivered
from features.sources.city.parameters import load_parameters
from features.sources.city.records import FEEDS
from features.sources.city.truth import read_truth
from features.sources.source import Pace, SourceWritten
from tests.factories.cities import SEED, drawn_shard, other_parameters, write_city

AFTER_DEFAULT = {"F26", "F27", "F28", "F60", *records.AFTER_DEFAULT}
ASKED = "F61"
"""Drawn after default because it follows applications to banks; default has no part in it."""
BEFORE_DEFAULT = tuple(feed for feed in FEEDS if feed not in AFTER_DEFAULT or feed == ASKED)


DIRT = {"uscc", "rule", "date", "encoding"}
"""Why rows of a city wait: a mistyped code, a figure below zero, an event in the future, a text that was damaged."""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


def test_the_same_words_write_the_same_bytes(tmp_path: Path, village: Path) -> None:
    write_city(tmp_path, enterprises=300)
    assert contents(tmp_path) == contents(village)


def test_another_seed_is_another_city(tmp_path: Path, village: Path) -> None:
    write_city(tmp_path, enterprises=50, seed=SEED + 1)
    codes = delivered(tmp_path, "F01")["uscc"]
    assert not codes.is_in(delivered(village, "F01")["uscc"].implode()).any()


@pytest.mark.parametrize("feed", FEEDS)
def test_every_feed_keeps_its_contract_but_for_its_dirt(village: Path, feed: str) -> None:
    delivery = read_delivery(next(village.glob(f"{feed}-*.parquet")))
    judged = judge(delivery.frame, delivery.contract, now())
    assert delivery.sidecar.history
    assert set(judged.refused["code"]) <= DIRT
    new_codes = judged.refused["reason"].str.contains(NEW, literal=True).sum()
    assert judged.refused.height - new_codes <= 0.015 * delivery.frame.height + 2
    assert new_codes <= (0.06 * delivery.frame.height if feed in CODED else 0)


@pytest.mark.parametrize("feed", FEEDS)
def test_nothing_is_known_after_the_last_day_or_before_it_was_published(village: Path, feed: str) -> None:
    calendar = load_parameters().calendar
    rows = delivered(village, feed)
    received_on = rows["received_at"].dt.convert_time_zone("Asia/Shanghai").dt.date()
    assert received_on.is_between(calendar.first, calendar.last).all()
    assert (received_on >= rows["publish_date"]).all()
    assert (rows["publish_date"] < rows["event_date"]).sum() <= 0.005 * rows.height + 3


def test_enterprises_land_first(tmp_path: Path) -> None:
    written = write_deliveries(tmp_path, enterprises=20)
    assert [path.name[:3] for path in written.paths] == list(FEEDS)
    assert written.count == len(FEEDS)
    assert written.last_day == load_parameters().calendar.last


def test_records_have_one_version_one_of_each(village: Path) -> None:
    for feed in FEEDS:
        versions = delivered(village, feed).select("record_id", "version", "op").unique()
        assert versions.select("record_id", "version").is_unique().all()
        assert (versions.filter(pl.col("version") == 1)["op"] == "I").all()
        assert not (versions.filter(pl.col("version") > 1)["op"] == "I").any()


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of 50 enterprises in three shards, the last half full."""
    folder = tmp_path_factory.mktemp("district")
    paths = write_city(folder, enterprises=50, shard_size=20)
    assert {path.stem[-9:] for path in paths} == {"0000-0002"}
    return folder


def test_a_larger_city_is_more_shards(district: Path) -> None:
    assert not any((district / "pieces").glob("*/*"))
    codes = delivered(district, "F01")["uscc"].unique()
    alone = drawn_shard(10, number=2, first=40).identities.uscc
    assert len(codes) == 50
    assert alone.is_in(codes.implode()).all()
    assert read_truth(district / "truth", "enterprises").height == 50


def test_a_shard_alone_is_the_same_shard_in_the_whole(tmp_path: Path, district: Path) -> None:
    city = plan_city(tmp_path, enterprises=50, seed=SEED, parameters=load_parameters(), shard_size=20)
    write_shard(city, 2)
    for feed in FEEDS:
        piece = pl.read_parquet(tmp_path / "pieces" / feed / "0002.parquet")
        assert delivered(district, feed).tail(piece.height).equals(piece)


@pytest.mark.parametrize("shard_size", [pytest.param(40, id="drawn here"), pytest.param(20, id="drawn beside")])
def test_the_pace_counts_every_row_that_was_drawn(tmp_path: Path, shard_size: int) -> None:
    written = write_deliveries(tmp_path, enterprises=40, seed=SEED, shard_size=shard_size)
    assert written.pace == Pace(rows=0, seconds=0.0)
    paths = tuple(written.paths)
    assert written.pace.rows == sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in paths)
    assert written.pace.seconds > 0
    assert written.pace.rows_a_second(2) == pytest.approx(2 * written.pace.rows / written.pace.seconds)


def test_more_workers_write_the_same_bytes(tmp_path: Path, district: Path) -> None:
    write_city(tmp_path, enterprises=50, shard_size=20, workers=2)
    assert contents(tmp_path) == contents(district)


def test_what_comes_before_default_does_not_know_it(tmp_path: Path, village: Path) -> None:
    """Another default process changes loans and courts, and not a byte of anything else."""
    riskier = other_parameters(tmp_path, default={"slope": 0.2, "integrity": 1.0})
    write_city(tmp_path / "riskier", enterprises=300, parameters=riskier)
    there, here = contents(tmp_path / "riskier"), contents(village)
    same = {name[:3] for name in here if here[name] == there[name]}
    assert same >= set(BEFORE_DEFAULT)
    assert not same & {"F26", "F27", "F60"}


def test_default_does_not_know_the_records(tmp_path: Path, village: Path) -> None:
    """Records that answer otherwise, later and dirtier leave every default where it was."""
    feeds = {"invoices": {"sales_stress": 0.5}, "tax": {"late_stress": -1.0}, "court": {"stress": 0.0}}
    others = other_parameters(tmp_path, feeds=feeds, dirt={"late": 0.5, "corrected": 0.3})
    write_city(tmp_path / "others", enterprises=300, parameters=others)
    for table in ("loans", "enterprises"):
        assert read_truth(tmp_path / "others" / "truth", table).equals(read_truth(village / "truth", table))


def test_a_folder_holds_one_city(tmp_path: Path) -> None:
    write_city(tmp_path, enterprises=20, seed=1)
    before = contents(tmp_path)
    with pytest.raises(SourceConflict, match="city of 30 enterprises, seed 1"):
        write_deliveries(tmp_path, enterprises=30, seed=1)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "words",
    [
        pytest.param({"enterprises": 0}, id="nobody lives there"),
        pytest.param({"enterprises": 10, "seed": -1}, id="a negative seed"),
    ],
)
def test_an_impossible_city_is_refused_before_anything_is_written(tmp_path: Path, words: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match="at least one enterprise"):
        write_deliveries(tmp_path / "nowhere", **words)
    assert not (tmp_path / "nowhere").exists()


def test_one_enterprise_alone_is_a_city_too(tmp_path: Path) -> None:
    assert len(write_city(tmp_path, enterprises=1)) == len(FEEDS)
    assert delivered(tmp_path, "F01")["uscc"].n_unique() == 1


KILLED = """
import multiprocessing, os, signal, sys
from pathlib import Path
from features.sources.city.city import write_deliveries

if __name__ == "__main__":
    paths = iter(write_deliveries(Path(sys.argv[1]), enterprises=60, shard_size=10, workers=1).paths)
    next(paths)
    print(*(process.pid for process in multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_who_draws_ends_with_a_load_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "load.py"
    script.write_text(KILLED, "utf-8")
    with (tmp_path / "said").open("w+", encoding="utf-8") as said:  # a pipe would stay open with who goes on
        subprocess.run([sys.executable, script, tmp_path / "city"], stdout=said, check=False)
        said.seek(0)
        drawing = [int(pid) for pid in said.read().split()]
    assert drawing
    until = time.monotonic() + 30
    while any(is_running(pid) for pid in drawing):
        assert time.monotonic() < until, "processes go on that nobody waits for"
        time.sleep(0.1)


CUT_OFF = """
import os, signal, sys
from pathlib import Path
from features.lake.delivery import drop_delivery, read_delivery
from features.sources.city.city import write_deliveries

if __name__ == "__main__":
    folder, enterprises, shard_size, deliveries = Path(sys.argv[1]), *map(int, sys.argv[2:])
    written = write_deliveries(folder, enterprises=enterprises, shard_size=shard_size, landed=frozenset())
    for number, path in enumerate(written.paths, start=1):
        print(path.stem, read_delivery(path).sidecar.sha256, flush=True)
        drop_delivery(path)
        if number == deliveries:
            os.kill(os.getpid(), signal.SIGKILL)
"""
"""Lands so many deliveries and is killed; of those that wait until then, some are written, and some lack shards."""


def hashes(written: SourceWritten) -> dict[str, str]:
    return {path.stem: read_delivery(path).sidecar.sha256 for path in written.paths}


@pytest.mark.parametrize(
    ("enterprises", "shard_size", "deliveries"),
    [
        pytest.param(6_600, 3_300, 1, id="between deliveries of one shard"),
        pytest.param(60, 20, 9, id="between deliveries of all shards"),
    ],
)
def test_a_load_that_was_killed_goes_on_with_what_has_not_landed(
    tmp_path: Path, enterprises: int, shard_size: int, deliveries: int
) -> None:
    words = {"enterprises": enterprises, "shard_size": shard_size}
    never = write_deliveries(tmp_path / "never", **words)
    expected = hashes(never)
    script, said = tmp_path / "load.py", tmp_path / "said"
    script.write_text(CUT_OFF, "utf-8")
    with said.open("w", encoding="utf-8") as told:
        command = [sys.executable, script, tmp_path / "killed", *map(str, (*words.values(), deliveries))]
        assert subprocess.run(command, stdout=told, check=False).returncode == -signal.SIGKILL
    landed = dict(line.split() for line in said.read_text("utf-8").splitlines())
    rest = write_deliveries(tmp_path / "killed", **words, landed=frozenset(landed))
    assert rest.count == len(expected) - deliveries
    assert landed | hashes(rest) == expected
    assert rest.pace is not None
    assert never.pace is not None
    assert rest.pace.rows < never.pace.rows
    nothing = write_deliveries(tmp_path / "killed", **words, landed=frozenset(expected))
    assert (list(nothing.paths), nothing.pace) == ([], Pace())
    assert not [*(tmp_path / "killed" / "pieces").rglob("*.parquet")]


@pytest.mark.parametrize(("lost", "again"), [("F01/0001.parquet", [1]), ("drawn/0002", [2]), ("nothing", [])])
def test_a_shard_of_which_anything_is_missing_is_drawn_again(tmp_path: Path, lost: str, again: list[int]) -> None:
    city = plan_city(
        tmp_path, enterprises=60, seed=SEED, parameters=load_parameters(), shard_size=20, landed=frozenset()
    )
    rows = [write_shard(city, number).rows for number in range(3)]
    (tmp_path / "pieces" / lost).unlink(missing_ok=True)
    words = {"enterprises": 60, "seed": SEED, "shard_size": 20}
    written = write_deliveries(tmp_path, **words, landed=frozenset())
    assert len(hashes(written)) == len(FEEDS)
    assert written.pace is not None
    assert written.pace.rows == sum(rows[number] for number in again)


def test_a_city_that_is_written_anew_takes_nothing_that_lies_there(tmp_path: Path) -> None:
    words = {"enterprises": 60, "seed": SEED, "shard_size": 20}
    expected = hashes(write_deliveries(tmp_path, **words))
    for path in tmp_path.glob("*.parquet"):
        path.write_bytes(b"of an earlier version")
    assert hashes(write_deliveries(tmp_path, **words)) == expected


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
