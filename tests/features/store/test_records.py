"""A feed's records as they were known on a day."""

from datetime import date
from pathlib import Path

import pytest

from bureau.errors import FieldNotGranted, UnknownName
from bureau.grant import ReadGrant, operator_grant
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake
from features.lake.registry import resolve
from features.store.records import records
from tests.factories.lakes import ACME, BETA, land_rows, make_lake
from tests.factories.tax import tax_arrears


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """ACME's arrears were cleared in June, BETA's were withdrawn."""
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME), tax_arrears(BETA)], "2025-04-02")
    cleared = tax_arrears(ACME, version=2, op="U", cleared_on=date(2025, 6, 1))
    land_rows(lake, TAX_ARREARS, [cleared, tax_arrears(BETA, version=2, op="D")], "2025-06-02")
    return lake


def test_records_are_shown_as_known_on_the_day(lake: Lake) -> None:
    then = records(lake, "F18", date(2025, 6, 1), operator_grant())
    now = records(lake, "F18", date(2025, 6, 2), operator_grant())
    assert then.select("uscc", "version", "cleared_on").rows() == [(ACME, 1, None), (BETA, 1, None)]
    assert now.select("uscc", "version", "cleared_on").rows() == [(ACME, 2, date(2025, 6, 1))]


def test_one_enterprise_sees_its_own_alone(lake: Lake) -> None:
    number = resolve(lake, BETA).enterprise_id
    own = records(lake, "F18", date(2025, 6, 1), ReadGrant("bank", "pre_loan", subject=BETA), number)
    assert own["uscc"].to_list() == [BETA]


def test_a_grant_must_name_the_feed_and_the_enterprise(lake: Lake) -> None:
    number = resolve(lake, ACME).enterprise_id
    with pytest.raises(FieldNotGranted):
        records(lake, "F18", date(2025, 6, 1), ReadGrant("bank", "pre_loan", subject=BETA), number)
    with pytest.raises(FieldNotGranted, match="F18"):
        records(lake, "F18", date(2025, 6, 1), ReadGrant("bank", "pre_loan", fields=frozenset({"F15"})))


def test_an_unknown_feed_is_refused(lake: Lake) -> None:
    with pytest.raises(UnknownName, match="There is no feed 'F99'"):
        records(lake, "F99", date(2025, 6, 1), operator_grant())
