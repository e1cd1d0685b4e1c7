"""Identifiers of calls, consents and reversals: UUID version 7 (RFC 9562), so that they sort by time; and what of a
caller's may be an identifier at all."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from api.randomness import random_bytes
from bureau.clock import to_micros

IDENTIFIER_PATTERN = r"^[0-9A-Za-z-]{1,64}$"
"""What may be one of ours, a client's included. Other text is asked of no database: SQLite and PostgreSQL differ."""
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN)]
"""An identifier in the path of a request."""


def is_identifier(text: str) -> bool:
    """Whether a text may be an identifier of ours."""
    return re.fullmatch(IDENTIFIER_PATTERN, text) is not None


def new_identifier(at: datetime) -> str:
    """A version 7 UUID: 48 bits of milliseconds, 12 bits of the millisecond's fraction, 62 random bits."""
    milliseconds, micros = divmod(to_micros(at), 1000)
    fraction = micros * 4096 // 1000
    number = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | _random_bits(62)
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _random_bits(count: int) -> int:
    return int.from_bytes(random_bytes(8)) >> (64 - count)
