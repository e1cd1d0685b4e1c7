"""Whole columns of codes get the verdict a single one gets."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from bureau.uscc import ALPHABET, compose_uscc, is_uscc
from features.lake.codes import clean_codes, impossible_codes
from tests.factories.lakes import ACME

VALID = st.builds(
    compose_uscc,
    st.sampled_from(["91", "92", "51", "12"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=8, max_size=8),
)
NEAR_MISSES = st.builds(
    lambda code, place, character: code[:place] + character + code[place + 1 :],
    VALID,
    st.integers(0, 17),
    st.sampled_from(ALPHABET + "IOSVZ"),
)
ANYTHING = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(st.lists(VALID | NEAR_MISSES | ANYTHING))
def test_the_verdict_is_that_of_a_single_code(codes: list[str]) -> None:
    impossible = impossible_codes(pl.Series("uscc", codes, pl.String))
    assert set(impossible) == {code for code in codes if not is_uscc(code)}


def test_a_body_letter_outside_the_alphabet_is_no_number() -> None:
    # I, O, S, V and Z have values in an organisation code and none in a USCC.
    assert list(impossible_codes(pl.Series(["91440300" + "IIIIIIII" + "00"]))) == ["91440300IIIIIIII00"]


def test_cleaning_changes_width_and_case_and_nothing_else() -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in ACME.lower())
    cleaned = clean_codes(pl.Series([f" {wide} ", "O0", None, "O0"]))
    assert list(cleaned) == [ACME, "O0", None, "O0"]
    assert list(clean_codes(pl.Series([ACME, None]))) == [ACME, None]
