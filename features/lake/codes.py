"""The two check characters of whole columns of unified social credit codes at once; the rule is `bureau.uscc`'s."""

import numpy as np
import polars as pl

from bureau.uscc import ALPHABET

_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IMPOSSIBLE = -1
_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])
_BODY_WEIGHTS = np.array([3 * pow(6, i, 11) % 11 for i in range(8)])  # 3 7 9 10 5 8 4 2 of GB 11714
_BODY_CHECKS = np.frombuffer(b"0X987654321", dtype=np.uint8)  # by the weighted sum modulo 11


def _values(alphabet: str) -> np.ndarray:
    table = np.full(256, _IMPOSSIBLE, dtype=np.int16)
    table[np.frombuffer(alphabet.encode(), dtype=np.uint8)] = np.arange(len(alphabet))
    return table


_VALUE, _BODY_VALUE = _values(ALPHABET), _values(_BODY_ALPHABET)


def clean_codes(codes: pl.Series) -> pl.Series:
    """Full width to half width, upper case, no blanks; changes no character for another.

    Each code is cleaned once, however many rows bear it; nearly always all are clean as they come.
    """
    written = codes.unique()
    cleaned = written.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"\s", "")
    return codes if cleaned.equals(written) else codes.replace_strict(written, cleaned, return_dtype=pl.String)


def impossible_codes(codes: pl.Series) -> pl.Series:
    """Those of some cleaned codes, each once, that no enterprise can have."""
    unique = codes.drop_nulls().unique()
    shaped = unique.str.len_bytes() == 18
    candidates = unique.filter(shaped)
    wrong = candidates.filter(~pl.Series(_agree(candidates)))
    return pl.concat([unique.filter(~shaped), wrong]).alias("uscc")


def _agree(codes: pl.Series) -> np.ndarray:
    """Whether each code of 18 bytes is in the alphabet and both its check characters agree."""
    text = np.frombuffer("".join(codes.to_list()).encode(), dtype=np.uint8).reshape(-1, 18)
    values = _VALUE[text]
    digits = ((text[:, 2:8] >= ord("0")) & (text[:, 2:8] <= ord("9"))).all(axis=1)
    last = -(values[:, :17] @ _WEIGHTS) % 31
    body = _BODY_CHECKS[(_BODY_VALUE[text[:, 8:16]] @ _BODY_WEIGHTS) % 11]
    agree: np.ndarray = (values >= 0).all(axis=1) & digits & (last == values[:, 17]) & (body == text[:, 16])
    return agree
