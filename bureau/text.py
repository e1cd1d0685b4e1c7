"""Texts in a caller's own words, which are stored, logged and shown to others."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from bureau.person import holds_identity_number

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line of text: no control characters, which logs and PostgreSQL would choke on."""


def is_text(found: str) -> bool:
    """Whether it can be written down: half a surrogate pair cannot."""
    try:
        found.encode()
    except UnicodeEncodeError:
        return False
    return True


def _of_no_person(text: str) -> str:
    if holds_identity_number(text):
        raise ValueError("holds a person's identity number, which is kept nowhere here; send none")
    return text


FreeLine = Annotated[Line, AfterValidator(_of_no_person)]
"""A line in the caller's own words, without a person's identity number: what is stored or logged must hold none."""
