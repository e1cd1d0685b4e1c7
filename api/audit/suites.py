"""Suites: the hash and the signature that evidence is made with. Every row of evidence names its own.

A new suite is a line of `SUITES`; its hash a line of `HASHES`; its signature an algorithm that a `Signer`'s keys can
do. Rows written before keep their names and are checked by them, and a tree under the new hash takes in every leaf as
it stands, so that no stored row is touched. SM3 is here wherever OpenSSL has it; SM2 waits for a library that signs it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

Hash = Callable[[bytes], bytes]
"""The 32 bytes of a digest over some bytes."""


@dataclass(frozen=True)
class Suite:
    """hash_alg: a name of `HASHES`. signature_alg: the `alg` of its JWS (RFC 7518, RFC 9864)."""

    hash_alg: str
    signature_alg: str


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


HASHES: dict[str, Hash] = {
    "SHA-256": _sha256,
    "SHA3-256": partial(_digest, "sha3_256"),
    "SM3": partial(_digest, "sm3"),
}
"""By the name that is stored: FIPS 180-4, FIPS 202, GB/T 32905-2016."""

STANDARD = Suite("SHA-256", "Ed25519")
"""What the platform writes with."""

SUITES = (STANDARD, Suite("SHA3-256", "Ed25519"), Suite("SM3", "Ed25519"))
"""What it can write and check."""


class UnknownAlgorithm(ValueError):
    """A row names an algorithm that no suite has."""


def hash_of(hash_alg: str) -> Hash:
    """The hash of a stored name; raises `UnknownAlgorithm`."""
    try:
        return HASHES[hash_alg]
    except (KeyError, TypeError) as problem:
        raise UnknownAlgorithm(f"no suite has the hash {hash_alg!r}") from problem


def digest_name(hash_alg: str) -> str:
    """The key of a digest in an answer's `evidence`: `sha256`, `sha3_256`, `sm3`."""
    return {"SHA-256": "sha256", "SHA3-256": "sha3_256", "SM3": "sm3"}[hash_alg]
