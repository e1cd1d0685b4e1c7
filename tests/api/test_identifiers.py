"""Identifiers are version 7 UUIDs: unique, and in the order of their instants."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.identifiers import is_identifier, new_identifier

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
instants = st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(instants)
def test_it_is_a_version_7_uuid_of_its_millisecond(at: datetime) -> None:
    made = UUID(new_identifier(at))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@given(instants, st.integers(1, 10**9))
def test_a_later_microsecond_sorts_later(at: datetime, micros: int) -> None:
    assert new_identifier(at) < new_identifier(at + timedelta(microseconds=micros))


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        pytest.param(new_identifier(NOON), True, id="one of ours"),
        pytest.param("client-0123456789abcdef", True, id="a client's"),
        pytest.param("x" * 64, True, id="the longest"),
        *((text, False) for text in ("", "x" * 65, "\0", "a\n", "é", "\ud800", "a b", "../x")),
    ],
)
def test_what_may_be_an_identifier(text: str, may_be: bool) -> None:
    assert is_identifier(text) is may_be


def test_one_instant_gives_many() -> None:
    assert len({new_identifier(NOON) for _ in range(1000)}) == 1000
