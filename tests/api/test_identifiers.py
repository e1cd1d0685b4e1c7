"""Identifiers are version 7 UUIDs: unique, and in the order of their instants."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from api.identifiers import new_identifier

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


def test_one_instant_gives_many() -> None:
    assert len({new_identifier(NOON) for _ in range(1000)}) == 1000
