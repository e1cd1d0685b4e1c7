"""Asserted consents: the enterprise is told, one in a hundred is drawn, abuse ends the right until it is restored."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.asserting import assert_consent, draw_asserted, record_abuse, restore_right
from api.access.consents import create_consent, find_consent
from api.access.institutions import create_client, find_client, find_institution
from api.access.tables import Consent, Notice
from api.vault import open_vault
from bureau.errors import AssertionSuspended, InvalidInput, StateConflict, UnknownObject
from tests.factories.ledger import ACME, NOON, authorisation

VAULT = open_vault("a platform's secret")
START, END = datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)
"""November 2026 in Shanghai."""


@pytest.fixture
def client_id(session: Session) -> str:
    return create_client(session, "深圳银行", "bank", [], NOON).client_id


def asserted(session: Session, client_id: str, at: datetime = NOON) -> Consent:
    return assert_consent(session, find_client(session, client_id).institution_id, client_id, authorisation(), at)


def test_the_enterprise_is_told_in_the_same_moment(session: Session, client_id: str) -> None:
    consent = asserted(session, client_id)
    (notice,) = session.scalars(select(Notice))
    assert (notice.uscc, notice.consent_id, notice.kind) == (ACME, consent.id, "consent-asserted")
    assert notice.created_at == consent.created_at


@pytest.mark.parametrize(("count", "drawn"), [(0, 0), (1, 1), (100, 1), (101, 2), (250, 3)])
def test_one_in_a_hundred_is_drawn_and_at_least_one(session: Session, client_id: str, count: int, drawn: int) -> None:
    for _ in range(count):
        asserted(session, client_id)
    assert len(draw_asserted(session, VAULT, "2026-11", START, END)) == drawn


def test_who_has_the_secret_draws_the_same_again_and_nobody_else_does(session: Session, client_id: str) -> None:
    for number in range(150):
        asserted(session, client_id, NOON + timedelta(seconds=number))
    first = draw_asserted(session, VAULT, "2026-11", START, END)
    assert draw_asserted(session, VAULT, "2026-11", START, END) == first
    assert draw_asserted(session, VAULT, "2026-12", START, END) != first
    rotated = open_vault("2:another,1:a platform's secret")
    assert draw_asserted(session, rotated, "2026-11", START, END) == first
    guessed = open_vault("what a bank may guess")
    assert draw_asserted(session, guessed, "2026-11", START, END) != first
    assert {drawn.institution for drawn in first} == {"深圳银行"}
    assert {drawn.document_sha256 for drawn in first} == {"ab" * 32}


def test_only_what_was_asserted_in_the_month_is_drawn(session: Session, client_id: str) -> None:
    tick = timedelta(microseconds=1)
    institution = find_client(session, client_id).institution_id
    create_consent(session, institution, client_id, authorisation(granted_by="enterprise"), NOON)
    for at in (START - tick, END):
        asserted(session, client_id, at)
    assert draw_asserted(session, VAULT, "2026-11", START, END) == []
    for at in (START, END - tick):
        asserted(session, client_id, at)
        assert len(draw_asserted(session, VAULT, "2026-11", START, END)) == 1


def test_abuse_ends_the_consent_and_the_right_until_it_is_restored(session: Session, client_id: str) -> None:
    consent = asserted(session, client_id)
    record_abuse(session, consent.id, "no such document", NOON)
    assert find_consent(session, consent.id).revoked_at == NOON
    with pytest.raises(AssertionSuspended, match="深圳银行"):
        asserted(session, client_id)
    other = create_client(session, "城市银行", "bank", [], NOON).client_id
    assert asserted(session, other)
    assert restore_right(session, find_institution(session, "深圳银行"), "documents checked", NOON) == 1
    assert asserted(session, client_id)


def test_what_was_granted_by_the_enterprise_was_not_asserted(session: Session, client_id: str) -> None:
    institution = find_client(session, client_id).institution_id
    granted = create_consent(session, institution, client_id, authorisation(granted_by="enterprise"), NOON)
    with pytest.raises(StateConflict):
        record_abuse(session, granted.id, "found", NOON)
    with pytest.raises(UnknownObject):
        record_abuse(session, "none", "found", NOON)


def test_a_record_and_a_restoration_say_why(session: Session, client_id: str) -> None:
    consent = asserted(session, client_id)
    institution = find_institution(session, "深圳银行")
    with pytest.raises(InvalidInput):
        record_abuse(session, consent.id, " ", NOON)
    with pytest.raises(StateConflict, match="already"):
        restore_right(session, institution, "checked", NOON)
    with pytest.raises(InvalidInput):
        restore_right(session, institution, "", NOON)
