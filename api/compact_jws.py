"""A compact JWS (RFC 7515) as anybody may send it: proven by a key, or only read. A malformed one is none."""

from collections.abc import Collection
from typing import Any

from joserfc import jws
from joserfc.jwk import Key, KeySet


def proven_payload(
    token: str, key: Key | KeySet, algorithms: Collection[str], payload: bytes | None = None
) -> bytes | None:
    """What a key signed, or None. payload: of a detached one."""
    try:
        return jws.deserialize_compact(token, key, algorithms=algorithms, payload=payload).payload
    except Exception:  # whatever it is: the library tests the shape of few header parameters, and they are a stranger's
        return None


def unproven(token: str) -> tuple[dict[str, Any], bytes] | None:
    """Header and payload, of which nothing is proven; None for what cannot be read."""
    try:
        read = jws.extract_compact(token.encode())
        header = read.headers()
    except Exception:  # whatever it is: this too begins with a stranger's header
        return None
    return (header, read.payload) if isinstance(header, dict) else None
