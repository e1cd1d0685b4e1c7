"""One-time codes: those of RFC 6238, for one client, for a minute and a half, and once."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from api.access.institutions import create_client, find_client, rotate_client
from api.access.one_time_codes import code_address, code_at, code_key, step_of, use_code
from api.access.tables import Client
from tests.factories.ledger import ACME, NOON

ROOT = bytes(32)
STEP = timedelta(seconds=30)


@pytest.fixture
def client(session: Session) -> Client:
    made = create_client(session, "阿克美", "enterprise", [], NOON, uscc=ACME)
    return find_client(session, made.client_id)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_of_the_rfc(seconds: int, code: str) -> None:
    assert code_at(b"12345678901234567890", seconds // 30) == code


@pytest.mark.parametrize(
    ("age", "good"),
    [
        pytest.param(-2 * STEP, False, id="a minute early"),
        pytest.param(-STEP, True, id="from a clock ahead"),
        pytest.param(0 * STEP, True, id="now"),
        pytest.param(STEP, True, id="of the step before"),
        pytest.param(2 * STEP, False, id="a minute old"),
    ],
)
def test_a_code_holds_for_its_step_and_its_neighbours(
    session: Session, client: Client, age: timedelta, good: bool
) -> None:
    key = code_key(ROOT, client)
    assert use_code(session, client, key, code_at(key, step_of(NOON)), NOON + age) is good


def test_a_code_is_used_once(session: Session, client: Client) -> None:
    key = code_key(ROOT, client)
    code = code_at(key, step_of(NOON))
    assert [use_code(session, client, key, code, NOON + age) for age in (0 * STEP, 0 * STEP, STEP)] == [
        True,
        False,
        False,
    ]
    assert use_code(session, client, key, code_at(key, step_of(NOON + STEP)), NOON + STEP)


def test_keys_differ_by_client_by_deployment_and_by_rotation(session: Session, client: Client) -> None:
    other = create_client(session, "贝塔", "enterprise", [], NOON, uscc=ACME)
    keys = {
        code_key(ROOT, client),
        code_key(bytes([1] * 32), client),
        code_key(ROOT, find_client(session, other.client_id)),
    }
    rotate_client(session, client.id, NOON)
    keys.add(code_key(ROOT, find_client(session, client.id)))
    assert len(keys) == 4


@pytest.mark.parametrize("code", ["", "1", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code(session: Session, client: Client, code: str) -> None:
    assert not use_code(session, client, code_key(ROOT, client), code, NOON)


def test_the_address_is_one_an_authenticator_reads(session: Session, client: Client) -> None:
    address = code_address(code_key(ROOT, client), client.id)
    assert address.startswith(f"otpauth://totp/bureau%3A{client.id}?secret=")
    assert "=&" not in address, "no padding"
