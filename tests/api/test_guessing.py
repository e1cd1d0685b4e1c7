"""Who guesses is slowed down: at the token endpoint, at the console's form, and with made-up tokens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from api.access.guessing import WRONG_BY_ADDRESS, WRONG_BY_CLIENT, WRONG_CODES, GuessGuard
from bureau.settings import Settings
from tests.factories.deployments import Caller, deployment_of, enrol, own_terms
from tests.factories.lakes import ACME

FORM = {"grant_type": "client_credentials"}


@pytest.fixture(autouse=True)
def slow_guard(http: TestClient, bank: Caller, other_bank: Caller) -> None:
    """Nothing counted yet, and minutes that last hours: a slow machine forgets no guess while a test runs."""
    deployment_of(http).guesses = GuessGuard(minute=timedelta(hours=10))


def test_repeated_wrong_secrets_of_a_client_end_in_429_also_for_the_right_one(http: TestClient, bank: Caller) -> None:
    wrong = FORM | {"client_id": bank.client_id, "client_secret": "guess"}
    right = FORM | {"client_id": bank.client_id, "client_secret": bank.client_secret}
    statuses = [http.post("/oauth/token", data=wrong).status_code for _ in range(WRONG_BY_CLIENT + 1)]
    assert statuses == [401] * WRONG_BY_CLIENT + [429]
    for path in ("/oauth/token", "/console/login"):
        answer = http.post(path, data=right)
        assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
        assert int(answer.headers["Retry-After"]) > 0
    assert bank.get("/v1/usage").status_code == 200, "the tokens it holds go on"


def test_an_address_that_tries_many_clients_waits_too(http: TestClient, other_bank: Caller) -> None:
    for number in range(WRONG_BY_ADDRESS):
        guess = {"client_id": f"client-{number}", "client_secret": "guess"}
        assert http.post("/console/login", data=guess).status_code == 401
    form = FORM | {"client_id": other_bank.client_id, "client_secret": other_bank.client_secret}
    assert http.post("/oauth/token", data=form).status_code == 429


@pytest.mark.parametrize("token", ["a.b.c", "eyJhbGciOiJFZDI1NTE5IiwiY3JpdCI6NX0.e30.eHh4"], ids=["rubbish", "mismade"])
def test_made_up_tokens_are_counted_and_real_ones_pass(http: TestClient, other_bank: Caller, token: str) -> None:
    made_up = {"Authorization": f"Bearer {token}"}
    statuses = [http.get("/v1/usage", headers=made_up).status_code for _ in range(WRONG_BY_ADDRESS + 1)]
    assert statuses == [401] * WRONG_BY_ADDRESS + [429]
    assert other_bank.get("/v1/usage").status_code == 200


def test_codes_tried_all_at_once_are_as_few_as_one_after_the_other(
    settings: Settings, http: TestClient, bank: Caller
) -> None:
    firm = enrol(settings, http, "阿克美贸易有限公司", "enterprise", uscc=ACME)
    terms = own_terms(ACME)
    signed = firm.post("/v1/consents/text", terms).json()["document_sha256"]
    wrong = terms | {"document_sha256": signed, "one_time_code": "000000"}
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda _: firm.post("/v1/consents", wrong), range(24)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [403] * WRONG_CODES + [429] * (24 - WRONG_CODES)
