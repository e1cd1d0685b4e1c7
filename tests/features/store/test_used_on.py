"""The day of use beside the day read: every reader drops what the law forbids on the day of use."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bureau.grant import operator_grant
from features.contracts.penalty import PENALTY
from features.lake.lake import Lake
from features.store.build import build_features
from features.store.coverage import newest_known
from features.store.lineage import evidence, explain
from features.store.live import live_vector
from features.store.records import records
from features.store.training_set import training_set
from tests.factories.lakes import ACME, land_rows, make_lake
from tests.factories.penalties import penalty

NAME = "penalties_36m"
LAST, FIRST = date(2026, 3, 31), date(2026, 4, 1)
"""The last day of three years of publicity and the first of one."""
OPERATOR = operator_grant()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(ACME, date(2024, 12, 1))], "2024-12-05")
    return lake


def readings(lake: Lake, as_of: date, used_on: date | None) -> dict[str, Any]:
    """What each reader makes of the one penalty."""
    return {
        "build": build_features(lake, [NAME], as_of, OPERATOR, used_on=used_on)[NAME].item(),
        "live": live_vector(lake, [NAME], 1, as_of, OPERATOR, used_on=used_on)[NAME],
        "explain": len(explain(lake, NAME, 1, as_of, OPERATOR, used_on=used_on).records),
        "evidence": len(evidence(lake, [NAME], 1, as_of, OPERATOR, used_on=used_on)[NAME]),
        "records": records(lake, "F34", as_of, OPERATOR, used_on=used_on).height,
        "own records": records(lake, "F34", as_of, OPERATOR, 1, used_on=used_on).height,
        "newest": int(newest_known(lake, ["F34"], 1, as_of, OPERATOR, lake.snapshot(), used_on)["F34"] is not None),
    }


@pytest.mark.parametrize(
    ("as_of", "used_on", "used"),
    [
        pytest.param(LAST, None, 1, id="the last day of the old regime"),
        pytest.param(FIRST, None, 0, id="the first day of the new one"),
        pytest.param(LAST, FIRST, 0, id="an old day replayed by the law of now"),
        pytest.param(date(2025, 1, 1), FIRST, 0, id="a much older day replayed by the law of now"),
        pytest.param(FIRST, LAST, 1, id="a new day by the law of then"),
    ],
)
def test_every_reader_uses_by_the_law_of_the_day_of_use(
    lake: Lake, as_of: date, used_on: date | None, used: int
) -> None:
    assert readings(lake, as_of, used_on) == dict.fromkeys(readings(lake, as_of, used_on), used)


def test_a_training_set_uses_each_row_on_its_own_day(lake: Lake) -> None:
    labels = pl.DataFrame({"subject": [ACME] * 4, "as_of": [FIRST, LAST, date(2024, 12, 4), date(2024, 12, 6)]})
    made = training_set(lake, labels, [NAME], operator_grant("training"))
    assert made.frame[NAME].to_list() == [0.0, 1.0, None, 1.0]


def test_a_repair_hides_the_record_from_its_day_on(lake: Lake) -> None:
    repaired = penalty(ACME, date(2024, 12, 1), version=2, op="U", repaired_on=date(2025, 6, 2))
    land_rows(lake, PENALTY, [repaired], "2025-06-03")
    assert set(readings(lake, date(2025, 6, 2), None).values()) == {1}  # not known yet
    assert set(readings(lake, date(2025, 6, 3), None).values()) == {0}
    assert set(readings(lake, date(2025, 6, 3), date(2025, 6, 1)).values()) == {1}
