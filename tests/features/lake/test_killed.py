"""A landing killed at any point leaves the former snapshot, and landing again completes it; two at once both land."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake
from features.lake.quarantine import list_waiting
from features.lake.tables import Batch
from tests.factories.lakes import ACME, BETA, deliver, known, land_rows, make_lake
from tests.factories.tax import tax_arrears

LANDS = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from features.lake.delivery import read_delivery
from features.lake.landing import land
from tests.factories.lakes import instant, make_lake

folder, delivery, point = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
lake = make_lake(folder)
die = lambda *ignored: os.kill(os.getpid(), signal.SIGKILL)
inside = str(lake.root)

def watch(name, facts):
    path = str(facts[0]) if facts else ""
    if path.startswith(inside) and {
        "written, not renamed": name == "os.rename",
        "renamed, not listed": name == "open" and path.endswith("feed=F18"),
    }.get(point):
        die()

sys.addaudithook(watch)
if point == "listed, not committed":
    event.listen(lake.catalogue, "commit", die)
land(lake, read_delivery(delivery), received_at=instant("2025-08-01"))
"""

BEFORE = [tax_arrears(ACME, arrears_fen=5), tax_arrears(BETA, arrears_fen=-1)]
AFTER = [
    tax_arrears(ACME, arrears_fen=7, version=2, op="U"),
    tax_arrears(BETA, arrears_fen=1),
    tax_arrears(BETA, arrears_fen=-2),
]


def start(folder: Path, delivery: Path, point: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", LANDS, str(folder), str(delivery), point], cwd=Path.cwd())


def told(lake: Lake) -> tuple[object, ...]:
    """All a reader can ask: the snapshot, both views, what waits, and what is said of each delivery."""
    views = [known(lake, TAX_ARREARS, day).rows() for day in ("2025-07-31", "2025-08-01")]
    counts = select(Batch.rows, Batch.landed, Batch.quarantined, Batch.unchanged, Batch.doubtful).order_by(Batch.id)
    with lake.catalogue.connect() as connection:
        deliveries = [tuple(row) for row in connection.execute(counts)]
    assert all(rows == landed + held + unchanged for rows, landed, held, unchanged, _ in deliveries)
    return lake.snapshot(), views, [row.reason for row in list_waiting(lake)], deliveries


def files(lake: Lake) -> tuple[set[Path], set[Path]]:
    """What lies in the lake, and what the manifest lists."""
    return set(lake.root.glob("feed=*/*")), {*lake.files("F18"), *lake.closings("F18")}


def test_a_landing_killed_at_any_point(tmp_path: Path) -> None:
    points = ("written, not renamed", "renamed, not listed", "listed, not committed")
    never = make_lake(tmp_path / "never killed")
    land_rows(never, TAX_ARREARS, BEFORE)
    before = told(never)
    killed = {}
    for point in points:
        lake = make_lake(tmp_path / point)
        land_rows(lake, TAX_ARREARS, BEFORE)
        delivery = deliver(TAX_ARREARS, AFTER, tmp_path / point)
        killed[point] = (lake, start(tmp_path / point, delivery.path, point))
    land_rows(never, TAX_ARREARS, AFTER, "2025-08-01")
    for point, (lake, process) in killed.items():
        assert process.wait(timeout=120) == -signal.SIGKILL, point
        assert told(lake) == before, point
        assert not files(lake)[0] <= files(lake)[1], f"{point}: nothing was left lying"
        land_rows(lake, TAX_ARREARS, AFTER, "2025-08-01")
        assert told(lake) == told(never), point
        assert files(lake)[0] == files(lake)[1], f"{point}: leftovers are cleaned"


@pytest.mark.parametrize("processes", [2])
def test_landings_at_the_same_time_all_land(tmp_path: Path, processes: int) -> None:
    lake = make_lake(tmp_path)
    deliveries = [
        deliver(TAX_ARREARS, [tax_arrears(ACME, arrears_fen=version, version=version)], tmp_path / "deliveries")
        for version in range(1, processes + 1)
    ]
    running = [start(tmp_path, delivery.path, "never") for delivery in deliveries]
    assert [process.wait(timeout=120) for process in running] == [0] * processes
    assert lake.snapshot() == processes
    assert known(lake, TAX_ARREARS, "2025-08-01")["version"].to_list() == [processes]
