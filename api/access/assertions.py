"""Client assertions (RFC 7523): a client proves itself by a JWT of its own key, good for one use and five minutes."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.access.credentials import keys_of
from api.access.public_keys import signed_by
from api.access.tables import Client, UsedAssertion
from api.compact_jws import unproven
from api.identifiers import is_identifier
from bureau.clock import to_micros
from bureau.text import is_text

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = timedelta(minutes=5)
CLOCK_SKEW = timedelta(seconds=30)
"""How far a caller's clock may be ahead of ours."""
_LONGEST_TEXT = 8192
_LONGEST_ID = 256


def client_of_assertion(session: Session, assertion: str, audiences: Collection[str], at: datetime) -> Client | None:
    """The client that made an assertion for us, or None; a good one is used up.

    audiences: addresses of the token endpoint, one of which it must name.
    """
    claims = _signed_claims(session, assertion, at)
    if claims is None or not _is_meant(claims, audiences, at):
        return None
    return session.get(Client, claims["sub"]) if _first_use(session, claims, at) else None


def _signed_claims(session: Session, assertion: str, at: datetime) -> dict[str, Any] | None:
    """What an assertion says, signed by a key that counts for the client it names."""
    read = _read(assertion)
    if read is None or read[0].get("iss") != read[0]["sub"]:
        return None
    claims, kid = read
    keys = keys_of(session, claims["sub"], at)
    wanted = keys.values() if kid is None else [keys[kid]] if kid in keys else []
    return None if signed_by(assertion, wanted) is None else claims


def subject_of(assertion: str) -> str | None:
    """Whom an assertion names, proven or not; None where it cannot be read."""
    read = _read(assertion)
    return None if read is None else str(read[0]["sub"])


def _read(assertion: str) -> tuple[dict[str, Any], Any] | None:
    """Claims, with what can be a client's id as `sub`, and the `kid` of the header; nothing of it is proven."""
    read = unproven(assertion) if len(assertion) <= _LONGEST_TEXT else None
    if read is None:
        return None
    header, payload = read
    try:
        claims, kid = json.loads(payload), header.get("kid")
    except (ValueError, RecursionError):  # the last of brackets without end
        return None
    named = isinstance(claims, dict) and isinstance(claims.get("sub"), str) and is_identifier(claims["sub"])
    return (claims, kid) if named and (kid is None or isinstance(kid, str)) else None


def _is_meant(claims: dict[str, Any], audiences: Collection[str], at: datetime) -> bool:
    """For this platform, for now, for a short while, with a number of its own."""
    aud, jti = claims.get("aud"), claims.get("jti")
    named = aud if isinstance(aud, list) else [aud]
    return (
        any(one in audiences for one in named)
        and isinstance(jti, str)
        and 0 < len(jti) <= _LONGEST_ID
        and is_text(jti)
        and _is_between(claims.get("exp"), at, at + LONGEST + CLOCK_SKEW)
        and all(_is_between(claims.get(name, 0), None, at + CLOCK_SKEW) for name in ("nbf", "iat"))
    )


def _first_use(session: Session, claims: dict[str, Any], at: datetime) -> bool:
    """Take note of an assertion; False where it was taken before. Of two that come together, one is first."""
    session.execute(delete(UsedAssertion).where(UsedAssertion.expires_at <= at))
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    used = insert(UsedAssertion).values(
        client_id=claims["sub"],
        jti_sha256=hashlib.sha256(claims["jti"].encode()).digest(),
        expires_at=at + LONGEST + 2 * CLOCK_SKEW,
    )
    written = session.execute(used.on_conflict_do_nothing().returning(UsedAssertion.client_id))
    return written.scalar() is not None


def _is_between(moment: Any, after: datetime | None, until: datetime) -> bool:
    """Whether a claim is an instant (seconds since 1970) in (after, until]."""
    if not isinstance(moment, int | float) or isinstance(moment, bool):
        return False
    return (after is None or moment > to_micros(after) / 1_000_000) and moment <= to_micros(until) / 1_000_000
