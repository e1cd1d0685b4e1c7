"""How far a firm's records reach."""

from datetime import date
from pathlib import Path

import pytest

from bureau.errors import FieldNotGranted
from bureau.grant import ReadGrant, operator_grant
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake
from features.store.coverage import newest_known
from tests.factories.lakes import ACME, BETA, land_rows, make_lake
from tests.factories.tax import tax_arrears

DAY = date(2025, 7, 1)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """ACME's notice was corrected in June and one more came in July; BETA is number 2."""
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(BETA)], "2025-04-02")
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, version=2, op="U", arrears_fen=5)], "2025-06-02T17:00")
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, date(2025, 6, 1))], "2025-07-02")
    return lake


def test_the_newest_visible_record_dates_a_feed_by_the_day_in_shanghai(lake: Lake) -> None:
    reach = newest_known(lake, ["F18", "F15"], 1, DAY, operator_grant(), lake.snapshot())
    assert reach == {"F18": date(2025, 6, 3), "F15": None}
    assert newest_known(lake, ["F18"], 2, DAY, operator_grant(), lake.snapshot()) == {"F18": date(2025, 4, 2)}


def test_reach_needs_a_grant_for_the_feed(lake: Lake) -> None:
    grant = ReadGrant("bank", "pre_loan", subject=ACME, fields=frozenset({"F15"}))
    with pytest.raises(FieldNotGranted, match="F18"):
        newest_known(lake, ["F18"], 1, DAY, grant, lake.snapshot())
