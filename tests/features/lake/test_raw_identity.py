"""What reads like a person's identity, and what only looks like it."""

from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select

from bureau.uscc import compose_uscc
from features.contracts.court_case import COURT_CASE
from features.contracts.tax_registration import TAX_REGISTRATION
from features.lake.quarantine import list_waiting
from features.lake.raw_identity import (
    MASK,
    in_free_text,
    in_keys,
    in_numbers,
    masked_keys,
    masked_numbers,
    masked_text,
)
from features.lake.tables import Quarantined
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, land_rows, make_lake
from tests.factories.tax import tax_registration


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("电话+8613912345678", id="with the country's prefix"),
        pytest.param("电话008613912345678", id="with the prefix as it is dialled"),
        pytest.param("(+86) 139—1234—5678", id="with dashes"),
        pytest.param("１３９１２３４５６７８", id="in full width"),
        pytest.param("139-1234-5678转2", id="three, four, four"),
        pytest.param("139/1234/5678", id="with strokes"),
        pytest.param("139_1234_5678", id="with low lines"),
        pytest.param("139 123 45678", id="three, three, five"),
        pytest.param("1391 234 5678", id="four, three, four"),
        pytest.param("1 3 9 1 2 3 4 5 6 7 8", id="digit by digit"),
        pytest.param("139\u200b1234\u200b5678", id="with characters that have no width"),
        pytest.param("tel13912345678", id="after a word of Latin letters"),
        pytest.param("身份证110105491231002", id="an identity number of 15 digits"),
        pytest.param("１１０１０５１９４９１２３１００２Ｘ", id="an identity number in full width"),
        pytest.param("110105 19491231 002X", id="an identity number in three groups"),
        pytest.param("1101 0519 4912 3100 2x", id="an identity number in fours"),
        pytest.param("li.si＠example.com", id="an address with a wide sign"),
        pytest.param(f"再交{MASK}", id="what was masked before"),
    ],
)
def test_an_identity_in_free_text(text: str) -> None:
    assert in_free_text(pl.Series([text, "深圳市南山区"])).to_list() == [text]
    (masked,) = masked_text(pl.Series([text]))
    assert MASK in masked
    assert not any(digits in masked for digits in ("5678", "１２３", "1002", "si"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ACME, id="a code of an enterprise"),
        pytest.param("440301104123456", id="a registration number of 15 digits"),
        pytest.param("1998-05-01 123号", id="a day and a number"),
        pytest.param("1999-05-01 12:30:11", id="an instant"),
        pytest.param("2024-05-13至2025-05-12", id="two days"),
        pytest.param("(2019)粤0305民初12345号", id="a case"),
        pytest.param("电话0755-26001234", id="a telephone of a firm"),
        pytest.param("139123456789012", id="an account"),
        pytest.param("139,1234,5678元", id="an amount in groups"),
        pytest.param("1998/05/01/123", id="a day and a number with strokes"),
        pytest.param("深圳市（某）公司，13－1501", id="full-width punctuation"),
    ],
)
def test_no_identity_in_free_text(text: str) -> None:
    assert in_free_text(pl.Series([text, None])).is_empty()
    assert masked_text(pl.Series([text, None])).to_list() == [text, None]


@pytest.mark.parametrize(
    ("key", "is_raw"),
    [
        pytest.param("11010519491231002X", True, id="the check character agrees"),
        pytest.param("F06-１１０１０５１９４９１２３１００２ｘ", True, id="within a key, in full width"),
        pytest.param("110105-19491231-002X", True, id="in groups"),
        pytest.param("11010519491231002X01", True, id="a sole trader's taxpayer number"),
        pytest.param("11010519491231002101", False, id="of which the check character does not agree"),
        pytest.param("11010519491231002X012", False, id="followed by three characters"),
        pytest.param("110105194912310021", False, id="the check character does not agree"),
        pytest.param("440305202405010019", False, id="a document of 2024 whose check character would agree"),
        pytest.param(ACME, False, id="a code of an enterprise"),
        pytest.param("13912345678", False, id="eleven digits are no telephone"),
        pytest.param("110105491231002", False, id="fifteen digits may be a registration number"),
        pytest.param("li.si@example.com", True, id="an e-mail address"),
    ],
)
def test_an_identity_in_a_key(key: str, is_raw: bool) -> None:
    assert in_keys(pl.Series([key, "1", "粤"])).to_list() == [key] * is_raw
    (masked, nothing) = masked_keys(pl.Series([key, None]))
    assert (MASK in masked, nothing) == (is_raw, None)
    assert masked == key or is_raw


@pytest.mark.parametrize(
    ("number", "is_raw"),
    [
        pytest.param("440301700101123", True, id="an identity number of 15 digits"),
        pytest.param(" ４４０３０１ 700101 123", True, id="in groups, in full width"),
        pytest.param("440301700230123", False, id="born on no day"),
        pytest.param("440301700101128", False, id="a registration number: its check character agrees"),
        pytest.param("440301010112014", False, id="a division and an organisation code"),
        pytest.param("440301103456789", False, id="no day of birth"),
        pytest.param(ACME, False, id="a code of an enterprise"),
    ],
)
def test_an_identity_in_a_number_of_an_enterprise(number: str, is_raw: bool) -> None:
    assert in_numbers(pl.Series([number, "1"])).to_list() == [number] * is_raw
    assert masked_numbers(pl.Series([number, None])).to_list() == [MASK if is_raw else number, None]


@pytest.mark.parametrize("tax_id", ["440301700101123", "11010519491231002X01"])
def test_a_taxpayer_number_that_is_a_person_s_is_not_stored(tmp_path: Path, tax_id: str) -> None:
    lake = make_lake(tmp_path)
    assert land_rows(lake, TAX_REGISTRATION, [tax_registration(ACME, tax_id=tax_id)]).quarantined == 1
    (waiting,) = list_waiting(lake)
    assert waiting.code == "person"


def test_a_person_s_number_in_the_place_of_a_code_is_not_kept(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    assert land_rows(lake, COURT_CASE, [court_case("440301700101123", "某店")]).quarantined == 1
    with lake.catalogue.connect() as connection:
        (cells,) = connection.scalars(select(Quarantined.cells))
    assert MASK in cells
    assert "700101" not in cells


def test_a_code_of_an_enterprise_that_reads_as_an_identity_number_is_none() -> None:
    codes = (compose_uscc("31", "440319", f"{year:02}0101{n:02}") for year in range(100) for n in range(100))
    code = next(one for one in codes if one[16] != "X" and person_check_character(one[:17]) == one[17])
    assert in_keys(pl.Series([code])).is_empty()
    assert masked_keys(pl.Series([code])).to_list() == [code]


def person_check_character(first_17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first_17, weights, strict=True)) % 11]


def test_no_text_at_all() -> None:
    nothing = pl.Series([None], dtype=pl.String)
    for find in (in_free_text, in_keys):
        assert find(nothing).is_empty()
        assert find(nothing.clear()).is_empty()
    for mask in (masked_text, masked_keys):
        assert mask(nothing).to_list() == [None]
        assert mask(nothing.clear()).is_empty()
