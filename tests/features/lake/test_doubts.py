"""Rows that land and are doubted because another record of the delivery has their key."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from features.contracts.penalty import PENALTY
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.cli import feeds
from features.lake.judgement import judge
from tests.factories.lakes import ACME, BETA, frame_of, instant, land_rows, make_lake
from tests.factories.penalties import penalty
from tests.factories.tax import tax_arrears

FIRST = penalty(ACME, record_id="A", doc_no="深罚〔2025〕1号")


@pytest.mark.parametrize(
    ("other", "doubtful"),
    [
        pytest.param({"record_id": "B"}, 2, id="another record under the same number"),
        pytest.param({"record_id": "B", "doc_no": "深罚〔2025〕2号"}, 0, id="another number"),
        pytest.param({"record_id": "B", "uscc": BETA}, 0, id="the same number of another firm"),
        pytest.param({"version": 2, "op": "U"}, 0, id="a later version of the record"),
        pytest.param({}, 0, id="the row twice"),
    ],
)
def test_a_key_may_stand_for_one_record(other: dict[str, Any], doubtful: int) -> None:
    judged = judge(frame_of(PENALTY, [FIRST, FIRST | other]), PENALTY, instant("2025-07-01"))
    assert (judged.kept.height, judged.doubtful) == (2, doubtful)


def test_a_record_withdrawn_makes_room_for_another() -> None:
    rows = [FIRST, FIRST | {"version": 2, "op": "D"}, FIRST | {"record_id": "B"}]
    assert judge(frame_of(PENALTY, rows), PENALTY, instant("2025-07-01")).doubtful == 0


def test_history_is_not_asked() -> None:
    rows = [one | {"received_at": instant("2025-06-01")} for one in (FIRST, FIRST | {"record_id": "B"})]
    assert judge(frame_of(PENALTY, rows), PENALTY, instant("2025-07-01")).doubtful == 0


def test_both_land_and_are_counted(tmp_path: Path) -> None:
    landed = land_rows(make_lake(tmp_path), PENALTY, [FIRST, FIRST | {"record_id": "B"}])
    assert (landed.landed, landed.doubtful) == (2, 2)


def test_the_check_names_the_key(tmp_path: Path) -> None:
    file, twice = tmp_path / "twice.parquet", tax_arrears(ACME)
    frame_of(TAX_ARREARS, [twice, twice | {"record_id": "other"}]).write_parquet(file)
    said = CliRunner().invoke(feeds, ["check", "F18", str(file)]).stdout
    assert "no two records of a delivery that is no history may have the same uscc, tax_kind, period" in said
    assert "2 are doubtful" in said
