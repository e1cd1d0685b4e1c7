"""Clients: made with their institution and contract, renewed, taken away."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.institutions import (
    create_client,
    disable_client,
    find_client,
    find_institution,
    rotate_client,
    secret_digest,
)
from api.access.tables import Client, Institution
from api.contracts.agreeing import ListPrice
from api.contracts.in_force import require_product
from bureau.errors import InvalidInput, UnknownName
from tests.factories.ledger import NOON

PRICES = [ListPrice("P07", 800, "hit")]


def test_the_first_client_makes_the_institution_and_its_contract(session: Session) -> None:
    made = create_client(session, " 深圳银行 ", "bank", PRICES, NOON)
    institution = find_institution(session, "深圳银行")
    assert find_client(session, made.client_id).institution_id == institution.id
    assert require_product(session, institution.id, "P07", NOON).version == 1


def test_the_second_client_joins_it(session: Session) -> None:
    first = create_client(session, "深圳银行", "bank", PRICES, NOON)
    second = create_client(session, "深圳银行", "bank", PRICES, NOON)
    assert first.client_id != second.client_id
    assert len(session.scalars(select(Institution)).all()) == 1
    assert require_product(session, 1, "P07", NOON).version == 1


def test_only_the_digest_of_256_random_bits_is_kept(session: Session) -> None:
    made = [create_client(session, "深圳银行", "bank", [], NOON) for _ in range(20)]
    assert len({each.client_secret for each in made}) == 20
    assert all(len(each.client_secret) == 43 for each in made), "43 characters of base64 hold 256 bits"
    for each in made:
        row = find_client(session, each.client_id)
        assert row.secret_sha256 == secret_digest(each.client_secret)
        kept = [getattr(row, column.name) for column in Client.__table__.columns]
        assert each.client_secret not in kept


def test_rotating_replaces_the_secret(session: Session) -> None:
    made = create_client(session, "深圳银行", "bank", [], NOON)
    rotated = rotate_client(session, made.client_id)
    row = find_client(session, made.client_id)
    assert rotated.client_id == made.client_id
    assert row.secret_sha256 == secret_digest(rotated.client_secret) != secret_digest(made.client_secret)


def test_disabling_twice_keeps_the_first_instant(session: Session) -> None:
    made = create_client(session, "深圳银行", "bank", [], NOON)
    disable_client(session, made.client_id, NOON)
    assert disable_client(session, made.client_id, NOON + timedelta(days=1)).disabled_at == NOON


@pytest.mark.parametrize("verb", [rotate_client, lambda session, name: disable_client(session, name, NOON)])
def test_an_unknown_client(session: Session, verb: object) -> None:
    with pytest.raises(UnknownName):
        verb(session, "client-0")  # type: ignore[operator]


def test_an_unknown_institution_offers_near_names(session: Session) -> None:
    create_client(session, "Harbour Bank", "bank", [], NOON)
    with pytest.raises(UnknownName, match="Harbour Bank"):
        find_institution(session, "Harbor Bank")


def test_an_unknown_role_names_the_known_ones(session: Session) -> None:
    with pytest.raises(UnknownName, match="bank"):
        create_client(session, "深圳银行", "banker", [], NOON)


def test_an_institution_needs_a_name(session: Session) -> None:
    with pytest.raises(InvalidInput):
        create_client(session, "  ", "bank", [], NOON)
