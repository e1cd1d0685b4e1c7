"""Stored answers cannot be read without the key, changed, or put in another's place."""

import hashlib
import zlib
from pathlib import Path

import pytest

import api.vault as vault_module
from api.vault import open_vault
from bureau.errors import AnswerDamaged, InvalidInput

ANSWER = '{"subject": {"name": "南山某某科技有限公司"}}'.encode()


def test_what_is_sealed_is_opened() -> None:
    vault = open_vault("one secret")
    assert vault.open(vault.seal(ANSWER, "call-1"), "call-1") == ANSWER


def test_sealed_bytes_tell_nothing_and_never_repeat() -> None:
    vault = open_vault("one secret")
    first, second = vault.seal(ANSWER, "call-1"), vault.seal(ANSWER, "call-1")
    assert first != second
    assert "南山".encode() not in first


def test_a_long_answer_takes_less_than_it_says() -> None:
    assert len(open_vault("one secret").seal(ANSWER * 100, "call-1")) < len(ANSWER) * 10


def test_an_answer_takes_little_of_what_all_answers_say() -> None:
    said = b'"outcome":"found","result":{"score":683,"grade":"B","pd":0.022997,"base_points":599},"reasons":['
    assert len(open_vault("one secret").seal(said, "call-1")) < len(said)


def test_the_words_of_sealed_answers_stay_as_they_are() -> None:
    """Whoever changes a byte of the file cannot open what is stored: new words are a file of their own."""
    words = Path(vault_module.__file__).with_name("vault_words.txt").read_bytes()
    assert hashlib.sha256(words).hexdigest() == "dbeb1c547400084ba05e7e1e14125d1201348201ed92a637c11660a94ff935b9"


def test_what_was_packed_without_words_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    vault = open_vault("one secret")
    monkeypatch.setattr(vault, "_packing", zlib.compressobj())
    sealed = vault.seal(ANSWER, "call-1")
    assert open_vault("one secret").open(sealed, "call-1") == ANSWER


def test_it_is_opened_in_its_own_place_only() -> None:
    vault = open_vault("one secret")
    with pytest.raises(AnswerDamaged, match="call-2"):
        vault.open(vault.seal(ANSWER, "call-1"), "call-2")


def test_every_flipped_bit_is_noticed() -> None:
    vault = open_vault("one secret")
    sealed = vault.seal(ANSWER, "call-1")
    for place in range(len(sealed) * 8):
        wrong = bytearray(sealed)
        wrong[place // 8] ^= 1 << place % 8
        with pytest.raises(AnswerDamaged):
            vault.open(bytes(wrong), "call-1")


@pytest.mark.parametrize("length", [0, 1, 2, 13, 14, 29])
def test_a_stump_is_noticed(length: int) -> None:
    vault = open_vault("one secret")
    with pytest.raises(AnswerDamaged):
        vault.open(vault.seal(ANSWER, "call-1")[:length], "call-1")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    old = open_vault("first")
    renewed = open_vault("2:second,1:first")
    assert renewed.open(old.seal(ANSWER, "c"), "c") == ANSWER
    sealed = renewed.seal(ANSWER, "c")
    assert renewed.open(sealed, "c") == ANSWER
    with pytest.raises(AnswerDamaged, match="key 2, which BUREAU_SECRET_KEY does not name"):
        old.open(sealed, "c")


@pytest.mark.parametrize("secret", ["", "2:", ":x", "a:b", "0:x", "65536:x", "1:x,1:y", "1:x,", "x,y"])
def test_a_secret_that_cannot_be_meant(secret: str) -> None:
    with pytest.raises(InvalidInput, match="VERSION:SECRET"):
        open_vault(secret)
