"""Keys, numbers and codes, and since when an enterprise is known."""

from pathlib import Path

import polars as pl
import pytest

from bureau.clock import to_micros
from bureau.errors import UnknownSubject
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake
from features.store.subjects import code_of, known_from, known_since, numbers_of
from tests.factories.lakes import ACME, BETA, GAMMA, instant, land_rows, make_lake
from tests.factories.registrations import registration
from tests.factories.tax import tax_arrears


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, outside_key="E1"), registration(BETA)], "2025-04-02")
    return lake


def test_codes_and_outside_keys_name_the_same_enterprise(lake: Lake) -> None:
    keys = pl.Series([ACME, "E1", f" {ACME.lower()} ", BETA, GAMMA, "E2", None, "91X"])
    assert numbers_of(lake, keys).to_list() == [1, 1, 1, 2, None, None, None, None]


def test_a_key_that_passed_to_another_enterprise_means_the_newest(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(GAMMA, outside_key="E1")], "2025-05-02")
    assert numbers_of(lake, pl.Series(["E1"])).to_list() == numbers_of(lake, pl.Series([GAMMA])).to_list()


def test_a_number_has_one_code(lake: Lake) -> None:
    assert [code_of(lake, 1), code_of(lake, 2)] == [ACME, BETA]
    with pytest.raises(UnknownSubject):
        code_of(lake, 3)


def test_an_enterprise_is_known_since_its_first_record_of_any_feed(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME) | {"received_at": instant("2025-04-01")}])
    land_rows(lake, TAX_ARREARS, [tax_arrears(GAMMA)], "2025-06-01")
    since = [known_from(lake, lake.snapshot(), number) for number in (1, 2, 3, 4)]
    days = [instant(day) for day in ("2025-04-01", "2025-04-02", "2025-06-01")]
    assert since == [*map(to_micros, days), None]


def test_an_older_snapshot_knew_fewer(lake: Lake) -> None:
    snapshot = lake.snapshot()
    land_rows(lake, TAX_ARREARS, [tax_arrears(GAMMA)], "2025-06-01")
    assert known_since(lake, snapshot).height == 2
    assert known_from(lake, snapshot, 3) is None


def test_nobody_is_known_in_an_empty_lake(tmp_path: Path) -> None:
    empty = make_lake(tmp_path / "empty")
    assert known_since(empty, 0).is_empty()
    assert known_from(empty, 0, 1) is None
