"""Public keys of clients: a JWK set as it is handed in, checked key by key."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from api.compact_jws import proven_payload
from bureau.errors import InvalidInput

ALGORITHMS: Mapping[str, tuple[str, ...]] = {
    "EC": ("ES256",),
    "RSA": ("PS256", "RS256"),
    "OKP": ("Ed25519", "EdDSA"),
}
"""What a key of each type may sign an assertion with. A shared key (`oct`) is no public key."""
_LEAST_RSA_BITS = 2048
_SHAPES = "an EC key on P-256, an RSA key of 2,048 bits or more, or an Ed25519 key"


def read_jwks(text: str) -> dict[str, dict[str, Any]]:
    """The public keys of a JWK set, by `kid`; a key without one is named by its RFC 7638 thumbprint.

    Raises `InvalidInput` for what is no set of public keys, for a private key and for two of one name.
    """
    try:
        keys = json.loads(text)["keys"]
        listed = [key for key in keys if isinstance(key, dict)]
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise InvalidInput('The keys are not a JWK set: write {"keys": [...]} as RFC 7517 does.') from problem
    if not listed or len(listed) != len(keys):
        raise InvalidInput("The JWK set holds no key, or something that is none.")
    read = [_public(key) for key in listed]
    named = {str(key["kid"]): key for key in read}
    if len(named) != len(read):
        raise InvalidInput("Two keys of the set have the same kid; give each its own.")
    return named


def signed_by(signature: str, keys: Iterable[dict[str, Any]], payload: bytes | None = None) -> str | None:
    """The `kid` of the key that made a compact JWS, of kept ones; None where none of them did. payload: of a detached
    one."""
    for jwk in keys:
        if proven_payload(signature, import_key(jwk), ALGORITHMS[jwk["kty"]], payload) is not None:
            return str(jwk["kid"])
    return None


def _public(jwk: dict[str, Any]) -> dict[str, Any]:
    try:
        key = import_key({name: value for name, value in jwk.items() if name not in ("use", "key_ops", "alg")})
    except (JoseError, ValueError, TypeError) as problem:
        raise InvalidInput(f"A key of the set cannot be read; give {_SHAPES}.") from problem
    if not isinstance(key, ECKey | RSAKey | OKPKey):
        raise InvalidInput(f"A key of the set is a shared secret; give {_SHAPES}.")
    if key.is_private:
        raise InvalidInput("A key of the set is private. Keep it; hand in its public half, and replace the key.")
    if not _strong(key):
        raise InvalidInput(f"A key of the set is too weak or of another curve; give {_SHAPES}.")
    return {**key.as_dict(private=False), "kid": str(jwk.get("kid") or key.thumbprint())}


def _strong(key: ECKey | RSAKey | OKPKey) -> bool:
    if isinstance(key, RSAKey):
        return bool(key.raw_value.key_size >= _LEAST_RSA_BITS)
    return key.curve_name == ("P-256" if isinstance(key, ECKey) else "Ed25519")
