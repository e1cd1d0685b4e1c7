"""Whatever somebody sends as a JWS: proven, read, or none, and never an error."""

from base64 import urlsafe_b64encode

import pytest
from joserfc.jwk import OctKey, OKPKey

from api.access.public_keys import signed_by
from api.compact_jws import proven_payload, unproven
from tests.factories.assertions import detached, new_key, public

KEY = OKPKey.generate_key("Ed25519", {"kid": "first"})


def mismade(header: bytes) -> str:
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (header, b"{}", b"x" * 64))


@pytest.mark.parametrize(
    "header",
    [
        *(
            b'{"alg":"Ed25519","crit":5}',
            b'{"alg":"Ed25519","crit":[[]]}',
            b'{"alg":"Ed25519","crit":["b64"],"b64":false}',
        ),
        *(b'{"alg":["Ed25519"]}', b'{"alg":"Ed25519","kid":[]}', b'{"alg":"Ed25519","kid":"\\ud800"}', b'["alg"]'),
        *(b"5", b"\xff", b"", b"[" * 100_000),
    ],
    ids=lambda header: repr(header[:40]),
)
def test_a_malformed_one_is_none(header: bytes) -> None:
    token = mismade(header)
    assert proven_payload(token, KEY, ["Ed25519"]) is None
    assert proven_payload(token, OctKey.import_key(b"k" * 32), ["HS256"]) is None
    assert signed_by(token, public(KEY).values(), b"{}") is None
    read = unproven(token)
    assert read is None or isinstance(read[0], dict)


@pytest.mark.parametrize("token", ["", ".", "..", "...", "a.b.c", "é.é.é", "\ud800.a.b", "a" * 200_000])
def test_what_is_no_jws_is_none(token: str) -> None:
    assert proven_payload(token, KEY, ["Ed25519"]) is None
    assert unproven(token) is None


def test_a_good_one_is_proven_by_its_key_alone() -> None:
    own = new_key()
    signature = detached(own, b"payload")
    assert proven_payload(signature, own, ["ES256"], b"payload") == b"payload"
    assert proven_payload(signature, new_key(), ["ES256"], b"payload") is None
    assert unproven(signature) == ({"alg": "ES256", "kid": "first"}, b"")
