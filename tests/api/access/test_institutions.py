"""Clients: made with their institution and contract, renewed, taken away."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.credentials import LONGEST_OVERLAP, secret_digest, secret_is_right
from api.access.institutions import (
    NewClient,
    create_client,
    disable_client,
    find_client,
    find_institution,
    rotate_client,
)
from api.access.tables import Client, ClientSecret, Institution
from api.contracts.agreeing import ListPrice
from api.contracts.in_force import require_product
from bureau.errors import ImpossibleUscc, InvalidInput, UnknownName
from tests.factories.assertions import new_key, public
from tests.factories.lakes import BETA
from tests.factories.ledger import ACME, NOON

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
    kept = [getattr(row, column.name) for row in session.scalars(select(ClientSecret)) for column in _COLUMNS]
    for each in made:
        assert secret_digest(each.client_secret) in kept
        assert each.client_secret not in kept


_COLUMNS = ClientSecret.__table__.columns


def right(session: Session, made: NewClient, at: datetime = NOON) -> bool:
    return secret_is_right(session, session.get(Client, made.client_id), made.client_secret, at)


def test_rotating_replaces_the_secret(session: Session) -> None:
    made = create_client(session, "深圳银行", "bank", [], NOON)
    rotated = rotate_client(session, made.client_id, NOON)
    assert rotated.client_id == made.client_id
    assert (right(session, made), right(session, rotated)) == (False, True)
    assert find_client(session, made.client_id).credentials_version == 2


def test_with_an_overlap_both_secrets_count_until_it_ends(session: Session) -> None:
    made = create_client(session, "深圳银行", "bank", [], NOON)
    rotated = rotate_client(session, made.client_id, NOON, overlap=timedelta(hours=48))
    last = NOON + timedelta(hours=48) - timedelta(microseconds=1)
    assert (right(session, made, last), right(session, rotated, last)) == (True, True)
    assert not right(session, made, NOON + timedelta(hours=48))
    assert right(session, rotated, NOON + timedelta(days=400))
    assert find_client(session, made.client_id).credentials_version == 1


def test_an_overlap_is_never_lengthened_by_a_later_one(session: Session) -> None:
    made = create_client(session, "深圳银行", "bank", [], NOON)
    rotate_client(session, made.client_id, NOON, overlap=timedelta(hours=1))
    rotate_client(session, made.client_id, NOON, overlap=timedelta(hours=9))
    assert not right(session, made, NOON + timedelta(hours=1))


@pytest.mark.parametrize("overlap", [timedelta(hours=-1), LONGEST_OVERLAP + timedelta(hours=1)])
def test_an_overlap_has_an_end(session: Session, overlap: timedelta) -> None:
    made = create_client(session, "深圳银行", "bank", [], NOON)
    with pytest.raises(InvalidInput, match="overlap"):
        rotate_client(session, made.client_id, NOON, overlap=overlap)


def test_a_client_with_keys_has_no_secret(session: Session) -> None:
    made = create_client(session, "深圳银行", "bank", [], NOON, keys=public(new_key()))
    assert made.client_secret == ""
    assert not right(session, made)


@pytest.mark.parametrize(
    ("role", "uscc"),
    [
        pytest.param("enterprise", None, id="an enterprise of no code"),
        pytest.param("bank", ACME, id="a bank with an enterprise's code"),
    ],
)
def test_an_enterprise_and_nobody_else_is_bound_to_a_code(session: Session, role: str, uscc: str | None) -> None:
    with pytest.raises(InvalidInput, match="--uscc"):
        create_client(session, "阿克美", role, [], NOON, uscc=uscc)


def test_an_enterprise_is_bound_to_a_possible_code(session: Session) -> None:
    with pytest.raises(ImpossibleUscc):
        create_client(session, "阿克美", "enterprise", [], NOON, uscc=ACME[:-1])
    made = create_client(session, "阿克美", "enterprise", [], NOON, uscc=ACME)
    assert find_client(session, made.client_id).uscc == ACME


def test_two_enterprises_of_one_name_have_an_institution_each(session: Session) -> None:
    made = [create_client(session, "宏达", "enterprise", [], NOON, uscc=uscc) for uscc in (ACME, BETA, ACME, BETA)]
    acme, beta, acme_again, beta_again = [
        session.get_one(Institution, find_client(session, one.client_id).institution_id).name for one in made
    ]
    assert (acme, beta) == ("宏达", f"宏达({BETA})")
    assert (acme_again, beta_again) == (acme, beta)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("bank", "enterprise", id="an enterprise by a bank's name"),
        pytest.param("enterprise", "bank", id="a bank by an enterprise's name"),
        pytest.param("bank", "administrator", id="the platform by a bank's name"),
        pytest.param("operator", "partner", id="a partner by the platform's name"),
    ],
)
def test_an_institution_has_clients_of_one_kind(session: Session, first: str, second: str) -> None:
    create_client(session, "农商银行", first, [], NOON, uscc=ACME if first == "enterprise" else None)
    with pytest.raises(InvalidInput, match=r"clients of another kind.*another name"):
        create_client(session, "农商银行", second, [], NOON, uscc=ACME if second == "enterprise" else None)


def test_a_bank_called_as_a_second_enterprise_would_be_stays_alone(session: Session) -> None:
    create_client(session, f"宏达({BETA})", "bank", [], NOON)
    create_client(session, "宏达", "enterprise", [], NOON, uscc=ACME)
    with pytest.raises(InvalidInput, match="clients of another kind"):
        create_client(session, "宏达", "enterprise", [], NOON, uscc=BETA)


def test_a_bank_and_its_auditor_are_of_one_institution(session: Session) -> None:
    made = [create_client(session, "农商银行", role, [], NOON) for role in ("bank", "auditor")]
    assert len({find_client(session, one.client_id).institution_id for one in made}) == 1


def test_who_shares_an_institution_already_is_joined_by_nobody(session: Session) -> None:
    made = create_client(session, "宏达", "enterprise", [], NOON, uscc=ACME)
    shared = find_client(session, made.client_id).institution_id
    other = find_client(session, create_client(session, "贝塔", "enterprise", [], NOON, uscc=BETA).client_id)
    other.institution_id = shared
    session.flush()
    apart = create_client(session, "宏达", "enterprise", [], NOON, uscc=ACME)
    assert find_client(session, apart.client_id).institution_id != shared


def test_disabling_twice_keeps_the_first_instant(session: Session) -> None:
    made = create_client(session, "深圳银行", "bank", [], NOON)
    disable_client(session, made.client_id, NOON)
    assert disable_client(session, made.client_id, NOON + timedelta(days=1)).disabled_at == NOON


@pytest.mark.parametrize("verb", [rotate_client, disable_client])
def test_an_unknown_client(session: Session, verb: object) -> None:
    with pytest.raises(UnknownName):
        verb(session, "client-0", NOON)  # type: ignore[operator]


def test_an_unknown_institution_offers_near_names(session: Session) -> None:
    create_client(session, "Harbour Bank", "bank", [], NOON)
    with pytest.raises(UnknownName, match="Harbour Bank"):
        find_institution(session, "Harbor Bank")


def test_who_agrees_to_prices_is_one_person(session: Session) -> None:
    with pytest.raises(InvalidInput, match="--person"):
        create_client(session, "平台", "pricing_officer", [], NOON)
    made = create_client(session, "平台", "pricing_officer", [], NOON, person="李伟")
    assert find_client(session, made.client_id).person == "李伟"


def test_an_unknown_role_names_the_known_ones(session: Session) -> None:
    with pytest.raises(UnknownName, match="bank"):
        create_client(session, "深圳银行", "banker", [], NOON)


def test_an_institution_needs_a_name(session: Session) -> None:
    with pytest.raises(InvalidInput):
        create_client(session, "  ", "bank", [], NOON)
