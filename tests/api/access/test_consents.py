"""A consent covers one institution, enterprise, some products and purposes, and its days; until it is revoked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.access.consents import (
    consent_status,
    create_consent,
    find_consent,
    list_consents,
    require_grant,
    revoke_consent,
)
from api.access.institutions import create_client, find_client
from api.access.tables import Consent
from api.tenancy import Tenant, seen_by
from bureau.errors import (
    BureauError,
    ConsentExpired,
    ConsentMissing,
    ConsentRevoked,
    FieldNotGranted,
    ImpossibleUscc,
    InvalidInput,
    UnknownObject,
    WrongPurpose,
)
from bureau.grant import ReadGrant
from bureau.uscc import placeholder_uscc
from tests.factories.ledger import ACME, NOON, authorisation

FIRST_DAY = datetime(2026, 10, 31, 16, tzinfo=UTC)
"""00:00 in Shanghai on 1 November 2026, the consent's first day."""
AFTER = datetime(2027, 10, 31, 16, tzinfo=UTC)
"""00:00 in Shanghai on the day after its last."""
TICK = timedelta(microseconds=1)


@pytest.fixture
def client_id(session: Session) -> str:
    return create_client(session, "深圳银行", "bank", [], NOON).client_id


@pytest.fixture
def bank(session: Session, client_id: str) -> int:
    return find_client(session, client_id).institution_id


@pytest.fixture
def consent_id(session: Session, bank: int, client_id: str) -> str:
    return create_consent(session, bank, client_id, authorisation(), NOON).id


def grant(session: Session, bank: int, **changes: Any) -> ReadGrant:
    asked: dict[str, Any] = {
        "institution_id": bank,
        "institution": "深圳银行",
        "product_code": "P07",
        "consent_required": True,
        "uscc": ACME,
        "purpose": "pre_loan",
        "fields": ["tax_arrears_count_24m", "F18"],
        "at": NOON,
    }
    asked |= {"consent_id": None} | changes
    named = asked["consent_id"]
    return require_grant(None if named is None else session.get(Consent, named), **asked)


def test_a_grant_covers_the_fields_of_one_enterprise(session: Session, bank: int, consent_id: str) -> None:
    given = grant(session, bank, consent_id=consent_id)
    assert (given.institution, given.purpose, given.consent_id) == ("深圳银行", "pre_loan", consent_id)
    given.require(["tax_arrears_count_24m"], subject=ACME)
    with pytest.raises(FieldNotGranted):
        given.require(["court_cases"], subject=ACME)
    with pytest.raises(FieldNotGranted):
        given.require(["F18"], subject=placeholder_uscc("tests", "another"))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"consent_id": None}, ConsentMissing, id="none named"),
        pytest.param({"consent_id": "no such consent"}, ConsentMissing, id="an unknown one"),
        pytest.param({"uscc": placeholder_uscc("tests", "another")}, ConsentMissing, id="of another enterprise"),
        pytest.param({"product_code": "P11"}, ConsentMissing, id="for another product"),
        pytest.param({"institution_id": 99}, ConsentMissing, id="of another institution"),
        pytest.param({"purpose": "guarantee"}, WrongPurpose, id="a purpose it does not cover"),
        pytest.param({"purpose": "curiosity"}, WrongPurpose, id="a purpose nobody may name"),
        pytest.param({"at": FIRST_DAY - TICK}, ConsentExpired, id="the moment before its first day"),
        pytest.param({"at": AFTER}, ConsentExpired, id="the day after its last"),
    ],
)
def test_a_call_it_does_not_cover(
    session: Session, bank: int, consent_id: str, changes: dict[str, Any], refusal: type[BureauError]
) -> None:
    with pytest.raises(refusal):
        grant(session, bank, **({"consent_id": consent_id} | changes))


@pytest.mark.parametrize(
    "at", [pytest.param(FIRST_DAY, id="first moment"), pytest.param(AFTER - TICK, id="last moment")]
)
def test_both_days_are_included(session: Session, bank: int, consent_id: str, at: datetime) -> None:
    assert grant(session, bank, consent_id=consent_id, at=at).subject == ACME


def test_revoking_is_immediate_and_keeps_its_instant(session: Session, bank: int, consent_id: str) -> None:
    revoke_consent(session, consent_id, NOON)
    with pytest.raises(ConsentRevoked):
        grant(session, bank, consent_id=consent_id)
    assert revoke_consent(session, consent_id, NOON + timedelta(days=1)).revoked_at == NOON


def test_public_data_needs_no_consent(session: Session, bank: int) -> None:
    given = grant(session, bank, consent_id=None, consent_required=False, purpose="supervision")
    assert (given.consent_id, given.subject) == (None, ACME)


@pytest.mark.parametrize(
    ("at", "status"),
    [
        pytest.param(FIRST_DAY - TICK, "pending", id="before"),
        pytest.param(FIRST_DAY, "active", id="first moment"),
        pytest.param(AFTER - TICK, "active", id="last moment"),
        pytest.param(AFTER, "expired", id="after"),
    ],
)
def test_status_on_a_day(session: Session, bank: int, consent_id: str, at: datetime, status: str) -> None:
    consent = find_consent(session, consent_id)
    assert consent_status(consent, at) == status
    revoke_consent(session, consent_id, NOON)
    assert consent_status(consent, at) == "revoked"


def test_anothers_consent_reads_as_unknown(session: Session, consent_id: str) -> None:
    session.commit()
    with Session(seen_by(engine_of(session), Tenant(99))) as other:
        for verb in (find_consent, lambda *asked: revoke_consent(*asked, NOON)):
            with pytest.raises(UnknownObject):
                verb(other, consent_id)
        assert list_consents(other).consents == ()


def test_the_enterprise_it_is_about_sees_and_revokes_it(session: Session, consent_id: str) -> None:
    session.commit()
    with Session(seen_by(engine_of(session), Tenant(99, ACME))) as enterprise:
        assert [consent.id for consent in list_consents(enterprise).consents] == [consent_id]
        assert revoke_consent(enterprise, consent_id, NOON).revoked_at == NOON


def engine_of(session: Session) -> Engine:
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    return bind


def test_pages_hold_every_consent_once_newest_first(session: Session, bank: int, client_id: str) -> None:
    made = [create_consent(session, bank, client_id, authorisation(), NOON + timedelta(seconds=n)).id for n in range(7)]
    seen, cursor = [], None
    while True:
        page = list_consents(session, cursor=cursor, limit=3)
        seen += [consent.id for consent in page.consents]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == made[::-1]


def test_the_last_full_page_has_no_next(session: Session, bank: int, client_id: str) -> None:
    for _ in range(3):
        create_consent(session, bank, client_id, authorisation(), NOON)
    assert list_consents(session, limit=3).next_cursor is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"uscc": "91440300MA5DXXX00X"}, ImpossibleUscc, id="an impossible code"),
        pytest.param({"products": ()}, InvalidInput, id="no product"),
        pytest.param({"purposes": ()}, InvalidInput, id="no purpose"),
        pytest.param({"purposes": ("pre_loan", "marketing")}, InvalidInput, id="an unknown purpose"),
        pytest.param({"valid_to": date(2026, 10, 31)}, InvalidInput, id="ends before it begins"),
        pytest.param({"granted_by": "bank"}, InvalidInput, id="granted by the bank itself"),
        pytest.param({"document_sha256": None}, InvalidInput, id="asserted without a document"),
        pytest.param({"document_sha256": "xyz"}, InvalidInput, id="a digest that is none"),
        pytest.param({"document_sha256": "AB" * 32}, InvalidInput, id="a digest in upper case"),
    ],
)
def test_what_cannot_be_an_authorisation(changes: dict[str, Any], problem: type[BureauError]) -> None:
    with pytest.raises(problem):
        authorisation(**changes)


def test_an_enterprise_grants_without_a_document_and_for_one_day() -> None:
    day = date(2026, 11, 23)
    granted = authorisation(granted_by="enterprise", document_sha256=None, valid_from=day, valid_to=day)
    assert granted.valid_from == granted.valid_to


def test_a_code_is_kept_clean() -> None:
    assert authorisation(uscc=f" {ACME.lower()} ").uscc == ACME
