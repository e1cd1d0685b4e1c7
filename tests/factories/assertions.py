"""A client that proves itself by a key of its own."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import ECKey, Key

ENDPOINT = "https://bureau.example/oauth/token"


def new_key(kid: str = "first") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


def public(*keys: Key) -> dict[str, dict[str, Any]]:
    """Keys as `api.access.public_keys.read_jwks` reads them."""
    return {str(key.kid): key.as_dict(private=False) for key in keys}


def assertion(
    client_id: str,
    key: Key,
    at: datetime,
    *,
    header: dict[str, Any] | None = None,
    lifetime: timedelta = timedelta(minutes=1),
    **changes: Any,
) -> str:
    """A good assertion unless a change says otherwise; a claim changed to None is left out."""
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": ENDPOINT,
        "jti": uuid4().hex,
        "iat": int(at.timestamp()),
        "exp": int((at + lifetime).timestamp()),
    } | changes
    protected = {"alg": "ES256", "kid": str(key.kid)} if header is None else header
    kept = {name: value for name, value in claims.items() if value is not None}
    return jws.serialize_compact(protected, json.dumps(kept).encode(), key, algorithms=[protected["alg"]])


def detached(key: Key, payload: bytes) -> str:
    """A signature beside its payload, as an institution signs a statement."""
    protected = {"alg": "ES256", "kid": str(key.kid)}
    return jws.detach_content(jws.serialize_compact(protected, payload, key, algorithms=["ES256"]))
