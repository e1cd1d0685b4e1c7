"""A limit counts what it is told, by key; shared over Redis, and never open without it."""

from datetime import timedelta

import pytest

from api.access.guessing import WRONG_BY_ADDRESS, WRONG_BY_CLIENT, WRONG_CODES, GuessGuard
from api.limits import Limit
from api.limits_shared import SharedLimits
from bureau.errors import TooManyRequests, WrongCode
from tests.factories.redis import RedisServer, redis_server

__all__ = ["redis_server"]

HOUR = timedelta(hours=1)


def test_the_burst_passes_and_the_next_waits() -> None:
    limit = Limit("tests", 3, HOUR, 3)
    assert [limit.count("a") for _ in range(3)] == [0, 0, 0]
    assert 1100 < limit.count("a") <= 1200, "one more each twenty minutes"
    assert 1100 < limit.wait("a") <= 1200
    assert limit.wait("b") == 0


def test_asking_counts_nothing() -> None:
    limit = Limit("tests", 1, HOUR, 1)
    assert [limit.wait("a") for _ in range(5)] == [0] * 5
    assert limit.count("a") == 0
    assert limit.wait("a") > 0


def test_processes_share_a_limit_over_redis(redis_server: RedisServer) -> None:
    one, other = (Limit("tests", 3, HOUR, 3, SharedLimits(redis_server.url)) for _ in range(2))
    assert [limit.count("a") for limit in (one, other, one)] == [0, 0, 0]
    assert other.wait("a") > 0


def test_without_redis_each_process_keeps_the_limit_alone(redis_server: RedisServer) -> None:
    alone = SharedLimits(redis_server.url)
    alone.announce()
    limit = Limit("tests", 2, HOUR, 2, alone)
    assert limit.count("a") == 0
    redis_server.stop()
    assert [limit.count("a") for _ in range(2)] == [0, 0]
    assert limit.count("a") > 0, "closed by the local count"
    assert limit.wait("a") > 0


def test_a_redis_that_never_was_leaves_no_limit_open() -> None:
    limit = Limit("tests", 1, HOUR, 1, SharedLimits("redis://127.0.0.1:1/0"))
    assert limit.count("a") == 0
    assert limit.count("a") > 0


def test_wrong_secrets_are_counted_by_client() -> None:
    guard = GuessGuard()
    for number in range(WRONG_BY_CLIENT):
        guard.require("client-1", f"10.0.0.{number}")
        guard.failed("client-1", f"10.0.0.{number}")
    with pytest.raises(TooManyRequests) as refused:
        guard.require("client-1", "10.0.1.1")
    assert 0 < refused.value.retry_after_seconds <= 6
    guard.require("client-2", "10.0.0.1")


def test_wrong_secrets_are_counted_by_address() -> None:
    guard = GuessGuard()
    for number in range(WRONG_BY_ADDRESS):
        guard.require(f"client-{number}", "10.0.0.1")
        guard.failed(f"client-{number}", "10.0.0.1")
    with pytest.raises(TooManyRequests):
        guard.require("client-x", "10.0.0.1")
    guard.require("client-x", "10.0.0.2")


def test_codes_are_few() -> None:
    guard = GuessGuard()
    for _ in range(WRONG_CODES):
        with pytest.raises(WrongCode), guard.one_code("client-1"):
            raise WrongCode
    with guard.one_code("client-2"):
        pass
    with pytest.raises(TooManyRequests) as refused, guard.one_code("client-1"):
        pytest.fail("one more was tried")
    assert 100 < refused.value.retry_after_seconds <= 180


def test_made_up_tokens_hold_up_no_login_from_the_same_address() -> None:
    guard = GuessGuard()
    for _ in range(WRONG_BY_ADDRESS):
        guard.token_failed("10.0.0.1")
    with pytest.raises(TooManyRequests):
        guard.token_failed("10.0.0.1")
    guard.require("client-1", "10.0.0.1")
