"""Signing keys of the platform: Ed25519 pairs kept in the home, detached signatures, the public key set."""

import json
import os
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.jwk import Key, KeySet, OKPKey

from api.audit.suites import STANDARD, Suite
from api.compact_jws import proven_payload

ALGORITHM = STANDARD.signature_alg
"""The fully specified name of RFC 9864 for what older texts call EdDSA."""


class Signer:
    """One key file: a private JWK set whose first key signs; every key of it still verifies.

    A process that runs while the file is replaced signs with the new first key from its next signature on.
    suite: what evidence is made with where this signer signs it.
    """

    def __init__(self, keys: KeySet, path: Path | None = None, suite: Suite = STANDARD) -> None:
        self._read, self._path, self.suite = keys, path, suite
        self._read_of = _written_at(path)
        self._kids = _kids_of(keys)

    def under(self, suite: Suite) -> "Signer":
        """The same keys under another suite."""
        return Signer(self._keys, self._path, suite)

    @property
    def kid(self) -> str:
        """The current key's id: its RFC 7638 thumbprint."""
        return str(self._keys.keys[0].kid)

    @property
    def kids(self) -> tuple[str, ...]:
        """The ids of all keys that verify, the current one first."""
        _ = self._keys
        return self._kids

    def sign(self, payload: bytes, **header: str) -> str:
        """A compact JWS with the payload inside."""
        current = self._keys.keys[0]
        protected = {"alg": ALGORITHM, "kid": str(current.kid)} | header
        return jws.serialize_compact(protected, payload, current, algorithms=[ALGORITHM])

    def sign_detached(self, payload: bytes) -> str:
        """A JWS beside its payload (RFC 7515 appendix F): header, an empty middle, signature."""
        return self.signing()(payload)

    def signing(self) -> Callable[[bytes], str]:
        """`sign_detached` with the key that is the first one now, for a group of payloads.

        To look at the file gives the turn to another thread, which once a payload would cost as much as signing it.
        """
        current: Any = self._keys.keys[0]
        header, sign = _header(str(current.kid)), current.get_op_key("sign").sign

        def detached(payload: bytes) -> str:
            signature = sign(header + b"." + urlsafe_b64encode(payload).rstrip(b"="))
            return f"{header.decode()}..{urlsafe_b64encode(signature).rstrip(b'=').decode()}"

        return detached

    def verify(self, token: str, algorithm: str = ALGORITHM) -> bytes | None:
        """The payload of a compact JWS of ours, or None."""
        return self._verified(token, None, algorithm)

    def verify_detached(self, signature: str, payload: bytes, algorithm: str = ALGORITHM) -> bool:
        """Whether a detached JWS is ours and is over exactly these bytes."""
        return self._verified(signature, payload, algorithm) is not None

    def public_keys(self) -> list[dict[str, Any]]:
        """Public JWKs with `kid`, `use` and `alg`."""
        return [key.as_dict(private=False, use="sig", alg=ALGORITHM) for key in self._keys]

    @property
    def _keys(self) -> KeySet:
        written_at = _written_at(self._path)
        if self._path is not None and written_at not in (None, self._read_of):
            self._read, self._read_of = _read_keys(self._path), written_at
            self._kids = _kids_of(self._read)
        return self._read

    def _verified(self, token: str, payload: bytes | None, algorithm: str) -> bytes | None:
        found = proven_payload(token, self._keys, [algorithm], payload)
        return found if found is not None and _has_one_spelling(token) else None


@lru_cache(maxsize=16)
def _header(kid: str) -> bytes:
    """The header of a detached JWS as it is signed; the library's checks of it cost as much as the signature."""
    return urlsafe_b64encode(json.dumps({"alg": ALGORITHM, "kid": kid}, separators=(",", ":")).encode()).rstrip(b"=")


def _has_one_spelling(token: str) -> bool:
    """Whether the unused bits of the signature's last character are 0: another text would verify as well."""
    signature = token.rpartition(".")[2]
    return urlsafe_b64encode(urlsafe_b64decode(signature + "==")).decode().rstrip("=") == signature


def open_signer(home: Path, name: str) -> Signer:
    """The signer of `home/keys/NAME.json`, made (mode 0600) when it is missing."""
    return Signer(open_keys(home, name, _new_key), key_file(home, name))


def rotate_keys(home: Path, name: str, *, keep_former: bool = True) -> Signer:
    """Put a new first key into the file of a signer; what the former ones signed still verifies, if they are kept.

    Running servers take it up by themselves.
    """
    put_first(home, name, _new_key, keep_former=keep_former)
    return open_signer(home, name)


def open_keys(home: Path, name: str, make: Callable[[], Key]) -> KeySet:
    """The private keys of `home/keys/NAME.json`, the current one first; a first one is made when it is missing."""
    path = key_file(home, name)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = _write_aside(path, KeySet([make()]))
        with suppress(FileExistsError):  # of two processes that start together, the first one's key stays
            path.hardlink_to(made)
        made.unlink()
    return _read_keys(path)


def put_first(home: Path, name: str, make: Callable[[], Key], *, keep_former: bool = True) -> None:
    """Put a new key before the others of a file, or in their place."""
    former = open_keys(home, name, make).keys if keep_former else []
    path = key_file(home, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_aside(path, KeySet([make(), *former])).replace(path)


def jwks(*signers: Signer) -> dict[str, Any]:
    """The public key set of several signers, as `/.well-known/jwks.json` shows it."""
    return {"keys": [key for signer in signers for key in signer.public_keys()]}


def key_file(home: Path, name: str) -> Path:
    """Where the keys of a name are kept."""
    return home / "keys" / f"{name}.json"


def _kids_of(keys: KeySet) -> tuple[str, ...]:
    return tuple(str(key.kid) for key in keys)


def _written_at(path: Path | None) -> tuple[int, int] | None:
    """What tells one writing of a file from the next: each is a file of its own."""
    try:
        found = path.stat() if path is not None else None
    except FileNotFoundError:  # a file that is gone changes no key
        found = None
    return None if found is None else (found.st_ino, found.st_mtime_ns)


def _read_keys(path: Path) -> KeySet:
    return KeySet.import_key_set(json.loads(path.read_text()))


def _new_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", auto_kid=True)


def _write_aside(path: Path, keys: KeySet) -> Path:
    """A key set in a file of its own beside `path`, to be put in its place in one step."""
    handle, made = tempfile.mkstemp(dir=path.parent)  # mode 0600 from the start
    with os.fdopen(handle, "w") as file:
        json.dump(keys.as_dict(private=True), file)
        file.flush()
        os.fsync(file.fileno())
    return Path(made)
