"""A client calls a product as often as agreed: told beforehand, refused after, never open when Redis dies."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.access.institutions import find_institution, rotate_client
from api.app import create_app
from api.contracts.agreeing import approve_terms, propose_terms
from api.contracts.in_force import contract_in_force
from api.contracts.pricing import Flat
from api.contracts.terms import Terms
from api.database import ledger_transaction
from api.limits import Limit
from api.limits_shared import UNSEEN, SharedLimits
from bureau.clock import now
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol
from tests.factories.lakes import ACME, BETA
from tests.factories.redis import RedisServer, redis_server

__all__ = ["redis_server"]

HOUR = timedelta(hours=1)
SLOW = {"P01": 1}
"""One at once, one more each minute: slower than any machine asks."""


def agree(settings: Settings, name: str, rates: dict[str, int], at: datetime) -> None:
    """A contract as before, with these rates."""
    with ledger_transaction(settings.ledger_url) as session:
        bank = find_institution(session, name)
        contract = contract_in_force(session, bank.id, at)
        assert contract is not None
        terms = Terms.model_validate(contract.terms.model_dump() | {"calls_per_minute": rates})
        proposal = propose_terms(session, bank.id, terms, by="甲", at=at, in_force_from=at)
        approve_terms(session, proposal, by="乙", at=at)


@pytest.fixture(scope="module")
def slow(settings: Settings, http: TestClient) -> Caller:
    """A bank whose contract lets it ask for one report at once."""
    caller = enrol(settings, http, "村镇银行")
    agree(settings, "村镇银行", SLOW, now())
    return caller


def test_a_client_is_told_what_is_left_and_refused_when_nothing_is(slow: Caller, bank: Caller) -> None:
    sent = slow.report(ACME, key="slow")
    assert sent.status_code == 201
    assert sent.headers["RateLimit-Policy"] == '"calls";q=1;w=60;burst=1'
    assert sent.headers["RateLimit"] == '"calls";r=0;t=60'
    refused = slow.report(ACME, key="slow")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-exceeded"), "a replay is a call"
    assert refused.headers["Retry-After"].isdecimal()
    assert re.fullmatch(r'"calls";r=0;t=[0-9]{1,2}', refused.headers["RateLimit"])
    assert slow.report(ACME, "P07").status_code != 429, "another product has its own rate"
    assert bank.report(ACME).status_code == 201, "and another client"
    rows = slow.get("/v1/usage", params={"by": "product,outcome"}).json()["rows"]
    assert ("P01", 1) in [(row["product"], row["calls"]) for row in rows], "what is refused reaches no ledger"


def test_a_token_that_has_expired_spends_nothing(settings: Settings, http: TestClient) -> None:
    caller = enrol(settings, http, "镇海村镇银行")
    agree(settings, "镇海村镇银行", SLOW, now())
    kept, caller.headers = caller.headers, caller.expired()
    assert [caller.report(ACME).status_code for _ in range(2)] == [401, 401]
    caller.headers = kept
    assert caller.report(ACME).status_code == 201


def test_a_token_that_a_rotation_ended_spends_nothing_of_the_next(settings: Settings, http: TestClient) -> None:
    caller = enrol(settings, http, "北仑村镇银行")
    agree(settings, "北仑村镇银行", SLOW, now())
    with ledger_transaction(settings.ledger_url) as session:
        renewed = rotate_client(session, caller.client_id, now())
    assert [caller.report(ACME).status_code for _ in range(2)] == [401, 401]
    assert Caller(http, renewed.client_id, renewed.client_secret).sign_in().report(ACME).status_code == 201


def test_without_a_rate_of_its_own_a_contract_has_the_catalogues(bank: Caller) -> None:
    line = bank.get("/v1/products/P01").json()
    answered = bank.report(BETA)
    assert f"q={line['calls_per_minute']};" in answered.headers["RateLimit-Policy"]


@pytest.mark.parametrize("rates", [{"P99": 60}, {"P07": 0}, {"P07": -1}])
def test_a_rate_for_what_is_not_sold_or_of_nothing_is_refused(rates: dict[str, int]) -> None:
    sold = {"product": "P07", "price": Flat(unit_fen=800)}
    with pytest.raises(ValidationError, match="calls_per_minute"):
        Terms.model_validate({"rules": [sold], "calls_per_minute": rates})


def test_while_redis_is_away_each_process_has_its_share(redis_server: RedisServer) -> None:
    processes = [SharedLimits(redis_server.url) for _ in range(2)]
    limits = [Limit("calls", 60, HOUR, 6, shared) for shared in processes]
    for shared in (*processes, *processes):
        shared.announce()
    assert [shared.processes for shared in processes] == [2, 2]
    assert [limits[number % 2].take("a").remaining for number in range(6)] == [5, 4, 3, 2, 1, 0]
    assert [limit.take("a").wait > 0 for limit in limits] == [True, True]
    redis_server.stop()
    alone = [limits[0].take("b") for _ in range(4)]
    assert [(left.wait > 0, left.remaining) for left in alone] == [(False, 2), (False, 1), (False, 0), (True, 0)]
    assert alone[-1].wait > 110, "half as often, too"


def test_a_process_that_never_reached_redis_takes_a_small_share() -> None:
    limit = Limit("calls", 60, HOUR, 2 * UNSEEN, SharedLimits("redis://127.0.0.1:1/0"))
    assert [limit.count("a") > 0 for _ in range(3)] == [False, False, True]


def test_a_server_whose_redis_is_killed_keeps_the_limit(
    settings: Settings, tmp_path: Path, redis_server: RedisServer
) -> None:
    home = Settings(**settings.model_dump() | {"home": tmp_path, "redis_url": redis_server.url}, _env_file=None)
    with TestClient(create_app(home), raise_server_exceptions=False) as http:
        caller = enrol(home, http, "村镇银行")
        agree(home, "村镇银行", SLOW, now())
        assert caller.report(ACME).status_code == 503, "its home is empty: each call is counted all the same"
        redis_server.stop()
        assert [caller.report(ACME).status_code for _ in range(2)] == [503, 429]
