"""Keys are made once, readable by their owner alone; a signature is over exactly one text and one payload."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from api.signing import Signer, jwks, open_signer

PAYLOAD = '{"text":"近24个月欠税2次"}'.encode()


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return open_signer(tmp_path, "answers")


def test_a_detached_signature_is_the_one_of_the_library(signer: Signer) -> None:
    assert signer.sign_detached(PAYLOAD) == jws.detach_content(signer.sign(PAYLOAD))


def test_the_key_file_is_its_owners_alone(signer: Signer, tmp_path: Path) -> None:
    (path,) = (tmp_path / "keys").iterdir()
    assert path.name == "answers.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_key_is_made_once(signer: Signer, tmp_path: Path) -> None:
    assert open_signer(tmp_path, "answers").kid == signer.kid
    assert open_signer(tmp_path, "tokens").kid != signer.kid


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kids = set(pool.map(lambda _: open_signer(tmp_path, "answers").kid, range(8)))
    assert len(kids) == 1
    assert len(list((tmp_path / "keys").iterdir())) == 1


def test_the_published_set_verifies_and_holds_no_private_part(signer: Signer, tmp_path: Path) -> None:
    published = jwks(signer, open_signer(tmp_path, "tokens"))
    assert all("d" not in key and key["use"] == "sig" and key["alg"] == "Ed25519" for key in published["keys"])
    keys = KeySet.import_key_set(published)
    detached = signer.sign_detached(PAYLOAD)
    assert (
        jws.deserialize_compact(detached, keys, algorithms=["Ed25519"], payload=PAYLOAD).headers()["kid"] == signer.kid
    )


def test_a_detached_signature_has_no_payload_and_is_over_every_byte(signer: Signer) -> None:
    detached = signer.sign_detached(PAYLOAD)
    assert detached.split(".")[1] == ""
    assert signer.verify_detached(detached, PAYLOAD)
    for place in range(len(PAYLOAD)):
        wrong = bytearray(PAYLOAD)
        wrong[place] ^= 1
        assert not signer.verify_detached(detached, bytes(wrong))


def test_no_other_text_is_the_same_signature(signer: Signer) -> None:
    detached = signer.sign_detached(PAYLOAD)
    for place in range(len(detached)):
        for bit in range(7):
            wrong = detached[:place] + chr(ord(detached[place]) ^ 1 << bit) + detached[place + 1 :]
            assert not signer.verify_detached(wrong, PAYLOAD), (place, bit)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c", "é.é.é", "e30.e30.e30", "{}..{}"])
def test_rubbish_is_no_signature(signer: Signer, text: str) -> None:
    assert signer.verify(text) is None
    assert not signer.verify_detached(text, PAYLOAD)


def test_an_unsigned_token_is_refused(signer: Signer) -> None:
    assert signer.verify("eyJhbGciOiJub25lIn0.e30.") is None


def test_anothers_signature_is_refused(signer: Signer, tmp_path: Path) -> None:
    other = open_signer(tmp_path / "elsewhere", "answers")
    assert signer.verify(other.sign(PAYLOAD)) is None
    assert signer.verify(signer.sign(PAYLOAD)) == PAYLOAD
