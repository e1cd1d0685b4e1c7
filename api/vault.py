"""Stored answers are sealed: compressed, then encrypted with AES-256-GCM under a key that has a version.

A sealed blob is the key's version (2 bytes, big-endian), a nonce (12 bytes) and the ciphertext with its tag. What it
belongs to (the call's id) is authenticated with it, so that no blob can stand in another's place. Keys come from
`BUREAU_SECRET_KEY`: one secret, or `VERSION:SECRET` pairs separated by commas, of which the first seals and all open.

Answers repeat one another: compressed alone an answer keeps two fifths of its bytes, with the words that all are made
of in sight of the packer a seventh. A packed answer names its words by their Adler-32 (RFC 1950), so that new words
are a new file, and what was packed with the old ones is unpacked with them.
"""

import hashlib
import hmac
import zlib
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.randomness import random_bytes
from api.secret import platform_secret
from bureau.errors import AnswerDamaged, InvalidInput
from bureau.settings import Settings

_NONCE_BYTES = 12
_LEVEL, _WINDOW_BITS, _MEMORY = 3, 14, 6
"""The smallest window that the words fit into: every answer begins with a copy of it."""
_WORDS = (Path(__file__).parent / "vault_words.txt").read_bytes()
"""Never changed: without it no answer packed with it can be read."""
_KNOWN_WORDS = {zlib.adler32(words).to_bytes(4, "big"): words for words in (_WORDS,)}
_NAMES_WORDS = 0x20
_PURPOSE, _LOTS = b"bureau stored answers", b"bureau lots"


class Vault:
    """Seals with its newest key, opens with any."""

    def __init__(self, keys: Mapping[int, bytes], newest: int) -> None:
        self._keys = {version: AESGCM(_derived(secret, _PURPOSE)) for version, secret in keys.items()}
        self._newest = newest
        self._lots = _derived(keys[min(keys)], _LOTS)
        self._packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY, zdict=_WORDS)

    def seal(self, content: bytes, call_id: str) -> bytes:
        """A blob that only `open` for the same call reads."""
        nonce = random_bytes(_NONCE_BYTES)
        packing = self._packing.copy()
        packed = packing.compress(content) + packing.flush()
        return (
            self._newest.to_bytes(2, "big") + nonce + self._keys[self._newest].encrypt(nonce, packed, call_id.encode())
        )

    def open(self, blob: bytes, call_id: str) -> bytes:
        """The sealed content; raises `AnswerDamaged` where it was changed, is another's, or its key is not given."""
        version, nonce, sealed = int.from_bytes(blob[:2], "big"), blob[2 : 2 + _NONCE_BYTES], blob[2 + _NONCE_BYTES :]
        key = self._keys.get(version)
        if key is None:
            raise AnswerDamaged(call_id, f"it is sealed with key {version}, which BUREAU_SECRET_KEY does not name")
        try:
            return _unpacked(key.decrypt(nonce, sealed, call_id.encode()))
        except (InvalidTag, ValueError, zlib.error) as problem:
            raise AnswerDamaged(call_id, "its sealed bytes were changed, or sealed with another key") from problem

    def lot(self, name: str) -> bytes:
        """A digest that nobody without the platform's secret foretells; under the oldest key, so that newer ones leave
        it as it is."""
        return hmac.digest(self._lots, name.encode(), hashlib.sha256)


def home_vault(settings: Settings) -> Vault:
    """The vault of a home: of `BUREAU_SECRET_KEY`, or of the secret that is kept in it."""
    return open_vault(platform_secret(settings))


def open_vault(secret: str) -> Vault:
    """The vault of `BUREAU_SECRET_KEY`; raises `InvalidInput` where a version is no number or stands twice."""
    keys: dict[int, bytes] = {}
    for part in secret.split(","):
        version, colon, key = part.strip().partition(":")
        if not colon:
            version, key = "1", part.strip()
        if not version.isdecimal() or not 0 < int(version) < 1 << 16 or not key or int(version) in keys:
            raise InvalidInput(
                "BUREAU_SECRET_KEY is one secret, or VERSION:SECRET pairs separated by commas, each version once."
            )
        keys[int(version)] = key.encode()
    return Vault(keys, next(iter(keys)))


def _unpacked(packed: bytes) -> bytes:
    words = _KNOWN_WORDS.get(packed[2:6], b"") if packed[1] & _NAMES_WORDS else b""
    unpacking = zlib.decompressobj(zdict=words)
    content = unpacking.decompress(packed)
    if not unpacking.eof:
        raise ValueError("it ends too early")
    return content


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret)
