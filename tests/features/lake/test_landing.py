"""What becomes of a delivery's rows."""

from pathlib import Path

from features.contracts.tax_arrears import TAX_ARREARS
from tests.factories.lakes import ACME, BETA, land_rows, make_lake
from tests.factories.tax import tax_arrears


def test_good_rows_land_and_bad_ones_wait(tmp_path: Path) -> None:
    landed = land_rows(make_lake(tmp_path), TAX_ARREARS, [tax_arrears(ACME), tax_arrears(BETA, arrears_fen=-1)])
    assert (landed.rows, landed.landed, landed.quarantined, landed.snapshot) == (2, 1, 1, 1)


def test_the_same_batch_twice_changes_nothing(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    rows = [tax_arrears(ACME), tax_arrears(BETA, arrears_fen=-1)]
    land_rows(lake, TAX_ARREARS, rows)
    again = land_rows(lake, TAX_ARREARS, rows, "2025-08-01")
    assert (again.landed, again.quarantined, again.unchanged, lake.snapshot()) == (0, 0, 2, 1)


def test_the_same_rows_in_another_batch_are_unchanged(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(BETA, arrears_fen=-1)])
    again = land_rows(lake, TAX_ARREARS, [tax_arrears(BETA, arrears_fen=-1), tax_arrears(ACME)], "2025-08-01")
    assert (again.landed, again.quarantined, again.unchanged) == (0, 0, 2)
    assert len(lake.files("F18")) == 1
