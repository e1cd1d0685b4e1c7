"""A client's assertion: by its own key, for us, for five minutes at most, and once."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import OctKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.access.assertions import CLOCK_SKEW, LONGEST, client_of_assertion
from api.access.institutions import create_client, rotate_client
from api.access.tables import UsedAssertion
from tests.factories.assertions import ENDPOINT, assertion, new_key, public
from tests.factories.ledger import NOON

KEY = new_key()
SECOND = timedelta(seconds=1)


@pytest.fixture
def client_id(session: Session) -> str:
    return create_client(session, "深圳银行", "bank", [], NOON, keys=public(KEY)).client_id


def taken(session: Session, text: str) -> bool:
    return client_of_assertion(session, text, [ENDPOINT], NOON) is not None


def test_a_good_one_names_its_client(session: Session, client_id: str) -> None:
    client = client_of_assertion(session, assertion(client_id, KEY, NOON), [ENDPOINT], NOON)
    assert client is not None
    assert client.id == client_id


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        pytest.param({"lifetime": SECOND}, True, id="for a second"),
        pytest.param({"lifetime": LONGEST}, True, id="for five minutes"),
        pytest.param({"lifetime": LONGEST + CLOCK_SKEW + SECOND}, False, id="for longer, whatever the clocks"),
        pytest.param({"lifetime": timedelta(0)}, False, id="expired this second"),
        pytest.param({"exp": None}, False, id="for ever"),
        pytest.param({"exp": "soon"}, False, id="an end that is no time"),
        pytest.param({"exp": float("inf")}, False, id="an end that never comes"),
        pytest.param({"exp": True}, False, id="a truth for an end"),
        pytest.param({"nbf": int((NOON + CLOCK_SKEW).timestamp())}, True, id="from a clock a little ahead"),
        pytest.param({"nbf": int((NOON + CLOCK_SKEW + SECOND).timestamp())}, False, id="not yet"),
        pytest.param({"iat": int((NOON + CLOCK_SKEW + SECOND).timestamp())}, False, id="made in the future"),
        pytest.param({"iat": None}, True, id="not saying when"),
        pytest.param({"aud": [ENDPOINT, "https://elsewhere.example"]}, True, id="for us among others"),
        pytest.param({"aud": "https://elsewhere.example"}, False, id="for somebody else"),
        pytest.param({"aud": None}, False, id="for nobody"),
        pytest.param({"iss": "client-0"}, False, id="issued by another"),
        pytest.param({"sub": None}, False, id="about nobody"),
        pytest.param({"jti": None}, False, id="without a number"),
        pytest.param({"jti": ""}, False, id="with an empty number"),
        pytest.param({"jti": "x" * 257}, False, id="with a number too long"),
        pytest.param({"jti": "\ud800"}, False, id="with a number nothing can hold"),
        pytest.param({"jti": 7}, False, id="with a number that is no text"),
        pytest.param({"header": {"alg": "ES256", "kid": "another"}}, False, id="naming a key it does not have"),
        pytest.param({"header": {"alg": "ES256"}}, True, id="naming no key"),
    ],
)
def test_what_it_must_say(session: Session, client_id: str, changes: dict[str, Any], good: bool) -> None:
    assert taken(session, assertion(client_id, KEY, NOON, **changes)) is good


def test_it_is_taken_once(session: Session, client_id: str) -> None:
    text = assertion(client_id, KEY, NOON)
    assert [taken(session, text) for _ in range(3)] == [True, False, False]
    assert taken(session, assertion(client_id, KEY, NOON))


def test_a_number_belongs_to_its_client(session: Session, client_id: str) -> None:
    other = create_client(session, "城市银行", "bank", [], NOON, keys=public(KEY)).client_id
    assert taken(session, assertion(client_id, KEY, NOON, jti="1"))
    assert taken(session, assertion(other, KEY, NOON, jti="1"))


def test_used_numbers_are_forgotten_when_they_would_have_expired(session: Session, client_id: str) -> None:
    text = assertion(client_id, KEY, NOON, lifetime=LONGEST)
    assert taken(session, text)
    later = NOON + timedelta(minutes=7)
    assert client_of_assertion(session, text, [ENDPOINT], later) is None
    assert client_of_assertion(session, assertion(client_id, KEY, later), [ENDPOINT], later)
    assert session.scalar(select(func.count()).select_from(UsedAssertion)) == 1


def test_only_by_its_own_key(session: Session, client_id: str) -> None:
    assert not taken(session, assertion(client_id, new_key(), NOON))
    shared = OctKey.import_key(b"the secret of nobody, 32 bytes long")
    assert not taken(session, assertion(client_id, shared, NOON, header={"alg": "HS256", "kid": "first"}))


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


HEADER = encoded(b'{"alg":"ES256","kid":"first"}')


@pytest.mark.parametrize(
    "text",
    [
        *("", "a.b.c", "..", "x" * 9000, "eyJhbGciOiJub25lIn0.e30."),
        *(f"{HEADER}.{encoded(part)}.AAAA" for part in (b"[" * 5000, b"[]", b"null", b"\xff", b'{"sub":1}')),
        *(f"{HEADER}.{encoded(part)}.AAAA" for part in (b'{"sub":"\\ud800","iss":"\\ud800"}', b'{"sub":"a\\u0000"}')),
        *(f"{encoded(part)}.e30.AAAA" for part in (b"[" * 5000, b"[]", b"null", b'{"alg":1}', b'{"kid":[]}')),
    ],
)
def test_rubbish_is_nobodys(session: Session, client_id: str, text: str) -> None:
    assert not taken(session, text)


def test_keys_that_overlap_both_count_and_then_the_new_one_alone(session: Session, client_id: str) -> None:
    renewed = new_key("second")
    rotate_client(session, client_id, NOON, keys=public(renewed), overlap=timedelta(hours=1))
    assert taken(session, assertion(client_id, KEY, NOON))
    assert taken(session, assertion(client_id, renewed, NOON))
    end = NOON + timedelta(hours=1)
    assert client_of_assertion(session, assertion(client_id, KEY, end), [ENDPOINT], end) is None
    assert client_of_assertion(session, assertion(client_id, renewed, end), [ENDPOINT], end)


def test_without_an_overlap_the_old_key_ends_at_once(session: Session, client_id: str) -> None:
    rotate_client(session, client_id, NOON, keys=public(new_key("second")))
    assert not taken(session, assertion(client_id, KEY, NOON))
