"""Signing keys of the platform: Ed25519 pairs kept in the home, detached signatures, the public key set."""

import json
import os
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cached_property
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

ALGORITHM = "Ed25519"
"""The fully specified name of RFC 9864 for what older texts call EdDSA."""


class Signer:
    """One key file: a private JWK set whose first key signs; every key of it still verifies."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys
        self._current = keys.keys[0]

    @property
    def kid(self) -> str:
        """The current key's id: its RFC 7638 thumbprint."""
        return str(self._current.kid)

    def sign(self, payload: bytes, **header: str) -> str:
        """A compact JWS with the payload inside."""
        return jws.serialize_compact(self._header | header, payload, self._current, algorithms=[ALGORITHM])

    def sign_detached(self, payload: bytes) -> str:
        """A JWS beside its payload (RFC 7515 appendix F): header, an empty middle, signature."""
        return jws.detach_content(self.sign(payload))

    def verify(self, token: str) -> bytes | None:
        """The payload of a compact JWS of ours, or None."""
        return self._verified(token, None)

    def verify_detached(self, signature: str, payload: bytes) -> bool:
        """Whether a detached JWS is ours and is over exactly these bytes."""
        return self._verified(signature, payload) is not None

    def public_keys(self) -> list[dict[str, Any]]:
        """Public JWKs with `kid`, `use` and `alg`."""
        return [key.as_dict(private=False, use="sig", alg=ALGORITHM) for key in self._keys]

    @cached_property
    def _header(self) -> dict[str, str]:
        return {"alg": ALGORITHM, "kid": self.kid}

    def _verified(self, token: str, payload: bytes | None) -> bytes | None:
        try:
            found = jws.deserialize_compact(token, self._keys, algorithms=[ALGORITHM], payload=payload)
        except (JoseError, ValueError):
            return None
        return found.payload if _has_one_spelling(token) else None


def _has_one_spelling(token: str) -> bool:
    """Whether the unused bits of the signature's last character are 0: another text would verify as well."""
    signature = token.rpartition(".")[2]
    return urlsafe_b64encode(urlsafe_b64decode(signature + "==")).decode().rstrip("=") == signature


def open_signer(home: Path, name: str) -> Signer:
    """The signer of `home/keys/NAME.json`, made (mode 0600) when it is missing."""
    path = home / "keys" / f"{name}.json"
    if not path.exists():
        _write_new_keys(path)
    return Signer(KeySet.import_key_set(json.loads(path.read_text())))


def jwks(*signers: Signer) -> dict[str, Any]:
    """The public key set of several signers, as `/.well-known/jwks.json` shows it."""
    return {"keys": [key for signer in signers for key in signer.public_keys()]}


def _write_new_keys(path: Path) -> None:
    """Write a new key set in one step: of two processes that start together, the first one's key stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = KeySet([OKPKey.generate_key("Ed25519", auto_kid=True)])
    handle, made = tempfile.mkstemp(dir=path.parent)  # mode 0600 from the start
    with os.fdopen(handle, "w") as file:
        json.dump(keys.as_dict(private=True), file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        Path(made).unlink()
