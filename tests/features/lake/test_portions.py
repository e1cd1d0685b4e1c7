"""A large delivery lands portion by portion, and ends as it would at once."""

from pathlib import Path

import polars as pl
import pytest

from features.contracts.tax_arrears import TAX_ARREARS
from features.lake import judging
from features.lake.delivery import RECEIVED_AT
from features.lake.lake import Lake
from features.lake.landing import Landed
from features.lake.quarantine import list_waiting
from tests.factories.lakes import ACME, BETA, instant, known, land_rows, make_lake, uscc
from tests.factories.tax import tax_arrears

ROWS = [
    tax_arrears(ACME, arrears_fen=1, received_at=instant("2025-04-02")),
    tax_arrears(ACME, arrears_fen=2, version=2, op="U", received_at=instant("2025-05-02")),
    tax_arrears(BETA, arrears_fen=1, received_at=instant("2025-04-03")),
    tax_arrears(BETA, arrears_fen=9, received_at=instant("2025-04-04")),
    tax_arrears(ACME, arrears_fen=1, received_at=instant("2025-04-05")),
    tax_arrears(BETA, arrears_fen=-1, record_id="wrong", received_at=instant("2025-04-02")),
    tax_arrears(uscc(9), arrears_fen=3, op="D", version=3, record_id="F18-1", received_at=instant("2025-06-02")),
    tax_arrears(uscc(9), arrears_fen=3, record_id="F18-1", received_at=instant("2025-04-02")),
]
DAYS = ("2025-04-03", "2025-05-01", "2025-05-02", "2025-06-03")


def state(lake: Lake) -> tuple[object, ...]:
    return [known(lake, TAX_ARREARS, day).rows() for day in DAYS], sorted(row.reason for row in list_waiting(lake))


def land_in_portions(folder: Path, rows: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Lake, Landed]:
    monkeypatch.setattr(judging, "PORTION", rows)
    lake = make_lake(folder)
    frame = pl.DataFrame(ROWS, schema=TAX_ARREARS.dtypes | {RECEIVED_AT: pl.Datetime("us", "UTC")})
    return lake, land_rows(lake, TAX_ARREARS, frame)


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 8])
def test_portions_end_as_the_whole(tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, at_once = land_in_portions(tmp_path / "whole", len(ROWS) + 1, monkeypatch)
    lake, landed = land_in_portions(tmp_path / "portions", rows, monkeypatch)
    assert state(lake) == state(whole)
    assert landed == at_once
    assert (landed.landed, landed.quarantined, landed.unchanged) == (5, 2, 1)
    assert lake.snapshot() == 1
