"""What a client may hand in as its public keys."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from api.access.public_keys import read_jwks
from bureau.errors import InvalidInput

EC = ECKey.generate_key("P-256")


def written(*keys: Key, private: bool = False, **more: Any) -> str:
    return json.dumps({"keys": [key.as_dict(private=private) | more for key in keys]})


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(EC, id="P-256"),
        pytest.param(RSAKey.generate_key(2048), id="RSA of 2,048 bits"),
        pytest.param(OKPKey.generate_key("Ed25519"), id="Ed25519"),
    ],
)
def test_a_public_key_is_read_and_named_by_its_thumbprint(key: Key) -> None:
    ((kid, jwk),) = read_jwks(written(key)).items()
    assert kid == jwk["kid"] == key.thumbprint()
    assert jwk == key.as_dict(private=False) | {"kid": kid}


def test_a_name_of_its_own_is_kept_and_what_it_is_for_is_dropped() -> None:
    assert read_jwks(written(EC, kid="2026", use="sig", alg="ES256")) == {
        "2026": EC.as_dict(private=False) | {"kid": "2026"}
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "not a JWK set", id="nothing"),
        pytest.param("[]", "not a JWK set", id="a list"),
        pytest.param('{"keys": 1}', "not a JWK set", id="no list of keys"),
        pytest.param('{"keys": []}', "no key", id="no key"),
        pytest.param('{"keys": ["a"]}', "no key", id="a word for a key"),
        pytest.param('{"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "!"}]}', "cannot be read", id="broken"),
        pytest.param('{"keys": [{"kty": "XX"}]}', "cannot be read", id="an unknown type"),
        pytest.param(written(EC, private=True), "private", id="a private key"),
        pytest.param(written(OctKey.generate_key(256), private=True), "shared secret", id="a shared secret"),
        pytest.param(written(RSAKey.generate_key(1024)), "too weak", id="RSA of 1,024 bits"),
        pytest.param(written(ECKey.generate_key("P-384")), "another curve", id="P-384"),
        pytest.param(written(OKPKey.generate_key("X25519")), "another curve", id="a key of agreement"),
        pytest.param(written(EC, ECKey.generate_key("P-256"), kid="1"), "same kid", id="two of one name"),
    ],
)
def test_what_is_no_set_of_public_keys(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_jwks(text)
