"""Both sign: an institution by a registered key over the canonical bytes, or, without one, by its call."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from api.access.institutions import create_client, disable_client, find_client, rotate_client
from api.billing.agreeing import agree_to_statement, key_named, signature_stands, signed_text
from api.billing.months import Month
from api.billing.standing import Signed, signed_statements
from api.billing.statements import issue_statement
from api.billing.tables import Statement, StatementSignature
from api.signing import open_signer
from bureau.errors import InvalidInput, StateConflict
from tests.factories.assertions import detached, new_key, public
from tests.factories.ledger import NOON, PRICES

MONTH = Month.parse("2026-11")
AT = datetime(2026, 12, 1, tzinfo=UTC)
KEY, STRANGER = new_key(), new_key("stranger")


class Signing:
    """A bank with a key of its own, and its statement."""

    def __init__(self, session: Session, statement: Statement, client_id: str) -> None:
        self.session, self.statement, self.client_id = session, statement, client_id
        self.agree = partial(
            agree_to_statement, session, statement.institution_id, MONTH, sha256=statement.sha256, at=AT
        )


@pytest.fixture
def signing(session: Session, tmp_path: Path) -> Signing:
    made = create_client(session, "深圳银行", "bank", PRICES, NOON, keys=public(KEY))
    owner = find_client(session, made.client_id).institution_id
    signer = open_signer(tmp_path, "answers")
    return Signing(session, issue_statement(session, signer, owner, MONTH, AT), made.client_id)


def test_a_registered_key_signs_and_is_kept(signing: Signing) -> None:
    signature = detached(KEY, signed_text(signing.statement))
    agreed = signing.agree(client_id=signing.client_id, jws=signature)
    assert (agreed.jws, key_named(agreed.jws)) == (signature, "first")
    assert signature_stands(signing.session, signing.statement, agreed)


def test_it_still_stands_when_the_key_was_replaced(signing: Signing) -> None:
    agreed = signing.agree(client_id=signing.client_id, jws=detached(KEY, signed_text(signing.statement)))
    rotate_client(signing.session, signing.client_id, AT, keys=public(new_key("second")))
    assert signature_stands(signing.session, signing.statement, agreed)
    other = StatementSignature(client_id=signing.client_id, jws=detached(STRANGER, signed_text(signing.statement)))
    assert not signature_stands(signing.session, signing.statement, other)


def test_both_signatures_are_verified_for_the_page(signing: Signing, tmp_path: Path) -> None:
    def found() -> Signed:
        with signing.session.no_autoflush:  # the database would refuse what is changed here
            (one,) = signed_statements(signing.session, open_signer(tmp_path, "answers"), month=MONTH, limit=5)
        return one

    assert (found().platform.standing, found().theirs.standing) == ("stands", "missing")
    agreed = signing.agree(client_id=signing.client_id, jws=detached(KEY, signed_text(signing.statement)))
    assert (found().theirs.standing, found().theirs.kid, found().theirs.algorithm) == ("stands", "first", "ES256")
    agreed.jws = detached(STRANGER, signed_text(signing.statement))
    assert found().theirs.standing == "broken"
    agreed.jws = None
    assert found().theirs.standing == "by_call"
    signing.statement.body = signing.statement.body.replace(b'"total_fen":0', b'"total_fen":1')
    assert found().platform.standing == "broken"
    signing.session.expunge_all()


def test_a_name_of_a_key_is_used_once(signing: Signing) -> None:
    with pytest.raises(InvalidInput, match="give the new key one of its own"):
        rotate_client(signing.session, signing.client_id, AT, keys=public(new_key()))
    rotate_client(signing.session, signing.client_id, AT, keys=public(KEY))


def test_what_is_no_signature_of_it(signing: Signing) -> None:
    right = signed_text(signing.statement)
    for wrong in (detached(STRANGER, right), detached(KEY, right + b" "), "rubbish", "a..b", ""):
        with pytest.raises(InvalidInput, match="jws is not over the RFC 8785 form"):
            signing.agree(client_id=signing.client_id, jws=wrong)
        assert key_named(wrong) in ("first", "stranger", None)


def test_who_has_a_key_signs_with_it(signing: Signing) -> None:
    with pytest.raises(InvalidInput, match="has keys of its own: sign"):
        signing.agree(client_id=signing.client_id, jws=None)


def test_who_has_none_agrees_by_its_call(signing: Signing) -> None:
    disable_client(signing.session, signing.client_id, AT)
    plain = create_client(signing.session, "深圳银行", "bank", [], AT)
    create_client(signing.session, "深圳银行", "auditor", [], AT, keys=public(new_key("auditor")))
    with pytest.raises(InvalidInput, match="or register the key"):
        signing.agree(client_id=plain.client_id, jws=detached(KEY, signed_text(signing.statement)))
    agreed = signing.agree(client_id=plain.client_id, jws=None)
    assert agreed.jws is None
    assert signature_stands(signing.session, signing.statement, agreed)
    assert signing.agree(client_id=plain.client_id, jws=None) is agreed


def test_a_client_without_keys_does_not_agree_past_one_that_has_them(signing: Signing) -> None:
    plain = create_client(signing.session, "深圳银行", "bank", [], AT)
    with pytest.raises(InvalidInput, match=f"{signing.client_id} has keys of its own: sign"):
        signing.agree(client_id=plain.client_id, jws=None)


def test_a_signature_that_is_not_kept_is_refused(signing: Signing) -> None:
    first = detached(KEY, signed_text(signing.statement))
    agreed = signing.agree(client_id=signing.client_id, jws=first)
    assert signing.agree(client_id=signing.client_id, jws=first) is agreed
    with pytest.raises(StateConflict, match="has agreed to 2026-11 already, signed; this signature is not kept"):
        signing.agree(client_id=signing.client_id, jws=detached(KEY, signed_text(signing.statement)))
