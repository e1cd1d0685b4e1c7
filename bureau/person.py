"""Natural persons as keyed hashes: nobody without the key can list who is meant, or try out all identity numbers."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

from pydantic import SecretBytes

from bureau.errors import InvalidInput

_GAPS = re.compile(r"[\s._/-]")
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-8]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
_WEIGHTS, _CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
LEAST_BYTES = 32
"""A key shorter than the hash it makes is the easier one to guess."""


@dataclass(frozen=True)
class PersonKey:
    """A key and its version, 1 to 255. Rotation makes new hashes under the next version; the old stay readable."""

    version: int
    secret: SecretBytes

    def __post_init__(self) -> None:
        if not 1 <= self.version <= 255 or len(self.secret.get_secret_value()) < LEAST_BYTES:
            raise InvalidInput(f"A person key needs a version from 1 to 255 and at least {LEAST_BYTES} secret bytes.")


def person_hash(identity: str, key: PersonKey) -> str:
    """The keyed hash of an identity number, phone number or address of a person, 64 hexadecimal digits.

    The first two say the key's version, the others are HMAC-SHA-256 of the normalised text: half-width characters,
    upper case, no blanks or hyphens.
    """
    text = unicodedata.normalize("NFKC", identity).upper()
    plain = "".join(character for character in text if not character.isspace() and character != "-")
    if not plain:
        raise InvalidInput("An empty identity names nobody; leave the cell empty.")
    digest = hmac.new(key.secret.get_secret_value(), plain.encode(), hashlib.sha256).hexdigest()
    return f"{key.version:02x}{digest[:62]}"


def holds_identity_number(text: str) -> bool:
    """Whether a text holds an identity number (GB 11643) whose check character agrees, spaced and wide or not."""
    plain = _GAPS.sub("", unicodedata.normalize("NFKC", text))
    return any(_checks(found.group()) for found in _NUMBER.finditer(plain))


def _checks(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[17].upper()
