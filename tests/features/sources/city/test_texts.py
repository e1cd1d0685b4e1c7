"""Texts made all at once are those Python would make one by one."""

import numpy as np

from features.sources.city.texts import digits, hexadecimal, texts

NUMBERS = np.array([0, 1, 255, 2**63, 2**64 - 1], dtype=np.uint64)


def test_numbers_are_written_in_sixteen_hexadecimal_digits() -> None:
    assert hexadecimal(NUMBERS).to_list() == [f"{number:016x}" for number in NUMBERS.tolist()]


def test_digits_are_the_last_ones_with_leading_zeros() -> None:
    assert digits(np.array([7, 440306, 12_345_678]), 6).tolist() == [
        [0, 0, 0, 0, 0, 7],
        [4, 4, 0, 3, 0, 6],
        [3, 4, 5, 6, 7, 8],
    ]


def test_no_rows_are_no_texts() -> None:
    assert texts(np.zeros((0, 5), dtype=np.uint8)).to_list() == []
    assert hexadecimal(NUMBERS[:0]).to_list() == []
