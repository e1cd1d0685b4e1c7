"""Who ended the use of records, and when."""

from datetime import date
from pathlib import Path

from features.contracts.penalty import PENALTY
from features.lake.endings import list_endings
from tests.factories.lakes import ACME, BETA, GAMMA, instant, land_rows, make_lake
from tests.factories.penalties import penalty


def test_each_delivery_and_cause_leaves_a_line(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(firm) for firm in (ACME, BETA, GAMMA)], "2025-02-01")
    assert list_endings(lake) == []
    changed = [
        penalty(ACME, version=2, op="U", repaired_on=date(2025, 5, 2)),
        penalty(BETA, version=2, op="U", repaired_on=date(2025, 5, 3)),
        penalty(GAMMA, version=2, op="D"),
    ]
    landed = land_rows(lake, PENALTY, changed, "2025-05-04")
    told = [(line.cause, line.rows, line.publisher, line.batch_id, line.snapshot) for line in list_endings(lake)]
    assert told == [
        ("withdrawn", 1, PENALTY.department, landed.batch_id, landed.snapshot),
        ("repaired_on", 2, PENALTY.department, landed.batch_id, landed.snapshot),
    ]
    assert {line.made_at for line in list_endings(lake, "F34")} == {instant("2025-05-04")}
    assert list_endings(lake, "F18") == []


def test_the_same_delivery_again_leaves_none(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    for day in ("2025-02-01", "2025-02-02"):
        land_rows(lake, PENALTY, [penalty(ACME, repaired_on=date(2025, 1, 20))], day)
    assert len(list_endings(lake)) == 1
