"""Tokens: granted for a secret, ten minutes long, ended at once with their client."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy.orm import Session

from api.access.assertions import ASSERTION_TYPE
from api.access.institutions import NewClient, create_client, disable_client, rotate_client
from api.access.roles import ROLES
from api.access.tokens import OAuthError, Token, TokenKey, TokenRequest, issue_token, verify_token
from api.contracts.agreeing import ListPrice
from api.signing import Signer, open_signer, rotate_keys
from bureau.errors import WrongCredentials
from tests.factories.assertions import ENDPOINT, assertion, new_key, public
from tests.factories.ledger import NOON, agree

PRICES = [ListPrice("P01", 300, "hit"), ListPrice("P07", 800, "hit")]


@pytest.fixture
def key(tmp_path: Path) -> TokenKey:
    return TokenKey(open_signer(tmp_path, "tokens"))


@pytest.fixture
def client(session: Session) -> NewClient:
    return create_client(session, "深圳银行", "bank", PRICES, NOON)


def ask(session: Session, key: TokenKey, client: NewClient, **changes: str | None) -> Token | OAuthError:
    asked = TokenRequest("client_credentials", client.client_id, client.client_secret)
    return issue_token(session, key, replace(asked, **changes), NOON)  # type: ignore[arg-type]


def granted(session: Session, key: TokenKey, client: NewClient, **changes: str | None) -> str:
    token = ask(session, key, client, **changes)
    assert isinstance(token, Token), token
    return token.access_token


def test_a_token_says_who_calls(session: Session, key: TokenKey, client: NewClient) -> None:
    identity = verify_token(session, key, granted(session, key, client), NOON)
    assert identity.client_id == client.client_id
    assert (identity.institution_id, identity.institution, identity.role) == (1, "深圳银行", "bank")
    assert identity.products == {"P01", "P07"}
    assert identity.scopes == {*ROLES["bank"].scopes, "product:P01", "product:P07"}


def test_the_answer_of_the_token_endpoint(session: Session, key: TokenKey, client: NewClient) -> None:
    token = ask(session, key, client, scope="reports product:P07")
    assert isinstance(token, Token)
    assert (token.expires_in, token.scope, token.token_type) == (600, "product:P07 reports", "Bearer")
    identity = verify_token(session, key, token.access_token, NOON)
    assert (identity.scopes, identity.products) == ({"reports", "product:P07"}, {"P07"})


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"grant_type": None}, "invalid_request", id="no grant type"),
        pytest.param({"client_id": None}, "invalid_request", id="no client"),
        pytest.param({"client_secret": None}, "invalid_request", id="no secret"),
        pytest.param({"grant_type": "password"}, "unsupported_grant_type", id="another grant"),
        pytest.param({"client_secret": "wrong"}, "invalid_client", id="a wrong secret"),
        pytest.param({"client_secret": ""}, "invalid_client", id="an empty secret"),
        pytest.param({"client_id": "client-0"}, "invalid_client", id="an unknown client"),
        pytest.param({"scope": "reports usage:all"}, "invalid_scope", id="another role's scope"),
        pytest.param({"scope": "product:P11"}, "invalid_scope", id="a product outside the contract"),
    ],
)
def test_a_refusal_in_the_words_of_oauth(
    session: Session, key: TokenKey, client: NewClient, changes: dict[str, str | None], error: str
) -> None:
    refused = ask(session, key, client, **changes)
    assert isinstance(refused, OAuthError)
    assert refused.error == error
    assert client.client_secret not in refused.error_description


@pytest.mark.parametrize(
    ("age", "valid"),
    [
        pytest.param(timedelta(0), True, id="new"),
        pytest.param(timedelta(minutes=10, microseconds=-1), True, id="in its last moment"),
        pytest.param(timedelta(minutes=10), False, id="ten minutes old"),
    ],
)
def test_a_token_lives_ten_minutes(
    session: Session, key: TokenKey, client: NewClient, age: timedelta, valid: bool
) -> None:
    token = granted(session, key, client)
    if valid:
        assert verify_token(session, key, token, NOON + age)
    else:
        with pytest.raises(WrongCredentials, match="expired"):
            verify_token(session, key, token, NOON + age)


def test_disabling_ends_tokens_and_grants_at_once(session: Session, key: TokenKey, client: NewClient) -> None:
    token = granted(session, key, client)
    assert verify_token(session, key, token, NOON)
    disable_client(session, client.client_id, NOON)
    with pytest.raises(WrongCredentials, match="disabled"):
        verify_token(session, key, token, NOON)
    assert isinstance(ask(session, key, client), OAuthError)


def test_rotating_ends_the_old_secret_and_its_tokens(session: Session, key: TokenKey, client: NewClient) -> None:
    token = granted(session, key, client)
    renewed = rotate_client(session, client.client_id, NOON)
    with pytest.raises(WrongCredentials, match="rotated"):
        verify_token(session, key, token, NOON)
    assert isinstance(ask(session, key, client), OAuthError)
    assert verify_token(session, key, granted(session, key, renewed), NOON)


def test_with_an_overlap_tokens_of_the_old_secret_live_on(session: Session, key: TokenKey, client: NewClient) -> None:
    token = granted(session, key, client)
    rotate_client(session, client.client_id, NOON, overlap=timedelta(hours=1))
    assert verify_token(session, key, token, NOON)
    assert granted(session, key, client)


def by_assertion(session: Session, key: TokenKey, text: str, **changes: str | None) -> Token | OAuthError:
    asked = TokenRequest(
        "client_credentials", client_assertion_type=ASSERTION_TYPE, client_assertion=text, audiences=[ENDPOINT]
    )
    return issue_token(session, key, replace(asked, **changes), NOON)  # type: ignore[arg-type]


def test_an_assertion_gets_a_token_once(session: Session, key: TokenKey) -> None:
    own = new_key()
    client_id = create_client(session, "深圳银行", "bank", PRICES, NOON, keys=public(own)).client_id
    text = assertion(client_id, own, NOON)
    token = by_assertion(session, key, text)
    assert isinstance(token, Token)
    assert verify_token(session, key, token.access_token, NOON).client_id == client_id
    assert isinstance(by_assertion(session, key, text), OAuthError)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"client_assertion_type": None}, "invalid_request", id="of no type"),
        pytest.param({"client_assertion_type": "saml"}, "invalid_request", id="of another type"),
        pytest.param({"client_secret": "x", "client_id": "y"}, "invalid_request", id="beside a secret"),
        pytest.param({"client_id": "client-0"}, "invalid_client", id="under another's name"),
    ],
)
def test_an_assertion_comes_alone(session: Session, key: TokenKey, changes: dict[str, str | None], error: str) -> None:
    own = new_key()
    client_id = create_client(session, "深圳银行", "bank", PRICES, NOON, keys=public(own)).client_id
    refused = by_assertion(session, key, assertion(client_id, own, NOON), **changes)
    assert isinstance(refused, OAuthError)
    assert refused.error == error


def test_a_disabled_client_gets_nothing_by_its_key(session: Session, key: TokenKey) -> None:
    own = new_key()
    client_id = create_client(session, "深圳银行", "bank", PRICES, NOON, keys=public(own)).client_id
    disable_client(session, client_id, NOON)
    assert isinstance(by_assertion(session, key, assertion(client_id, own, NOON)), OAuthError)


def test_a_rotated_platform_key_verifies_what_the_former_one_signed(
    session: Session, client: NewClient, tmp_path: Path
) -> None:
    running = TokenKey(open_signer(tmp_path, "tokens"))
    token = granted(session, running, client)
    rotated = rotate_keys(tmp_path, "tokens")
    assert running.signer.kids == rotated.kids
    assert verify_token(session, running, token, NOON)
    assert verify_token(session, running, granted(session, running, client), NOON)


def test_a_dropped_platform_key_ends_its_tokens_also_those_verified_before(
    session: Session, client: NewClient, tmp_path: Path
) -> None:
    running = TokenKey(open_signer(tmp_path, "tokens"))
    token = granted(session, running, client)
    assert verify_token(session, running, token, NOON)
    rotate_keys(tmp_path, "tokens", keep_former=False)
    with pytest.raises(WrongCredentials):
        verify_token(session, running, token, NOON)
    assert verify_token(session, running, granted(session, running, client), NOON)


def test_a_new_token_follows_a_new_contract(session: Session, key: TokenKey, client: NewClient) -> None:
    agree(session, 1, [ListPrice("P11", 600, "hit")], NOON)
    assert verify_token(session, key, granted(session, key, client), NOON).products == {"P11"}


def test_a_token_of_another_key_or_text_is_refused(
    session: Session, key: TokenKey, client: NewClient, tmp_path: Path
) -> None:
    token = granted(session, key, client)
    other = TokenKey(open_signer(tmp_path / "elsewhere", "tokens"))
    header, payload, signature = token.split(".")
    for wrong in (
        granted(session, other, client),
        f"{header}.{payload}.",
        f"{header}.{payload[:-1]}A.{signature}",
        "",
        "x",
    ):
        with pytest.raises(WrongCredentials):
            verify_token(session, key, wrong, NOON)


class CountingSigner(Signer):
    """Counts what it verifies."""

    verified = 0

    def verify(self, token: str) -> bytes | None:
        self.verified += 1
        return super().verify(token)


def test_a_signature_is_checked_once(session: Session, key: TokenKey, client: NewClient) -> None:
    signer = CountingSigner(KeySet([OKPKey.generate_key("Ed25519", auto_kid=True)]))
    counting = TokenKey(signer)
    token = granted(session, counting, client)
    for _ in range(3):
        verify_token(session, counting, token, NOON)
    assert signer.verified == 1


def test_a_token_holds_no_secret(session: Session, key: TokenKey, client: NewClient) -> None:
    payload = granted(session, key, client).split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert set(claims) == {"iss", "sub", "iat", "exp", "inst", "name", "role", "scope", "ver", "uscc", "test"}
