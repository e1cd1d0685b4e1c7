"""Texts without whom they speak of: codes of enterprises, numbers of persons, addresses, tokens are masked."""

import re

MASK = "[masked]"
_NAMING = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9A-Za-z]{2}\d{6}[0-9A-Za-z]{9}[0-9A-Za-z]"  # a unified social credit code, or an identity number
    r"|\d{15}"  # a registration number, or an identity number of the first generation
    r"|1[3-9]\d{9}"  # a mobile number
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON Web Token
    r"|whsec_[\w+/=-]+"
    r")(?![0-9A-Za-z])",
    re.ASCII,
)
_ROWS = re.compile(r"(DETAIL|Failing row contains|CONTEXT): ?[^\n]*")


def redacted(text: str) -> str:
    """The same text with a mask in place of everything that names somebody, and without rows a database quotes."""
    return _NAMING.sub(MASK, _ROWS.sub(MASK, text))
