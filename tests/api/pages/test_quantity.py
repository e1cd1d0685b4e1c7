"""What a reader sees: exact amounts, signs that show, titles of columns and features."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.quantity import cell, column_title, feature_label, quantity, signed, yuan
from features.definitions.library import published


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        pytest.param(0, "0.00", id="nothing"),
        pytest.param(5, "0.05", id="five fen"),
        pytest.param(-5, "-0.05", id="a reversal of five fen"),
        pytest.param(123_456_789, "1,234,567.89", id="thousands"),
        pytest.param(2**53 + 1, "90,071,992,547,409.93", id="more than a float can hold"),
    ],
)
def test_fen_as_yuan(fen: int, shown: str) -> None:
    assert yuan(fen) == shown


@given(st.integers(-(10**18), 10**18))
def test_no_fen_is_lost(fen: int) -> None:
    assert int(yuan(fen).replace(",", "").replace(".", "")) == fen


def test_points_show_their_sign() -> None:
    assert (signed(31), signed(-31), signed(0)) == ("+31", "−31", "+0")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        pytest.param(None, "fen", "—", id="unknown is not zero"),
        pytest.param(0, "fen", "0.00 元", id="zero is not unknown"),
        pytest.param(1_000_000, "fen", "10,000.00 元", id="an amount"),
        pytest.param(0.256, "share", "25.6%", id="a share"),
        pytest.param(-0.5, "change", "-50.0%", id="a fall"),
        pytest.param(2500, "bp", "25.00%", id="basis points"),
        pytest.param(2.0, "notices", "2", id="a count"),
        pytest.param(1_234_567.0, "kwh", "1,234,567", id="a large count"),
        pytest.param(0.0792956, "ratio", "0.0793", id="a part of one"),
        pytest.param(23.9167, "customers", "23.92", id="a mean"),
        pytest.param(-100.0, "days", "-100", id="zeros that count"),
        pytest.param(-0.00001, "ratio", "0", id="too little below zero to have a sign"),
        pytest.param("A", "grade", "A", id="a word"),
    ],
)
def test_a_value_in_its_unit(value: float | str | None, unit: str, shown: str) -> None:
    assert quantity(value, unit, "zh") == shown


def test_cells() -> None:
    assert cell("fine_fen", 1_000_000) == "10,000.00"
    assert (cell("act", None), cell("act", "逾期"), cell("justified", True)) == ("—", "逾期", "✓")


def test_column_titles() -> None:
    assert column_title("F34", "fine_fen", "zh") == "罚款（元）"
    assert column_title("F34", "fine_fen", "en") == "fine (CNY)"
    assert column_title("F34", "record_id", "zh") == "记录编号"
    assert column_title("F99", "gone", "zh") == "gone"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_feature_has_a_label(language: str) -> None:
    for entry in published():
        assert feature_label(entry.name, language) in (entry.label, entry.label_en)
    assert feature_label("a_feature_of_long_ago", language) == "a_feature_of_long_ago"
