"""Penalties count while they are in force."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from features.contracts.penalty import PENALTY
from tests.factories.lakes import ACME, land_rows, make_lake
from tests.factories.penalties import penalty
from tests.factories.values import value


@pytest.mark.parametrize(
    ("change", "penalties", "fines"),
    [
        pytest.param({}, 1, 500_000, id="an ordinary breach"),
        pytest.param({"severity": "轻微"}, 0, 500_000, id="a slight one is fined and not counted"),
        pytest.param({"revoked_on": date(2025, 6, 1)}, 0, 0, id="revoked today"),
        pytest.param({"confiscated_fen": 7}, 1, 500_007, id="confiscated as well"),
        pytest.param({"decided_on": date(2022, 6, 1)}, 0, 0, id="three years ago"),
    ],
)
def test_penalties_in_force(tmp_path: Path, change: dict[str, Any], penalties: int, fines: int) -> None:
    lake = make_lake(tmp_path)
    decided = change.get("decided_on", date(2025, 1, 15))
    land_rows(lake, PENALTY, [penalty(ACME, decided) | change], "2025-06-01")
    assert value(lake, "penalties_36m", ACME, "2025-06-01") == penalties
    assert value(lake, "penalty_fines_36m", ACME, "2025-06-01") == fines
