"""Since when feeds are connected: several asked at once are told what each would be."""

from pathlib import Path

from bureau.clock import to_micros
from features.contracts.officer import OFFICER
from features.contracts.shareholder import SHAREHOLDER
from features.contracts.tax_arrears import TAX_ARREARS
from features.store.feed_sources import connected_from
from tests.factories.lakes import ACME, BETA, instant, land_rows, make_lake
from tests.factories.market import officer, shareholder
from tests.factories.tax import tax_arrears

DERIVED = "X01"
NOTHING_LANDED = "F01"


def micros(day: str) -> int:
    return to_micros(instant(day))


def test_feeds_are_connected_from_their_first_record_and_a_derived_one_from_the_last_of_its_own(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    asked = (DERIVED, "F03", "F18", NOTHING_LANDED)
    assert connected_from(lake, asked, lake.snapshot()) == dict.fromkeys(asked)

    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)], "2025-06-01")
    land_rows(lake, SHAREHOLDER, [shareholder(ACME)], "2025-03-01")
    half = lake.snapshot()
    known = {DERIVED: None, "F03": micros("2025-03-01"), "F18": micros("2025-06-01"), NOTHING_LANDED: None}
    assert connected_from(lake, asked, half) == known

    land_rows(lake, OFFICER, [officer(ACME)], "2025-04-01")
    land_rows(lake, TAX_ARREARS, [tax_arrears(BETA) | {"received_at": instant("2025-05-01")}])
    newest = connected_from(lake, iter(asked), lake.snapshot())
    assert newest == known | {DERIVED: micros("2025-04-01"), "F18": micros("2025-05-01")}
    assert [connected_from(lake, [code], lake.snapshot())[code] for code in asked] == list(newest.values())
    assert connected_from(lake, [DERIVED], lake.snapshot()) == {DERIVED: micros("2025-04-01")}
    assert connected_from(lake, asked, half) == known
    assert connected_from(lake, (), half) == {}
