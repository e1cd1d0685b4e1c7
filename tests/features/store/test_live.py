"""One enterprise at a time, from many threads, across landings."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from bureau.grant import operator_grant
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.definitions.library import published
from features.lake.compaction import compact
from features.lake.lake import Lake
from features.lake.registry import resolve
from features.store.live import live_vector
from tests.factories.lakes import instant, land_rows, make_lake, uscc
from tests.factories.registrations import registration
from tests.factories.tax import tax_arrears

DAY = date(2025, 7, 1)
ARREARS = "tax_arrears_count_24m"
FIRMS = [uscc(number) for number in range(1, 9)]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Firm k has k arrears notices."""
    lake = make_lake(tmp_path)
    rows = [tax_arrears(firm, date(2025, 3, n + 1)) for k, firm in enumerate(FIRMS, 1) for n in range(k)]
    land_rows(lake, TAX_ARREARS, rows, "2025-04-02")
    return lake


def arrears(lake: Lake, firm: str, snapshot: int | None = None) -> object:
    number = resolve(lake, firm).enterprise_id
    return live_vector(lake, [ARREARS], number, DAY, operator_grant(), snapshot)[ARREARS]


def test_many_threads_read_their_own_enterprise(lake: Lake) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda firm: arrears(lake, firm), FIRMS * 4))
    assert found == [1, 2, 3, 4, 5, 6, 7, 8] * 4


def test_what_lands_is_read_at_once_and_an_answer_can_be_repeated(lake: Lake) -> None:
    snapshot = lake.snapshot()
    land_rows(lake, TAX_ARREARS, [tax_arrears(FIRMS[0], date(2025, 5, 5))], "2025-06-01")
    assert (arrears(lake, FIRMS[0]), arrears(lake, FIRMS[0], snapshot)) == (2, 1)


def test_compaction_changes_no_answer(lake: Lake) -> None:
    before = [arrears(lake, firm) for firm in FIRMS]
    compact(lake, "F18", at=instant("2025-06-01"))
    assert [arrears(lake, firm) for firm in FIRMS] == before


def test_names_come_back_in_the_order_they_were_asked(lake: Lake) -> None:
    names = [entry.name for entry in published()][::-1]
    assert list(live_vector(lake, names, 1, DAY, operator_grant())) == names


def test_a_category_is_a_text(lake: Lake) -> None:
    land_rows(lake, REGISTRATION, [registration(FIRMS[0], section="C")], "2025-06-01")
    number = resolve(lake, FIRMS[0]).enterprise_id
    assert live_vector(lake, ["industry_section"], number, DAY, operator_grant()) == {"industry_section": "C"}
