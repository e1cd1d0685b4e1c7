"""Hot files follow the lake: renewed where a feed changed, kept where not, whole or not at all."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bureau.grant import operator_grant
from features.contracts.feeds import find_feed
from features.contracts.tax_arrears import TAX_ARREARS
from features.engine.engines import Engine
from features.engine.kernel import machine
from features.engine.kernel.binding import describe
from features.lake.compaction import compact
from features.lake.hot import building, manifest
from features.lake.hot.building import Wanted
from features.lake.hot.manifest import hot_folder, map_feed, read_manifest, renew
from features.lake.hot.packing import Packed
from features.lake.lake import Lake
from features.lake.vacuum import vacuum
from features.store import live_rows
from features.store.build import build_features
from features.store.hot_rows import kept_rows, passing_rows, renew_hot_files, wanted_of
from features.store.kernel_computation import program_of
from features.store.live import live_vector
from tests.factories.lakes import instant, land_rows, make_lake, uscc
from tests.factories.registrations import registration
from tests.factories.tax import tax_arrears

DAY = date(2025, 7, 1)
NAMES = ["tax_arrears_count_24m", "industry_section"]
WANTED = Wanted("F18", ("arrears_fen", "tax_kind"), ("tax_kind",))
FIRMS = [uscc(number) for number in range(1, 40)]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Firm k has k mod 4 arrears notices."""
    lake = make_lake(tmp_path)
    rows = [tax_arrears(firm, date(2025, 3, n + 1)) for k, firm in enumerate(FIRMS, 1) for n in range(k % 4)]
    land_rows(lake, find_feed("F01"), [registration(firm) for firm in FIRMS], "2025-03-01")
    land_rows(lake, TAX_ARREARS, rows, "2025-04-02")
    return lake


def hot(lake: Lake) -> dict[str, tuple[str, ...]]:
    return {feed: held.files for feed, held in read_manifest(lake).items()}


def change(lake: Lake) -> None:
    """A notice more, one corrected to nothing, one withdrawn."""
    new = tax_arrears(FIRMS[3], date(2025, 5, 5))
    mended = tax_arrears(FIRMS[0], date(2025, 3, 1), version=2, op="U", arrears_fen=0)
    gone = tax_arrears(FIRMS[1], date(2025, 3, 2), version=2, op="D")
    land_rows(lake, TAX_ARREARS, [new, mended, gone], "2025-06-01")


def all_live(lake: Lake, engine: Engine, snapshot: int | None = None) -> list[dict[str, object]]:
    numbers = range(1, len(FIRMS) + 1)
    return [dict(live_vector(lake, NAMES, n, DAY, operator_grant(), snapshot, engine=engine)) for n in numbers]


def test_only_the_feed_that_changed_is_made_anew_and_the_older_files_go(lake: Lake) -> None:
    renew_hot_files(lake, lake.snapshot())
    before = hot(lake)
    change(lake)
    renew_hot_files(lake, lake.snapshot())
    after = hot(lake)
    assert after["F01"] == before["F01"]
    assert not set(after["F18"]) & set(before["F18"])
    there = {str(path.relative_to(hot_folder(lake))) for path in hot_folder(lake).glob("feed=*/*")}
    assert there == {name for names in after.values() for name in names}


def test_files_of_another_format_are_nobodys_and_are_made_again(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "FORMAT", manifest.FORMAT - 1)
    older = renew(lake, [WANTED], lake.snapshot())["F18"]
    monkeypatch.undo()
    assert read_manifest(lake) == {}
    told = all_live(lake, Engine.KERNEL)
    newer = renew(lake, [WANTED], lake.snapshot())["F18"]
    assert not set(newer.files) & set(older.files)
    assert told == all_live(lake, Engine.KERNEL) == all_live(lake, Engine.DUCKDB)


def test_buckets_of_one_portion_share_a_file(lake: Lake) -> None:
    compact(lake, "F18", at=instant("2025-06-02"))
    held = renew(lake, [WANTED], lake.snapshot())["F18"]
    assert len(held.files) == lake.buckets
    assert len(set(held.files)) == 1
    segments = map_feed(lake, held)
    assert [segment.rows for segment in segments] == [
        sum(number % 4 for number in range(1, len(FIRMS) + 1) if number % lake.buckets == bucket)
        for bucket in range(lake.buckets)
    ]
    assert all(one is other for one, other in zip(segments, map_feed(lake, held), strict=True))


def test_a_reader_keeps_what_it_mapped(lake: Lake) -> None:
    held = renew(lake, [WANTED], lake.snapshot())["F18"]
    segment = map_feed(lake, held)[0]
    told = segment.values("arrears_fen").tolist()
    change(lake)
    renew(lake, [WANTED], lake.snapshot())
    assert segment.values("arrears_fen").tolist() == told


def test_another_wish_keeps_the_columns_there_were(lake: Lake) -> None:
    renew(lake, [WANTED], lake.snapshot())
    held = renew(lake, [Wanted("F18", ("period",), ())], lake.snapshot())["F18"]
    assert held.columns == ("arrears_fen", "period", "tax_kind")
    assert held.worded == ("tax_kind",)


def test_compaction_changes_no_value(lake: Lake) -> None:
    change(lake)
    before = build_features(lake, NAMES, DAY, operator_grant())
    compact(lake, "F18", at=instant("2025-06-02"))
    assert build_features(lake, NAMES, DAY, operator_grant()).equals(before)
    assert all_live(lake, Engine.KERNEL) == all_live(lake, Engine.DUCKDB)


@pytest.mark.parametrize("few", [0, 100_000], ids=["a large feed", "a small feed"])
@pytest.mark.parametrize("built", [True, False], ids=["hot files behind", "no hot files"])
def test_live_answers_read_what_landed_since(
    lake: Lake, built: bool, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_rows, "FEW", few)
    if built:
        renew_hot_files(lake, lake.snapshot())
    older = lake.snapshot()
    told = all_live(lake, Engine.DUCKDB)
    change(lake)
    assert all_live(lake, Engine.KERNEL) == all_live(lake, Engine.DUCKDB)
    compact(lake, "F18", at=instant("2025-06-02"))
    assert all_live(lake, Engine.KERNEL) == all_live(lake, Engine.DUCKDB)
    renew_hot_files(lake, lake.snapshot())
    assert all_live(lake, Engine.KERNEL) == all_live(lake, Engine.DUCKDB)
    assert all_live(lake, Engine.KERNEL, older) == told


@pytest.mark.parametrize("asked", [False, True], ids=["asked since only", "asked before too"])
def test_live_answers_read_what_was_compacted_and_given_up_since(
    lake: Lake, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_rows, "FEW", 0)
    renew_hot_files(lake, lake.snapshot())
    before = all_live(lake, Engine.DUCKDB)
    change(lake)
    compact(lake, "F18", at=instant("2025-06-02"))
    if asked:
        assert all_live(lake, Engine.KERNEL) == all_live(lake, Engine.DUCKDB)
    vacuum(lake, keep_days=0, at=instant("2025-06-03"))
    assert all_live(lake, Engine.KERNEL) == all_live(lake, Engine.DUCKDB) != before


@pytest.mark.parametrize("compacted", [False, True], ids=["deltas", "compacted"])
def test_a_feed_in_many_buckets_equals_one_in_one(lake: Lake, compacted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    one = build_features(lake, NAMES, DAY, operator_grant())
    if compacted:
        compact(lake, "F18", at=instant("2025-06-02"))
    monkeypatch.setattr(building, "PORTION", 7)
    change(lake)
    passing = build_features(lake, NAMES, DAY, operator_grant())
    renew_hot_files(lake, lake.snapshot())
    made = build_features(lake, NAMES, DAY, operator_grant())
    assert len(hot(lake)["F18"]) == lake.buckets
    assert made.equals(passing)
    assert made.equals(build_features(lake, NAMES, DAY, operator_grant(), engine=Engine.DUCKDB))
    assert not made.equals(one)


KILLED = """
import os, signal, sys
from pathlib import Path
from features.lake.hot.building import Wanted
from features.lake.hot.manifest import renew
from tests.factories.lakes import make_lake

lake, point, times = make_lake(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
seen = []

def watch(name, facts):
    if name == "os.rename" and str(facts[0]).endswith(point):
        seen.append(facts)
        if len(seen) == times:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
few = [Wanted("F18", ("arrears_fen", "tax_kind"), ("tax_kind",)), Wanted("F01", ("industry",), ())]
renew(lake, few[: int(sys.argv[4])], lake.snapshot())
"""


def killed_at(point: str, times: int, feeds: int, home: Path) -> None:
    """Renew one feed or two in a process that dies before it moves such a file into place for the n-th time."""
    given = [str(home), point, str(times), str(feeds)]
    ended = subprocess.run([sys.executable, "-c", KILLED, *given], cwd=Path.cwd(), check=False)
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("point", [".hot.unfinished", "manifest.json.unfinished"])
def test_a_killed_builder_leaves_the_former_set(lake: Lake, tmp_path: Path, point: str) -> None:
    before = renew(lake, [WANTED], lake.snapshot())
    change(lake)
    killed_at(point, 1, 1, tmp_path)
    assert read_manifest(lake) == before
    rows = map_feed(lake, before["F18"])[0].rows
    after = renew(lake, [WANTED], lake.snapshot())
    assert map_feed(lake, after["F18"])[0].rows == rows + 3  # a notice, a correction, a withdrawal
    assert list(hot_folder(lake).glob("feed=*/*.unfinished")) == []


def test_a_feed_is_there_and_its_former_files_gone_while_others_are_still_made(lake: Lake, tmp_path: Path) -> None:
    wanted = [WANTED, Wanted("F01", ("industry",), ())]
    before = renew(lake, wanted, lake.snapshot())
    change(lake)
    land_rows(lake, find_feed("F01"), [registration(uscc(99))], "2025-06-01")
    killed_at("manifest.json.unfinished", 2, 2, tmp_path)
    after = read_manifest(lake)
    assert (after["F01"], after["F18"] == before["F18"]) == (before["F01"], False)
    there = {str(path.relative_to(hot_folder(lake))) for path in hot_folder(lake).glob("feed=F18/*")}
    assert there == {*after["F18"].files}
    assert all_live(lake, Engine.KERNEL) == all_live(lake, Engine.DUCKDB)
    assert renew(lake, wanted, lake.snapshot())["F18"] == after["F18"]


def test_the_machine_is_told_of_hot_files_what_it_is_told_of_the_same_arrays_in_memory(lake: Lake) -> None:
    program = program_of(tuple(NAMES))
    feed = next(feed for feed in program.feeds if feed.contract is TAX_ARREARS)
    segments = map_feed(lake, renew(lake, wanted_of(program), lake.snapshot())["F18"])
    assert sum(segment.rows for segment in segments) == sum(k % 4 for k in range(1, len(FIRMS) + 1))
    arrays = [replace(segment, columns=dict(segment.columns)) for segment in segments]
    assert all(isinstance(column, Packed) for one in arrays for column in one.columns.values())
    mapped, in_memory, mixed = ([*segments, *segments], [*arrays, *arrays], [*arrays, *segments])
    told = [np.zeros((len(mapped), 200), np.int64) for _ in range(3)]
    for given, lines in zip((mapped, in_memory, mixed), told, strict=True):
        describe(feed, given, lines)
    facts = [np.delete(lines, machine.TABLES, 1).tolist() for lines in told]
    assert facts[0] == facts[1] == facts[2]


def test_a_mapped_segment_knows_its_columns_and_no_others(lake: Lake) -> None:
    segment = map_feed(lake, renew(lake, [WANTED], lake.snapshot())["F18"])[0]
    assert {*segment.columns} == {"event_day", "known_from_day", "known_to_day", "arrears_fen", "tax_kind"}
    assert len(segment.columns) == 5
    with pytest.raises(KeyError):
        segment.columns["record_no"]
    assert segment.newest() == segment.values("known_from_day").max()


def test_hot_files_without_the_numbers_of_records_are_made_anew_for_work_that_comes_back(lake: Lake) -> None:
    program, snapshot = program_of(tuple(NAMES)), lake.snapshot()
    renew(lake, wanted_of(program), snapshot)
    assert "record_no" not in read_manifest(lake)["F18"].columns
    passing_rows(lake, program, snapshot)
    assert "record_no" not in read_manifest(lake)["F18"].columns
    kept_rows(lake, program, snapshot)
    assert "record_no" in read_manifest(lake)["F18"].columns
