"""Codes and outside keys find their enterprise; what is neither is told apart from what is unknown."""

from pathlib import Path

import pytest

from bureau.errors import ImpossibleUscc, UnknownSubject
from bureau.uscc import placeholder_uscc
from features.contracts.registration import REGISTRATION
from features.contracts.tax_arrears import TAX_ARREARS
from features.lake.lake import Lake
from features.lake.registered_name import registered_name
from features.lake.registry import codes, enterprises, resolve
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.registrations import registration
from tests.factories.tax import tax_arrears

OUTSIDE = placeholder_uscc("cumcm", "E1")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = make_lake(tmp_path)
    rows = [registration(ACME, "甲公司"), registration(OUTSIDE, "E1 公司", outside_key="E1")]
    land_rows(lake, REGISTRATION, rows, "2025-03-01")
    return lake


@pytest.mark.parametrize("key", [ACME, ACME.lower(), f" {ACME} "])
def test_a_code_however_it_is_typed(lake: Lake, key: str) -> None:
    found = resolve(lake, key)
    assert (found.uscc, found.name) == (ACME, "甲公司")


@pytest.mark.parametrize("key", ["E1", " E1 ", OUTSIDE])
def test_an_outside_key_and_its_placeholder(lake: Lake, key: str) -> None:
    assert resolve(lake, key).uscc == OUTSIDE


def test_an_impossible_code_is_no_unknown_one(lake: Lake) -> None:
    with pytest.raises(ImpossibleUscc, match="is not a unified social credit code"):
        resolve(lake, ACME[:-1] + "0")
    with pytest.raises(UnknownSubject, match="No enterprise"):
        resolve(lake, BETA)
    with pytest.raises(ImpossibleUscc):
        resolve(lake, "E2")


def test_an_enterprise_is_enrolled_by_its_first_record(lake: Lake) -> None:
    before = lake.snapshot()
    land_rows(lake, TAX_ARREARS, [tax_arrears(GAMMA)], "2025-04-01")
    assert resolve(lake, GAMMA).name is None
    assert enterprises(lake)["uscc"].to_list()[-1] == GAMMA
    assert GAMMA not in enterprises(lake, before)["uscc"].to_list()


def test_numbers_are_dense(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(BETA), tax_arrears(GAMMA), tax_arrears(ACME)], "2025-04-01")
    assert enterprises(lake)["enterprise_id"].to_list() == [1, 2, 3, 4]


@pytest.mark.parametrize("order", [[1, 2, 3], [3, 1, 2], [2, 3, 1]])
def test_the_name_is_the_newest_whatever_order_it_came_in(tmp_path: Path, order: list[int]) -> None:
    lake = make_lake(tmp_path)
    for version in order:
        land_rows(lake, REGISTRATION, [registration(ACME, f"第{version}名公司", version=version)], "2025-04-01")
    assert resolve(lake, ACME).name == "第3名公司"


def test_a_registration_that_is_corrected_to_another_code_names_that_one_alone(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    first = registration(ACME, "甲公司", record_id="F01-1", outside_key="K1")
    land_rows(lake, REGISTRATION, [first], "2025-03-01")
    before = lake.snapshot()
    moved = registration(BETA, "甲公司", record_id="F01-1", outside_key="K1", version=2, op="U")
    land_rows(lake, REGISTRATION, [moved], "2025-03-02")
    assert (resolve(lake, ACME).name, resolve(lake, BETA).name) == (None, "甲公司")
    assert [registered_name(lake, 1, snapshot) for snapshot in (before, lake.snapshot())] == ["甲公司", None]
    assert (resolve(lake, "K1").uscc, resolve(lake, "K1", before).uscc) == (BETA, ACME)


def test_a_registration_that_is_withdrawn_names_nobody(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, "甲公司", outside_key="K1")], "2025-03-01")
    land_rows(lake, REGISTRATION, [registration(ACME, "甲公司", outside_key="K1", version=2, op="D")], "2025-03-02")
    assert (resolve(lake, ACME).name, registered_name(lake, 1, lake.snapshot())) == (None, None)
    with pytest.raises(ImpossibleUscc):
        resolve(lake, "K1")
    land_rows(lake, REGISTRATION, [registration(ACME, "乙公司", outside_key="K1", record_id="F01-2")], "2025-03-03")
    assert resolve(lake, "K1").name == "乙公司" == registered_name(lake, 1, lake.snapshot())


def test_of_two_registrations_the_one_known_last_names_whatever_its_version(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, REGISTRATION, [registration(ACME, "旧公司", version=3)], "2025-03-01")
    land_rows(lake, REGISTRATION, [registration(ACME, "新公司", record_id="F01-2")], "2025-03-02")
    assert resolve(lake, ACME).name == "新公司" == registered_name(lake, 1, lake.snapshot())


def test_bad_rows_enrol_nobody(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=-1)])
    assert enterprises(lake).is_empty()


def test_codes_by_number_as_a_snapshot_had_them(lake: Lake) -> None:
    before = lake.snapshot()
    told = enterprises(lake, before).select("enterprise_id", "uscc")
    land_rows(lake, TAX_ARREARS, [tax_arrears(uscc(9))], "2025-06-01")
    assert codes(lake, before).equals(told)
    assert codes(lake, lake.snapshot()).rows() == [*told.rows(), (told.height + 1, uscc(9))]
    assert codes(lake, 0).is_empty()
