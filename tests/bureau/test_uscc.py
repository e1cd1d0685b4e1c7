"""Codes: both check characters, cleaning, suggestions that are never taken silently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.errors import ImpossibleUscc
from bureau.uscc import (
    ALPHABET,
    PLACEHOLDER_DIVISION,
    check_character,
    clean,
    compose_uscc,
    is_uscc,
    organisation_check_character,
    parse_uscc,
    placeholder_uscc,
)

bodies = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)
codes = st.builds(compose_uscc, st.just("91"), st.sampled_from(["440300", "440305", "999999"]), bodies)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("9144030071526726XG", id="published, X inside"),
        pytest.param("914403001922038216", id="published, digits only"),
        pytest.param("91350100M000100Y43", id="letters J to Y take the right values"),
    ],
)
def test_published_codes_are_valid(code: str) -> None:
    assert parse_uscc(code) == code


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        pytest.param("９１４４０３００１９２２０３８２１６", "914403001922038216", id="full width"),
        pytest.param(" 9144 0300 1922\t038216\n", "914403001922038216", id="blanks"),
        pytest.param("9144030071526726xg", "9144030071526726XG", id="lower case"),
    ],
)
def test_cleaning_changes_no_character_for_another(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned
    assert parse_uscc(written) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("91440300192203821", id="17 characters"),
        pytest.param("9144030019220382166", id="19 characters"),
        pytest.param("914403001922038217", id="last check character wrong"),
        pytest.param("91440300192203822" + check_character("91440300192203822"), id="organisation check wrong"),
        pytest.param("9144030019220382Z6", id="Z is not in the alphabet"),
        pytest.param("91AA03001922038216", id="letters in the division"),
        pytest.param("统一社会信用代码一二三四五六七八九十", id="Chinese text"),
    ],
)
def test_impossible_codes_are_refused(text: str) -> None:
    with pytest.raises(ImpossibleUscc):
        parse_uscc(text)


def test_a_look_alike_is_suggested_and_not_taken() -> None:
    with pytest.raises(ImpossibleUscc, match="Did you mean 914403001922038216") as caught:
        parse_uscc("9I44O30019ZZ038Z16")
    assert caught.value.suggestion == "914403001922038216"


def test_organisation_code_of_the_standard() -> None:
    assert organisation_check_character("D2143569") == "X"


@given(codes)
def test_composed_codes_are_valid(code: str) -> None:
    assert is_uscc(code)


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(code: str, position: int, character: str) -> None:
    changed = code[:position] + character + code[position + 1 :]
    assert is_uscc(changed) == (changed == code)


@given(st.text(max_size=40))
def test_rubbish_is_refused_with_a_sentence(text: str) -> None:
    if is_uscc(clean(text)):
        assert parse_uscc(text) == clean(text)
    else:
        with pytest.raises(ImpossibleUscc, match="unified social credit code"):
            parse_uscc(text)


@given(st.text(min_size=1, max_size=20))
def test_placeholders_are_valid_stable_and_reserved(key: str) -> None:
    code = placeholder_uscc("cumcm", key)
    assert is_uscc(code)
    assert code[2:8] == PLACEHOLDER_DIVISION
    assert code == placeholder_uscc("cumcm", key)
    assert code != placeholder_uscc("sba", key)
