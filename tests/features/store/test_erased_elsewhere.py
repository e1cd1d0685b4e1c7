"""Another process erased a record: no later question of this one finds it, whatever it kept in memory or in files."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from bureau.grant import operator_grant
from features.contracts.penalty import PENALTY
from features.engine.engines import Engine
from features.lake.erasure import Erasure, erase
from features.lake.hot.building import Wanted
from features.lake.hot.manifest import hot_folder, read_manifest, renew
from features.lake.lake import Lake
from features.lake.locking import alone
from features.lake.stored import numbers_of_ids
from features.store import live_rows
from features.store.build import build_features
from features.store.hot_rows import renew_hot_files
from features.store.lineage import explain
from features.store.live import live_vector
from features.store.records import records
from tests.factories.lakes import ACME, BETA, instant, land_rows, make_lake
from tests.factories.penalties import penalty

DAY = date(2025, 7, 1)
ENGINES = (Engine.KERNEL, Engine.DUCKDB)
NAME = "penalties_36m"
GONE = f"F34-{ACME}-2025-01-15"
ERASE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from features.contracts.penalty import PENALTY
from features.lake.erasure import Erasure, erase
from features.lake.lake import open_lake
from features.lake.stored import numbers_of_ids

lake = open_lake(Path(sys.argv[1]), sys.argv[2])
found = numbers_of_ids(lake, PENALTY, [sys.argv[3]])
erase(lake, Erasure(PENALTY, "record", "a request", found), at=datetime(2025, 6, 1, tzinfo=UTC))
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A firm with one penalty and one with two, told in two deliveries."""
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(BETA)], "2025-02-01")
    land_rows(lake, PENALTY, [penalty(ACME), penalty(ACME, date(2025, 1, 20))], "2025-02-02")
    return lake


def erase_elsewhere(lake: Lake) -> None:
    given = [str(lake.root.parent), str(lake.catalogue.url), GONE]
    subprocess.run([sys.executable, "-c", ERASE, *given], check=True)


def told(lake: Lake, engine: Engine, snapshot: int | None = None) -> object:
    return live_vector(lake, [NAME], 2, DAY, operator_grant(), snapshot, engine=engine)[NAME]


@pytest.mark.parametrize("few", [0, 100_000], ids=["a large feed", "a small feed"])
@pytest.mark.parametrize("built", [True, False], ids=["hot files", "no hot files"])
def test_the_next_call_knows_it_no_more(lake: Lake, built: bool, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_rows, "FEW", few)
    older = lake.snapshot()
    if built:
        renew_hot_files(lake, older)
    assert [told(lake, engine) for engine in ENGINES] == [2, 2]
    erase_elsewhere(lake)
    assert [told(lake, engine) for engine in ENGINES] == [1, 1]
    assert [told(lake, engine, older) for engine in ENGINES] == [1, 1]


def test_an_older_state_is_read_from_the_files_there_are_now(lake: Lake) -> None:
    older = lake.snapshot()
    assert GONE in records(lake, "F34", DAY, operator_grant(), snapshot=older)["record_id"]
    assert build_features(lake, [NAME], DAY, operator_grant(), older)[NAME].to_list() == [1, 2]
    erase_elsewhere(lake)
    newest = lake.snapshot()
    for snapshot in (older, newest):
        assert GONE not in records(lake, "F34", DAY, operator_grant(), snapshot=snapshot)["record_id"]
        assert len(explain(lake, NAME, 2, DAY, operator_grant(), snapshot).records) == 1
        assert build_features(lake, [NAME], DAY, operator_grant(), snapshot)[NAME].to_list() == [1, 1]


def test_hot_files_of_a_state_before_are_not_read(lake: Lake, tmp_path: Path) -> None:
    renew_hot_files(lake, lake.snapshot())
    shutil.copytree(hot_folder(lake), tmp_path / "former")
    erase_elsewhere(lake)
    shutil.copytree(tmp_path / "former", hot_folder(lake), dirs_exist_ok=True)
    assert told(lake, Engine.KERNEL) == 1


def test_an_erasure_waits_for_hot_files_under_way_and_leaves_none(lake: Lake) -> None:
    renew_hot_files(lake, lake.snapshot())
    found = numbers_of_ids(lake, PENALTY, [GONE])
    with ThreadPoolExecutor(1) as pool:
        with alone(hot_folder(lake) / ".building"):
            erasing = pool.submit(erase, lake, Erasure(PENALTY, "record", "a request", found), at=instant("2025-06-01"))
            with pytest.raises(TimeoutError):
                erasing.result(timeout=0.3)
            assert read_manifest(lake)
        assert erasing.result().records == 1
    assert read_manifest(lake) == {}
    assert not list(hot_folder(lake).glob("feed=*/*"))


def test_hot_files_of_an_older_state_are_made_without_it(lake: Lake) -> None:
    older, wanted = lake.snapshot(), [Wanted("F34", ("fine_fen",), ())]
    assert len(lake.files("F34", older)) == 2
    erase_elsewhere(lake)
    renew(lake, wanted, older)
    assert told(lake, Engine.KERNEL, older) == 1
