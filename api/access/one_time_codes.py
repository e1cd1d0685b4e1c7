"""One-time codes of enterprises (RFC 6238): six digits, thirty seconds, used once; nothing of them is stored.

An authenticator is set up with the address that `bureau clients create --role enterprise` prints. Its key follows
from the deployment's own secret, the client and the version of its credentials, so a rotation ends it.
"""

import hashlib
import hmac
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.access.tables import Client, UsedCode
from bureau.clock import to_micros

ONE_TIME_CODES = "one-time codes"
"""What their keys are derived for."""
STEP_SECONDS = 30
DIGITS = 6


def code_key(root: bytes, client: Client) -> bytes:
    """The key an authenticator shares with the platform. root: derived for this purpose (`api.secret`)."""
    return hmac.digest(root, f"{client.id} {client.credentials_version}".encode(), hashlib.sha1)


def code_address(key: bytes, client_id: str) -> str:
    """What an authenticator reads, as a QR code or typed in."""
    secret = b32encode(key).decode()
    return f"otpauth://totp/{quote(f'bureau:{client_id}')}?secret={secret}&issuer=bureau&period={STEP_SECONDS}"


def code_at(key: bytes, step: int) -> str:
    """The code of one step, counted in thirty seconds since 1970."""
    digest = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(at: datetime) -> int:
    return to_micros(at) // (STEP_SECONDS * 1_000_000)


def use_code(session: Session, client: Client, key: bytes, code: str, at: datetime) -> bool:
    """Whether a code is right for an instant, or the step before or after it, and was not used; it is from now on."""
    present = step_of(at)
    right = [
        step
        for step in (present, present - 1, present + 1)
        if hmac.compare_digest(code_at(key, step).encode(), code.encode())
    ]
    if not right:
        return False
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    used = insert(UsedCode).values(client_id=client.id, step=right[0], used_at=at)
    return session.execute(used.on_conflict_do_nothing().returning(UsedCode.step)).scalar() is not None
