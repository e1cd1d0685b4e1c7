"""The unified social credit code 统一社会信用代码 (GB 32100-2015): cleaning, both check characters, placeholders."""

import hashlib
import unicodedata
from functools import lru_cache

from bureau.errors import ImpossibleUscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a code; I, O, S, V and Z are left out because they read as digits."""

SAMPLE_DIVISION = "000000"
"""No place: GB/T 2260 begins at 110000, and outside keys stand in the division above. So a sample enterprise's code
passes every check a caller may make of it, and can be neither a real enterprise's nor a placeholder's."""

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
"""Of the first 17 characters of a code."""
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
"""Of the eight characters of an organisation code."""
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"})
PLACEHOLDER_DIVISION = "999999"
"""A reserved division: codes in it stand for outside keys and can never meet a real enterprise."""


def clean(text: str) -> str:
    """Full width to half width, upper case, no blanks. Changes no character for another."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def check_character(first_17: str) -> str:
    """Character 18 of a code: 31 less the weighted sum modulo 31 (weights 3^i mod 31)."""
    total = sum(weight * _VALUE[character] for weight, character in zip(WEIGHTS, first_17, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """Character 9 of an organisation code 组织机构代码 (GB 11714) from its eight body characters 0-9 A-Z."""
    total = sum(weight * int(character, 36) for weight, character in zip(BODY_WEIGHTS, body, strict=True))
    return "0123456789X0"[11 - total % 11]


@lru_cache(maxsize=4096)
def is_uscc(text: str) -> bool:
    """Whether a cleaned text is a code whose two check characters both agree."""
    return (
        len(text) == 18
        and all(character in _VALUE for character in text)
        and text[2:8].isdigit()
        and organisation_check_character(text[8:16]) == text[16]
        and check_character(text[:17]) == text[17]
    )


def parse_uscc(text: str) -> str:
    """The cleaned code; raises `ImpossibleUscc`, with a suggestion where a look-alike would make it valid."""
    code = clean(text)
    if is_uscc(code):
        return code
    suggestion = code.translate(_LOOKALIKES)
    raise ImpossibleUscc(text, suggestion if suggestion != code and is_uscc(suggestion) else None)


def compose_uscc(authority_and_class: str, division: str, body: str) -> str:
    """A valid code from its two leading characters, six division digits and eight organisation characters."""
    first_17 = authority_and_class + division + body + organisation_check_character(body)
    return first_17 + check_character(first_17)


def placeholder_uscc(source: str, outside_key: str) -> str:
    """A valid code in the reserved division for a key that is not a USCC; the same key gives the same code."""
    number = int.from_bytes(hashlib.sha256(f"{source}:{outside_key}".encode()).digest(), "big")
    body = ""
    for _ in range(8):
        number, value = divmod(number, 31)
        body += ALPHABET[value]
    return compose_uscc("91", PLACEHOLDER_DIVISION, body)


def sample_uscc(number: int) -> str:
    """The code of a sample enterprise, by its number."""
    return compose_uscc("91", SAMPLE_DIVISION, f"{number:08d}")


def is_sample(code: str) -> bool:
    """Whether a code is one of test mode, declared or not."""
    return code[2:8] == SAMPLE_DIVISION
