"""What a raw identity of a natural person looks like in a text, however it is written.

Identity numbers of 18 or 15 digits, mobile numbers, e-mail addresses: in characters of full or half width, with
blanks, hyphens, dots or strokes between the digits, with the prefix +86 or 0086.
"""

import numpy as np
import polars as pl

from features.lake.codes import impossible_codes

MASK = "[身份信息已遮盖]"
"""Stands where a raw identity stood; a row that holds it goes on waiting for the department's corrected one."""

_GAP, _DIGIT = r"[\t-\r ._/-]", "[0-9]"
_SOME = _GAP + "{0,3}"
_REGION = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"


def _spaced(*digits: str) -> str:
    return _SOME.join(digits)


def _either(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_MONTH = _either(_spaced("0", "[1-9]"), _spaced("1", "[0-2]"))
_DAY = _either(_spaced("0", "[1-9]"), _spaced("[12]", _DIGIT), _spaced("3", "[01]"))
_ANY_YEAR = _either(_spaced("1", "[89]", _DIGIT, _DIGIT), _spaced("2", "0", _DIGIT, _DIGIT))
_AFTER_DAY = (*[_DIGIT] * 3, "[0-9Xx]")
_OF_18 = _spaced("[1-9]", *[_DIGIT] * 5, _ANY_YEAR, _MONTH, _DAY, *_AFTER_DAY)
_OF_15 = f"{_REGION}[0-9]{{4}}{_SOME}[0-9][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]){_SOME}[0-9]{{3}}"
_GROUPS = (
    *(f"1[3-9][0-9]{_SOME}[0-9]{{{second}}}{_SOME}[0-9]{{{8 - second}}}" for second in (3, 4, 5)),
    *(f"1[3-8][0-9][0-9]{_SOME}[0-9]{{{second}}}{_SOME}[0-9]{{{7 - second}}}" for second in (3, 4)),
    f"1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}",
)
"""How the digits of a mobile number are grouped; never as a year, a month and a day are."""
_MOBILE = rf"(?:(?:00)?86{_SOME})?{_either(*_GROUPS)}"
_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"


def _bounded(pattern: str) -> str:
    """The boundaries are ASCII's: a number that follows a Chinese character begins there."""
    return rf"(?:(?-u:\b)|_|(?i-u:tel|phone|mobile|id)){pattern}(?:(?-u:\b)|_)"


_FREE = _bounded(_either(_OF_18, _MOBILE, _OF_15, _MAIL))
_YEAR_OF_AN_ADULT = _either(_spaced("1", "9", _DIGIT, _DIGIT), _spaced("2", "0", "0", _DIGIT))
_ADULT = _spaced(_REGION, *[_DIGIT] * 4, _YEAR_OF_AN_ADULT, _MONTH, _DAY, *_AFTER_DAY)
_NUMBER = _bounded(f"{_ADULT}(?:[0-9A-Za-z]{{2}})?")
"""In numbers of documents and records, where the check character must agree as well. Who signs one was born before
2010; the division, day and serial of a younger document read no otherwise. A sole trader's taxpayer number is the
identity number of 18 characters and two more."""
_ALONE_OF_15 = f"^{_SOME}{_OF_15}{_SOME}$"
_IN_KEYS = _either(_NUMBER, _bounded(_MAIL))
_MASKED = MASK.replace("[", r"\[")

_FOLDABLE = r"[[\p{Nd}\p{No}\p{Pd}\p{Cf}\p{Zs}！-～﹫−]&&[^\x00-\x7F（），：；！？]]"
"""What may stand for a digit, a letter, an @ or a gap, or for nothing; common full-width punctuation does not."""
_LEAST_BYTES = 18
"""Of an identity number: in a shorter key only an @ is looked for."""
_WEIGHTS = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_BODY_WEIGHTS = np.array((3, 7, 9, 10, 5, 8, 4, 2))
"""Of an organisation code (GB 11714); its check character may be 0 for eleven, and X is no digit."""


def in_free_text(texts: pl.Series) -> pl.Series:
    """Those of some texts that hold a raw identity, or a mask."""
    return _matching(texts, _either(_FREE, _MASKED))


def in_keys(keys: pl.Series) -> pl.Series:
    """Those of some numbers of documents and records that hold an identity number, an e-mail address, or a mask.

    Eleven digits are no telephone there, and an enterprise's code is no identity number.
    """
    size = keys.str.len_bytes()
    long = keys.filter((size >= _LEAST_BYTES) | (size != keys.str.len_chars()) | keys.str.contains("@", literal=True))
    suspect = _matching(long, _either(_IN_KEYS, _MASKED))
    if suspect.is_empty():
        return suspect
    return suspect.filter(suspect.str.contains(MASK, literal=True) | _confirmed(_folded(suspect)))


def in_numbers(numbers: pl.Series) -> pl.Series:
    """Those of some registration and taxpayers' numbers that are identity numbers of 15 digits, with a day of birth.

    A number of an enterprise has a check character at its end, by ISO 7064 MOD 11,10 or that of its organisation code.
    """
    suspect = _matching(numbers, _ALONE_OF_15)
    if suspect.is_empty():
        return suspect
    digits = _folded(suspect).str.replace_all("[^0-9]", "")
    born = ("19" + digits.str.slice(6, 6)).str.to_date("%Y%m%d", strict=False).is_not_null()
    return suspect.filter(born & ~_of_enterprises(digits))


def _of_enterprises(numbers: pl.Series) -> pl.Series:
    """Whether each number of 15 digits is a registration number, or a division and an organisation code."""
    digits = np.frombuffer("".join(numbers.to_list()).encode(), dtype=np.uint8).reshape(-1, 15).astype(int) - ord("0")
    rest = np.full(len(digits), 10)
    for place in range(14):
        rest = ((rest + digits[:, place] - 1) % 10 + 1) * 2 % 11
    registered = (11 - rest) % 10 == digits[:, 14]
    return pl.Series(registered | (-(digits[:, 6:14] @ _BODY_WEIGHTS) % 11 == digits[:, 14]), dtype=pl.Boolean)


def masked_numbers(numbers: pl.Series) -> pl.Series:
    """As `masked_keys`, and of what `in_numbers` would find."""
    masked = masked_keys(numbers)
    persons = in_numbers(masked.drop_nulls().unique())
    if persons.is_empty():
        return masked
    return masked.zip_with(~masked.is_in(persons.implode()).fill_null(False), pl.Series([MASK]))


def masked_text(texts: pl.Series) -> pl.Series:
    """Texts with every raw identity masked; a text that holds none stays as it is written."""
    if in_free_text(texts.drop_nulls()).is_empty():
        return texts
    folded = _folded(texts)
    return texts.zip_with(~folded.str.contains(_FREE).fill_null(False), folded.str.replace_all(_FREE, MASK))


def masked_sentence(sentence: str) -> str:
    """A sentence about a file, which may quote it, with every raw identity masked."""
    return str(masked_text(pl.Series([sentence]))[0])


def masked_keys(keys: pl.Series) -> pl.Series:
    """As `masked_text`, of what `in_keys` would find."""
    if in_keys(keys.drop_nulls()).is_empty():
        return keys
    folded = _folded(keys)
    return keys.zip_with(~_confirmed(folded), folded.str.replace_all(_IN_KEYS, MASK))


def _matching(texts: pl.Series, pattern: str) -> pl.Series:
    """Only what is written unusually is folded: most texts are not."""
    plain = texts.str.contains(pattern)
    wide = texts.filter(~plain & (texts.str.len_bytes() != texts.str.len_chars()))
    odd = wide.filter(wide.str.contains(_FOLDABLE))
    found = texts.filter(plain)
    return found if odd.is_empty() else pl.concat([found, odd.filter(_folded(odd).str.contains(pattern))])


def _folded(texts: pl.Series) -> pl.Series:
    """In half width, each dash a hyphen, without characters that have no width."""
    return texts.str.normalize("NFKC").str.replace_all(r"[\p{Pd}−]", "-").str.replace_all(r"\p{Cf}", "")


def _confirmed(folded: pl.Series) -> pl.Series:
    """Whether a key holds an e-mail address, or a number whose check character agrees."""
    found = pl.DataFrame({"key": folded.str.extract_all(_NUMBER)}).with_row_index().explode("key").drop_nulls()
    digits = found["key"].str.to_uppercase().str.replace_all("[^0-9X]", "").str.head(18)
    agreeing = found["index"].filter(_agree(digits) & digits.is_in(impossible_codes(digits).implode()))
    place = pl.int_range(len(folded), dtype=pl.UInt32, eager=True)
    return folded.str.contains(_bounded(_MAIL)).fill_null(False) | place.is_in(agreeing.implode())


def _agree(identities: pl.Series) -> pl.Series:
    """Whether the check character of each number of 18 agrees (GB 11643)."""
    text = np.frombuffer("".join(identities.to_list()).encode(), dtype=np.uint8).reshape(-1, 18)
    return pl.Series(_CHECKS[(text[:, :17] - ord("0")) @ _WEIGHTS % 11] == text[:, 17], dtype=pl.Boolean)
