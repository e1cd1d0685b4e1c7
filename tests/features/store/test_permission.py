"""No feature is read without a grant that covers it."""

from datetime import date
from pathlib import Path

import pytest

from bureau.errors import FieldNotGranted, UnknownSubject
from bureau.grant import ReadGrant, operator_grant
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake
from features.store.build import build_features
from features.store.live import live_vector
from tests.factories.lakes import ACME, land_rows, make_lake
from tests.factories.tax import tax_arrears

DAY = date(2025, 7, 1)
ARREARS, CUSTOMERS = "tax_arrears_count_24m", "main_customers_4q"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)], "2025-04-02")
    return lake


def bank(purpose: str = "pre_loan", subject: str | None = ACME, *fields: str) -> ReadGrant:
    return ReadGrant("bank", purpose, subject=subject, fields=frozenset(fields) if fields else None)


def test_a_bank_reads_what_it_was_granted(lake: Lake) -> None:
    assert live_vector(lake, [ARREARS], 1, DAY, bank("pre_loan", ACME, ARREARS)) == {ARREARS: 1.0}


@pytest.mark.parametrize(
    ("grant", "names"),
    [
        pytest.param(bank("pre_loan", ACME, ARREARS), [ARREARS, "tax_grade"], id="a feature the grant does not name"),
        pytest.param(bank("pre_loan", "91440300MA5DA1TA0X"), [ARREARS], id="another enterprise's grant"),
        pytest.param(bank("supervision"), [CUSTOMERS], id="a purpose the feature may not serve"),
        pytest.param(bank("supervision"), [ARREARS, CUSTOMERS], id="a purpose one of them may not serve"),
        pytest.param(bank("marketing"), [ARREARS], id="a purpose nobody may name"),
    ],
)
def test_a_bank_reads_nothing_else(lake: Lake, grant: ReadGrant, names: list[str]) -> None:
    with pytest.raises(FieldNotGranted):
        live_vector(lake, names, 1, DAY, grant)


def test_a_grant_for_one_enterprise_does_not_build_the_city(lake: Lake) -> None:
    with pytest.raises(FieldNotGranted, match="all enterprises"):
        build_features(lake, [ARREARS], DAY, bank())


def test_the_platform_itself_may_train_on_anything(lake: Lake) -> None:
    assert live_vector(lake, [CUSTOMERS], 1, DAY, operator_grant("training")) == {CUSTOMERS: None}


def test_a_number_nobody_has_is_unknown(lake: Lake) -> None:
    with pytest.raises(UnknownSubject):
        live_vector(lake, [ARREARS], 7, DAY, operator_grant())


def test_the_grant_is_checked_before_anything_is_read(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME)], "2025-04-02")
    for path in lake.files("F18"):
        path.unlink()
    with pytest.raises(FieldNotGranted):
        live_vector(lake, [ARREARS], 1, DAY, bank("pre_loan", ACME, "tax_grade"))
